/*
 * A session: one link between two processes, from the first byte to the last.
 *
 * It turns messages into frames and back, keeps the queue of what the carrier cannot take yet,
 * finds out when the far end has gone silent, and does nothing else: who the far end is and whether
 * the session may exist is decided by the handshake and by the peer table above it.
 *
 * Names. A message belongs to a protocol, and a protocol has a name of up to 64 characters. Sending
 * the name each time would double a small frame; agreeing on numbers beforehand would make a
 * registry that every deployment must share. So each end counts the protocols it uses in a session
 * and announces `number -> name` just before the first message. Lanes overtake each other, so each
 * counts for itself.
 *
 * Silence. A carrier may never say that the far end is gone: a pulled cable, a frozen machine and a
 * firewall that forgot the connection all look like a peer with nothing to say. So each end sends
 * at least one frame per `beatMs`, and hearing nothing for `silenceMsMax` ends the session. An end
 * that was itself frozen would then condemn everybody for a silence that was its own; when a beat
 * comes late, the far end gets its time again.
 */
import type { Clock, Timer } from './clock.ts';
import { FrameDecoder, frameHeaderBytes, frameKinds, urgentBit, writeFrame } from './frame.ts';
import { sealBlock, type FrameSink, type Sealing } from './frame.ts';
import { handshakeFrameBytesMax } from './hello.ts';
import type { Link, LinkHandler, Turn } from './link.ts';
import type { NodeId } from './node-id.ts';
import { Outbox, type Batch, type Lane } from './outbox.ts';
import { protocolCountMax } from './protocol-table.ts';
import type { ProtocolEntry, ProtocolTable } from './protocol-table.ts';
import type { PeerDownReason, SendOutcome } from './transport.ts';
import type { TransportCounters } from './transport-stats.ts';

/** The bounds and intervals of every session of a transport. */
export interface SessionLimits {
  /** The largest payload of a message. */
  readonly payloadBytesMax: number;
  /** Bytes queued for one peer, headers included, at most. */
  readonly queueBytesMax: number;
  /** Bytes queued beyond which `send` answers 'pressured'; 'drained' comes at half of it. */
  readonly highWaterBytes: number;
  /** The longest an established session sends nothing. */
  readonly beatMs: number;
  /** The longest silence of the far end that is taken for life. */
  readonly silenceMsMax: number;
  /** The longest a link may take to become a session. */
  readonly handshakeMsMax: number;
}

/** What a session needs from the transport it belongs to. */
export interface SessionHost {
  readonly clock: Clock;
  readonly turn: Turn;
  readonly limits: SessionLimits;
  readonly protocols: ProtocolTable;
  readonly counters: TransportCounters;
  /** A frame of the handshake. `payload` is borrowed until the call returns. */
  handshakeFrame(session: Session, kind: number, payload: Uint8Array): void;
  /** The session is over. Called once. `reason` is the far end's side of it. */
  sessionEnded(session: Session, reason: PeerDownReason, error: unknown): void;
  /** The queue has fallen below half the high-water mark after 'pressured' was answered. */
  sessionDrained(session: Session): void;
}

/** What the handshake has found out. */
export interface SessionTerms {
  readonly peer: NodeId;
  readonly incarnation: number;
  /** The largest payload the far end takes. */
  readonly peerPayloadBytesMax: number;
  readonly sealing: Sealing;
}

/** A protocol as the far end numbers it. */
interface InboundProtocol {
  readonly name: string;
  entry: ProtocolEntry | undefined;
}

type Stage = 'handshake' | 'established' | 'closing' | 'ended';

const nothing = new Uint8Array(0);

/** Bytes taken before a session is established, all frames together. */
const HANDSHAKE_BYTES_MAX = 4 * handshakeFrameBytesMax;

/** About how much one write gives to the carrier; more would delay urgent frames behind it. */
const WRITE_BYTES = 256 * 1024;

/** How long a link may take to close in good order. */
const CLOSING_MS_MAX = 1_000;

