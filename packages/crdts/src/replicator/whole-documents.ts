/*
 * Whole documents, for those who lack what was trimmed.
 *
 * Who trims its history cannot tell others what was before. Updates are of no use then, in either
 * direction: a peer that was away lacks what was trimmed, and what it did meanwhile, beside what
 * was trimmed, has no place any more. So it takes the document as a whole.
 *
 * ```text
 *   a, which has trimmed                      b, which was away
 *     ◂──────  my version 〈a:5 b:3〉
 *     offer; my version 〈a:9 b:3〉  ──────▸      a has all that is here: nothing will be lost
 *     ◂──────  fetch, from the beginning
 *     pieces 0 .. 9  ──────▸
 *     ◂──────  fetch, from piece 7                that one was lost
 *     pieces 7 .. 16  ──────▸
 * ```
 *
 * The receiver asks for each window of pieces, from the first that is missing on, and asks again if
 * none come: the sender keeps nothing but the bytes, and no more often than once. They are known by
 * size and checksum. A sender that has saved others since, or has restarted, sends those, from the
 * beginning. Of what changes meanwhile, updates tell afterwards.
 *
 * Memory: one document that is sent and one that is received, of at most `messageBytesMax` each.
 */
import type { Channel, Clock, Transport } from '@quorate/transport';

import type { FetchMessage, PartMessage, ReplicationMessage } from './messages.ts';
import { Assembly, checked, type CheckedBytes, Cutting } from './parts.ts';
import type { Peer } from './peer.ts';
import { partBytesOf, type ReplicatorLimits } from './replicator-options.ts';
import type { ReplicatorCounters } from './replicator-statistics.ts';
import type { SharedDocument } from './shared-document.ts';

/** What the transfer of whole documents needs. */
interface WholeDocumentsOptions {
  readonly transport: Transport;
  readonly channel: Channel<ReplicationMessage>;
  readonly clock: Clock;
  readonly limits: ReplicatorLimits;
  readonly counters: ReplicatorCounters;
  /** Takes a document that has arrived; without bytes there is none to be had. */
  readonly onArrival: (peer: Peer, shared: SharedDocument, bytes: Uint8Array | undefined) => void;
}

/** One that is received. */
interface Arriving {
  readonly peer: Peer;
  readonly shared: SharedDocument;
  readonly assembly: Assembly;
  /** Up to where pieces were asked for. */
  askedTo: number;
  /** When to ask again, and how often that was in vain. */
  askAtMs: number;
  silentCount: number;
}

/** One that is sent. */
interface Kept {
  readonly shared: SharedDocument;
  /** The change that it was saved at. */
  readonly change: number;
  readonly whole: CheckedBytes;
  usedAtMs: number;
}

/** Without an answer to so many questions a transfer is given up; the next offer begins another. */
const SILENT_COUNT_MAX = 8;
const nothing = new Uint8Array(0);

/** Sends and receives whole documents. */
export class WholeDocuments {
  readonly #options: WholeDocumentsOptions;
  #arriving: Arriving | undefined;
  #kept: Kept | undefined;

  constructor(options: WholeDocumentsOptions) {
    this.#options = options;
  }

  /** Bytes of the one that is received. */
  get arrivedBytes(): number {
    return this.#arriving?.assembly.arrivedBytes ?? 0;
  }