const PROTOCOL_NAME_BYTES_MAX = 64;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** One link's life. See the head of the file. */
export class Session implements LinkHandler, FrameSink {
  readonly link: Link;
  readonly #host: SessionHost;
  readonly #decoder: FrameDecoder;
  readonly #outbox: Outbox;
  #stage: Stage = 'handshake';
  #terms: SessionTerms | undefined;
  #isFrameSealed: 0 | 1 = 1;
  #peerPayloadBytesMax = 0;
  #handshakeBytes = 0;

  /** The next sequence number of each lane, in the order of `Lane`. They wrap at 2^32. */
  readonly #sendSequence = new Uint32Array(2);
  readonly #receiveSequence = new Uint32Array(2);
  /** By lane and number: what the far end announced. */
  readonly #inbound: readonly [InboundProtocol[], InboundProtocol[]] = [[], []];
  /** By `ProtocolEntry.index`: the number announced to the far end, and how many, by lane. */
  readonly #outboundNumbers: (number | undefined)[] = [];
  readonly #outboundCounts: [number, number] = [0, 0];

  #isWriting = false;
  #isFlushScheduled = false;
  #isPressured = false;
  /** What follows the last frame. */
  #last: 'end' | 'destroy' | undefined;
  #hasSentSinceBeat = false;
  #heardAtMs = 0;
  #tickedAtMs = 0;
  #timer: Timer | undefined;

  constructor(link: Link, host: SessionHost) {
    this.link = link;
    this.#host = host;
    this.#decoder = new FrameDecoder(this, handshakeFrameBytesMax);
    this.#outbox = new Outbox(host.limits.queueBytesMax);
    this.#timer = host.clock.setTimer(host.limits.handshakeMsMax, () => {
      this.end('timeout', new Error('handshake: expected to be done in time, got silence'));
    });
  }

  /** Bytes accepted and not yet written by the carrier. */
  get queuedBytes(): number {
    return this.#outbox.queuedBytes;
  }

  /** What the handshake found out, once the session is established. */
  get terms(): SessionTerms | undefined {
    return this.#terms;
  }

  /** Whether the session ended, or is closing and takes nothing any more. */
  get isOver(): boolean {
    return this.#stage === 'closing' || this.#stage === 'ended';
  }

  /** Goes from the handshake to messages. The next frame read is taken under `terms`. */
  establish(terms: SessionTerms): void {
    const { clock, limits } = this.#host;
    this.#stage = 'established';
    this.#terms = terms;
    const { sealing } = terms;
    const { crc32 } = this.link;
    this.#isFrameSealed = sealing === 'frame' ? 1 : 0;
    if (sealing === 'block') this.#outbox.leaveFree(frameHeaderBytes);
    this.#peerPayloadBytesMax = terms.peerPayloadBytesMax;
    this.#decoder.relax({ payloadBytesMax: limits.payloadBytesMax, sealing, crc32 });
    this.#heardAtMs = clock.nowMs();
    this.#tickedAtMs = this.#heardAtMs;
    this.#timer?.cancel();
    this.#timer = clock.setTimer(limits.beatMs, this.#beat);
  }

  /** Queues a message of `entry`. The payload is not larger than the local limit. */
  send(entry: ProtocolEntry, payload: Uint8Array): SendOutcome {
    if (this.#stage !== 'established' || payload.length > this.#peerPayloadBytesMax) {
      return 'dropped';
    }
    const lane: Lane = entry.isUrgent ? 0 : 1;
    const number = this.#outboundNumbers[entry.index] ?? this.#announce(entry, lane);
    if (number === undefined || !this.#write(lane, frameKinds.data, number, payload)) {
      return 'dropped';
    }
    this.#host.counters.sentMessageCount += 1;
    if (this.#outbox.queuedBytes <= this.#host.limits.highWaterBytes) return 'accepted';
    this.#isPressured = true;
    return 'pressured';
  }

  /** Queues a frame of the handshake. */
  sendHandshake(kind: number, payload: Uint8Array): void {
    if (this.#stage === 'handshake') this.#write(0, kind, 0, payload);
  }

  /**
   * Sends what is queued and a last frame of `kind`, then closes the link. Reads on meanwhile, so
   * that the carrier does not reset the link over unread bytes, and drops what it reads.
   */
  finish(kind: number, payload: Uint8Array = nothing): void {
    if (this.isOver) return;
    // The last lane and the last place in it: everything accepted leaves before it.
    this.#write(1, kind, 0, payload);
    // A stranger is not waited for: it may never hang up.
    this.#last = this.#stage === 'handshake' ? 'destroy' : 'end';
    this.#stage = 'closing';
    this.#timer?.cancel();
    this.#timer = this.#host.clock.setTimer(CLOSING_MS_MAX, () => {
      this.end('closed', undefined);
    });
    this.#scheduleFlush();
  }

  /** Ends the session at once. */
  end(reason: PeerDownReason, error: unknown): void {
    if (this.#stage === 'ended') return;
    this.#stage = 'ended';
    this.#timer?.cancel();
    this.link.destroy();
    this.#host.sessionEnded(this, reason, error);
  }

  received(chunk: Uint8Array): void {
    const { counters, clock } = this.#host;
    counters.receivedBytes += chunk.length;
    if (this.isOver) return;
    this.#heardAtMs = clock.nowMs();
    if (this.#stage === 'handshake') {
      this.#handshakeBytes += chunk.length;
      if (this.#handshakeBytes > HANDSHAKE_BYTES_MAX) {
        this.#fail('length');
        return;
      }
    }
    const unknownBefore = this.#decoder.unknownVersionCount;
    const fault = this.#decoder.push(chunk);
    counters.unknownFrameCount += this.#decoder.unknownVersionCount - unknownBefore;
    if (fault !== undefined) this.#fail(fault);
  }

  written(): void {
    if (this.#stage === 'ended') return;
    this.#isWriting = false;
    this.#outbox.settle();
    if (this.#isPressured && this.#outbox.queuedBytes <= this.#host.limits.highWaterBytes / 2) {
      this.#isPressured = false;
      if (this.#stage === 'established') this.#host.sessionDrained(this);
    }
    this.#scheduleFlush();
  }

  malformed(what: string): void {
    if (this.#stage !== 'ended') this.#fail(what);
  }

  closed(error?: unknown): void {
    // Whoever does not like our certificate may hang up without a word.
    const isMute = this.#stage === 'handshake' && error === undefined;
    const cause = isMute ? new Error('handshake: expected an answer, got hung up on') : error;
    this.end(this.#stage === 'closing' ? 'closed' : 'reset', cause);
  }

  frame(
    kind: number,
    protocolNumber: number,
    sequence: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    const lane: Lane = (kind & urgentBit) === 0 ? 1 : 0;
    if (sequence !== this.#receiveSequence[lane]) return this.#fail('sequence');
    this.#receiveSequence[lane] = sequence + 1;
    const plainKind = kind & ~urgentBit;
    if (this.#stage !== 'established') {
      this.#host.handshakeFrame(this, plainKind, bytes.subarray(start, end));
      return !this.isOver;
    }
    switch (plainKind) {
      case frameKinds.data:
        return this.#deliver(this.#inbound[lane][protocolNumber], bytes, start, end);
      case frameKinds.name:
        return this.#learn(this.#inbound[lane], protocolNumber, bytes.subarray(start, end));
      case frameKinds.beat:
        return true;
      case frameKinds.bye:
        this.end('closed', undefined);
        return false;
      case frameKinds.refuse:
        // The arbiter chose another link after all.
        this.end('superseded', undefined);
        return false;
      default:
        this.#host.counters.unknownFrameCount += 1;
        return true;
    }
  }

  #deliver(
    protocol: InboundProtocol | undefined,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    const { protocols, counters } = this.#host;
    const terms = this.#terms;
    if (protocol === undefined || terms === undefined) return this.#fail('protocol number');
    counters.receivedMessageCount += 1;
    const entry = (protocol.entry ??= protocols.find(protocol.name));
    if (entry?.listener === undefined) {
      counters.unknownProtocolCount += 1;
      return true;
    }
    protocols.deliver(entry, {
      from: terms.peer,
      incarnation: terms.incarnation,
      // A plain array even where the chunk is a Buffer, whose methods differ.
      payload: new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start),
      receivedAtMs: this.#heardAtMs,
    });
    return !this.isOver;
  }

  /** The far end announces a name. Every number it has not announced yet is larger. */
  #learn(known: InboundProtocol[], protocolNumber: number, name: Uint8Array): boolean {
    if (protocolNumber !== known.length || protocolNumber >= protocolCountMax) {
      return this.#fail('protocol number');
    }
    if (name.length > PROTOCOL_NAME_BYTES_MAX) return this.#fail('protocol name');
    known.push({ name: decoder.decode(name), entry: undefined });
    return true;
  }

  /** Gives `entry` a number in this session, or undefined if there is no room to say so. */
  #announce(entry: ProtocolEntry, lane: Lane): number | undefined {
    const number = this.#outboundCounts[lane];
    const name = encoder.encode(entry.name);
    if (!this.#write(lane, frameKinds.name, number, name)) return undefined;
    this.#outboundNumbers[entry.index] = number;
    this.#outboundCounts[lane] += 1;
    return number;
  }

  #write(lane: Lane, kind: number, protocolNumber: number, payload: Uint8Array): boolean {
    const target = this.#outbox.claim(lane, frameHeaderBytes + payload.length);
    if (target === undefined) return false;
    const sequence = this.#sendSequence[lane] ?? 0;
    this.#sendSequence[lane] = sequence + 1;
    const laneKind = lane === 0 ? kind | urgentBit : kind;
    const at = this.#outbox.claimedAt;
    writeFrame(target, at, laneKind, protocolNumber, sequence, payload, this.#isFrameSealed);
    this.#scheduleFlush();
    return true;
  }

  #scheduleFlush(): void {
    if (this.#isFlushScheduled || this.#isWriting) return;
    if (!this.#outbox.isWaiting && this.#last === undefined) return;
    this.#isFlushScheduled = true;
    this.#host.turn.flush(this.#flush);
  }

  readonly #flush = (): void => {
    this.#isFlushScheduled = false;
    if (this.#stage === 'ended' || this.#isWriting) return;
    if (!this.#outbox.isWaiting) {
      if (this.#last === 'end') this.link.end();
      if (this.#last === 'destroy') this.end('closed', undefined);
      return;
    }
    this.#isWriting = true;
    this.#hasSentSinceBeat = true;
    const views = this.#outbox.take(WRITE_BYTES).map((batch) => this.#seal(batch));
    const { counters } = this.#host;
    counters.carrierWriteCount += 1;
    for (const view of views) counters.sentBytes += view.length;
    this.link.write(views);
  };

  #seal({ bytes, freeBytes, usedBytes }: Batch): Uint8Array {
    const view = bytes.subarray(0, usedBytes);
    const { crc32 } = this.link;
    // Batches of the handshake have no room for a block's header, and frames that are sealed.
    if (freeBytes > 0 && crc32 !== undefined) sealBlock(view, crc32);
    return view;
  }

  readonly #beat = (): void => {
    const { clock, limits } = this.#host;
    const nowMs = clock.nowMs();
    // The local process was frozen: what the far end sent meanwhile has not been read yet.
    if (nowMs - this.#tickedAtMs > 2 * limits.beatMs) this.#heardAtMs = nowMs;
    this.#tickedAtMs = nowMs;
    if (nowMs - this.#heardAtMs >= limits.silenceMsMax) {
      this.end('timeout', undefined);
      return;
    }
    if (!this.#hasSentSinceBeat) this.#write(0, frameKinds.beat, 0, nothing);
    this.#hasSentSinceBeat = false;
    this.#timer = clock.setTimer(limits.beatMs, this.#beat);
  };

  #fail(what: string): false {
    this.#host.counters.malformedStreamCount += 1;
    this.end('reset', new Error(`stream: expected frames of a peer, got a bad ${what}`));
    return false;
  }
}