  /** When `tick` should be called next. */
  get dueMs(): number {
    const keptUntilMs = (this.#kept?.usedAtMs ?? Infinity) + this.#options.limits.retryMsMax;
    return Math.min(this.#arriving?.askAtMs ?? Infinity, keptUntilMs);
  }

  /** Begins to fetch a document, unless one is being fetched. */
  begin(peer: Peer, shared: SharedDocument): void {
    if (this.#arriving !== undefined) return;
    const assembly = new Assembly(this.#options.limits.messageBytesMax);
    const arriving = { peer, shared, assembly, askedTo: 0, askAtMs: 0, silentCount: 0 };
    this.#arriving = arriving;
    this.#ask(arriving);
  }

  /** Tells a peer what it may fetch, until it must wait. */
  sendOffers(peer: Peer): void {
    for (const [document, offer] of peer.offers) {
      if (peer.isHeld) return;
      peer.offers.delete(document);
      this.#send(peer, { kind: 'offer', document, ...offer });
    }
  }

  /** A peer asks for a document, from somewhere on. */
  hearFetch(peer: Peer, shared: SharedDocument, message: FetchMessage): void {
    const { document, sizeBytes, crc, offset } = message;
    const known = this.#kept;
    const isSame =
      known?.shared === shared && known.whole.bytes.length === sizeBytes && known.whole.crc === crc;
    const kept = isSame ? known : this.#keep(shared);
    if (kept === 'later') return;
    if (kept === undefined) {
      this.#send(peer, { kind: 'whole', document, bytes: nothing });
      return;
    }
    const { limits, transport, clock } = this.#options;
    kept.usedAtMs = clock.nowMs();
    const isKnown = kept.whole.bytes.length === sizeBytes && kept.whole.crc === crc;
    const from = isKnown ? offset : 0;
    if (from === 0) this.#options.counters.wholeSentCount += 1;
    const range = { from, to: from + limits.windowBytes };
    const head = { kind: 'whole', document, bytes: nothing } as const;
    peer.serving = new Cutting(head, kept.whole, partBytesOf(transport), range);
    this.pump(peer);
  }

  /** Goes on with pieces that a peer asked for. */
  pump(peer: Peer): void {
    for (let part = peer.serving?.next; part !== undefined; part = peer.serving?.next) {
      if (peer.isPressured) return;
      // What is dropped is asked for again.
      if (this.#send(peer, part) === 'dropped') break;
      peer.serving?.advance();
    }
    peer.serving = undefined;
  }

  /** Takes in a piece. */
  hearPart(peer: Peer, part: PartMessage): void {
    const arriving = this.#arriving;
    if (arriving?.peer !== peer || arriving.shared.name !== documentOf(part)) return;
    const { assembly, shared } = arriving;
    const { crc } = assembly.name;
    const outcome = assembly.add(part);
    // Other bytes than before: they come from the beginning.
    if (crc !== part.crc) arriving.askedTo = this.#options.limits.windowBytes;
    if (outcome.kind === 'whole' && outcome.message.kind === 'whole') {
      this.#arriving = undefined;
      this.#options.onArrival(peer, shared, outcome.message.bytes);
      return;
    }
    if (outcome.kind === 'refused') {
      this.#options.counters.oversizeCount += 1;
      if (part.sizeBytes > this.#options.limits.messageBytesMax) this.hearNone(peer, shared.name);
      return;
    }
    arriving.silentCount = 0;
    arriving.askAtMs = this.#options.clock.nowMs() + peer.patienceMs(this.#options.limits);
    if (part.offset + part.bytes.length >= arriving.askedTo) this.#ask(arriving);
  }

  /** There is nothing to be had. */
  hearNone(peer: Peer, document: string): void {
    const arriving = this.#arriving;
    if (arriving?.peer !== peer || arriving.shared.name !== document) return;
    this.#arriving = undefined;
    this.#options.onArrival(peer, arriving.shared, undefined);
  }

  /** Asks again for what has not come; forgets what nobody asks for. */
  tick(nowMs: number): void {
    const arriving = this.#arriving;
    if (arriving !== undefined && arriving.askAtMs <= nowMs) {
      arriving.silentCount += 1;
      if (arriving.silentCount > SILENT_COUNT_MAX) this.#arriving = undefined;
      else this.#ask(arriving);
    }
    const kept = this.#kept;
    if (kept !== undefined && kept.usedAtMs + this.#options.limits.retryMsMax <= nowMs) {
      this.#kept = undefined;
    }
  }

  /** Fetches nothing of what is gone. */
  forget(gone: Peer | SharedDocument): void {
    if (this.#arriving?.peer === gone || this.#arriving?.shared === gone) {
      this.#arriving = undefined;
    }
    if (this.#kept?.shared === gone) this.#kept = undefined;
  }

  #ask(arriving: Arriving): void {
    const { limits, clock } = this.#options;
    const { peer, shared, assembly, silentCount } = arriving;
    const offset = assembly.gap;
    arriving.askedTo = offset + limits.windowBytes;
    const waitMs = peer.patienceMs(limits) * 2 ** silentCount;
    arriving.askAtMs = clock.nowMs() + Math.min(limits.retryMsMax, waitMs);
    this.#send(peer, { kind: 'fetch', document: shared.name, ...assembly.name, offset });
  }

  /** The bytes of a document as it is now; 'later' if those of another one are being sent. */
  #keep(shared: SharedDocument): Kept | 'later' | undefined {
    const { clock, limits } = this.#options;
    const { save } = shared.options;
    const known = this.#kept;
    if (known?.shared === shared && known.change === shared.change) return known;
    if (save === undefined) return undefined;
    const isUsed = known !== undefined && known.shared !== shared;
    if (isUsed && known.usedAtMs + limits.retryMs * 4 > clock.nowMs()) return 'later';
    const whole = checked(save());
    if (whole.bytes.length > limits.messageBytesMax) return undefined;
    this.#kept = { shared, change: shared.change, whole, usedAtMs: clock.nowMs() };
    return this.#kept;
  }

  #send(peer: Peer, message: ReplicationMessage): string {
    const outcome = this.#options.channel.send(peer.id, message);
    if (outcome === 'pressured') peer.isPressured = true;
    return outcome;
  }
}

function documentOf({ head }: PartMessage): string | undefined {
  return head.kind === 'whole' ? head.document : undefined;
}
