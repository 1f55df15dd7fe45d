/*
 * Presence, told to all and passed on.
 *
 * A change of one's own state is told to every peer, but not more often than `intervalMs`; and
 * again from time to time, so that nobody takes one for gone. News of others is passed on to the
 * other peers at once: between nodes that only meet at a server it goes over the server. What is
 * lost is not repeated but comes again with the next word. Nothing is durable.
 */
import {
  type Channel,
  type NodeId,
  openChannel,
  type PeerEvent,
  type Timer,
} from '@quorate/transport';
import { DecodeError } from '@quorate/transport/codec';

import { ClosedError } from '../closed-error.ts';
import {
  type AwarenessLimits,
  type AwarenessOptions,
  awarenessLimitsOf,
  awarenessProtocolOf,
} from './awareness-options.ts';
import { ENTRY_BYTES_MAX, presenceCodec } from './presence-codec.ts';
import { type PresenceEntry, PresenceTable } from './presence-table.ts';

/** Whose state is another one now. Renewals change nothing. */
export interface AwarenessChange {
  readonly added: readonly string[];
  readonly updated: readonly string[];
  readonly removed: readonly string[];
}

/** An awareness as it stands, for people and metrics. */
export interface AwarenessStats {
  readonly entryCount: number;
  readonly peerCount: number;
  readonly sentCount: number;
  /** Messages that did not decode, and states that the codec or `accept` refused. */
  readonly malformedCount: number;
  readonly refusedCount: number;
  /** Entries that did not fit, and peers beyond the limit. */
  readonly crowdedCount: number;
}

/** Above this a participant would have said something new each microsecond for 70 years. */
const CLOCK_MAX = 2 ** 51;

/**
 * Who is there, each with a state of a few bytes, such as a name and a selection.
 *
 * @remarks
 * A change costs one message to each peer. Entries are refused beyond `entriesMax`.
 */
export class Awareness<State> {
  /** This participant. */
  readonly localId: string;
  readonly #options: AwarenessOptions<State>;
  readonly #limits: AwarenessLimits;
  readonly #channel: Channel<readonly PresenceEntry[]>;
  readonly #table: PresenceTable;
  readonly #states = new Map<string, State>();
  readonly #peers = new Set<NodeId>();
  readonly #pressured = new Set<NodeId>();
  readonly #listeners = new Set<(change: AwarenessChange) => void>();
  readonly #unsubscribers: (() => void)[];
  readonly #counters = { sentCount: 0, refusedCount: 0, crowdedCount: 0 };
  /** What this participant says; nothing if it says nothing. */
  #local: Uint8Array | undefined;
  #clock: number;
  #toldAtMs = -Infinity;
  #telling: Timer | undefined;
  #alarm: Timer | undefined;
  #isClosed = false;

  /** @throws RangeError if an option is out of its range, or the group is already served. */
  constructor(options: AwarenessOptions<State>) {
    const { transport, clock, peers = [] } = options;
    this.#options = options;
    this.#limits = awarenessLimitsOf(options);
    this.localId = options.id ?? transport.localId;
    this.#table = new PresenceTable(this.#limits.timeoutMs, this.#limits.entriesMax);
    this.#channel = openChannel(transport, awarenessProtocolOf(options.group), presenceCodec);
    // A node that starts again under its name goes on above what it said before.
    this.#clock = Math.max(1, Math.floor(clock.wallTimeMs()));
    this.#unsubscribers = [
      this.#channel.subscribe((from, entries) => {
        this.#receive(from, entries);
      }),
      transport.observePeers((event) => {
        this.#observe(event);
      }),
    ];
    for (const peer of peers) this.#meet(peer);
    this.#arm();
  }

  /** The states of all who are there, by id, this participant's included. */
  get states(): ReadonlyMap<string, State> {
    return this.#states;
  }

  /** Counts. */
  get stats(): AwarenessStats {
    return {
      ...this.#counters,
      entryCount: this.#table.size,
      peerCount: this.#peers.size,
      malformedCount: this.#channel.malformedCount,
    };
  }

  /**
   * Says something of this participant from now on; `undefined`: nothing, as if it had left.
   *
   * @throws RangeError if the state is larger than `stateBytesMax`. ClosedError after `close`.
   */
  set(state: State | undefined): void {
    if (this.#isClosed) throw new ClosedError('awareness');
    const bytes = state === undefined ? undefined : this.#options.codec.encode(state);
    const { stateBytesMax } = this.#limits;
    if (bytes !== undefined && bytes.length > stateBytesMax) {
      throw new RangeError(`state: expected at most ${stateBytesMax} bytes, got ${bytes.length}`);
    }
    this.#local = bytes;
    this.#speakAsMyself();
  }

  /** Calls `listener` after each change of `states`. @returns Ends it. */
  onChange(listener: (change: AwarenessChange) => void): () => void {
    const own = (change: AwarenessChange): void => {
      listener(change);
    };
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  /** Says goodbye, and hears nothing any more. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    if (this.#local !== undefined) {
      this.#clock += 1;
      this.#tell([{ id: this.localId, clock: this.#clock, state: undefined }]);
    }
    this.#isClosed = true;
    this.#telling?.cancel();
    this.#alarm?.cancel();
    for (const unsubscribe of this.#unsubscribers) unsubscribe();
    this.#states.clear();
  }

  #speakAsMyself(): void {
    const { clock } = this.#options;
    this.#clock += 1;
    this.#hear({ id: this.localId, clock: this.#clock, state: this.#local });
    if (this.#telling !== undefined) return;
    const waitMs = Math.max(0, this.#toldAtMs + this.#limits.intervalMs - clock.nowMs());
    this.#telling = clock.setTimer(waitMs, () => {
      this.#telling = undefined;
      this.#toldAtMs = clock.nowMs();
      const own = this.#table.entry(this.localId);
      if (own !== undefined) this.#tell([own]);
    });
  }

  #observe(event: PeerEvent): void {
    const { kind, peer } = event;
    if (kind !== 'up') this.#pressured.delete(peer);
    if (kind === 'up') this.#meet(peer);
    if (kind !== 'down') return;
    this.#peers.delete(peer);
    // Its node is the participant, and is out of reach: others who reach it will say so again.
    if (peer === this.localId || !this.#table.remove(peer, this.#options.clock.nowMs())) return;
    this.#states.delete(peer);
    this.#announce({ added: [], updated: [], removed: [peer] });
  }

  /** Tells a peer of all who are there. */
  #meet(peer: NodeId): void {
    if (peer === this.#options.transport.localId) return;
    if (!this.#peers.has(peer) && this.#peers.size >= this.#limits.peersMax) {
      this.#counters.crowdedCount += 1;
      return;
    }
    this.#peers.add(peer);
    const present = [...this.#table.entries()].filter(({ state }) => state !== undefined);
    this.#send(peer, present);
  }

  #receive(from: NodeId, entries: readonly PresenceEntry[]): void {
    if (!this.#peers.has(from)) this.#meet(from);
    if (!this.#peers.has(from)) return;
    const news = entries.filter((entry) => this.#hearFrom(from, entry));
    if (news.length > 0 && this.#options.relay !== 'none') this.#tell(news, from);
  }

  /** Takes in what a peer says of anybody. @returns Whether others may want to hear of it. */
  #hearFrom(from: NodeId, entry: PresenceEntry): boolean {
    if (entry.id === this.localId) {
      // Somebody thinks to know better: an old life of this node, or that it has left.
      const own = this.#table.entry(entry.id);
      if (own === undefined || entry.clock < own.clock || entry.clock >= CLOCK_MAX) return false;
      const isEcho = entry.clock === own.clock;
      this.#clock = entry.clock;
      if (!isEcho) this.#speakAsMyself();
      return false;
    }
    const known = this.#table.entry(entry.id);
    if (known !== undefined && entry.clock < known.clock) {
      // Perhaps a participant that began anew: it must speak above what is known of it.
      this.#send(from, [known]);
      return false;
    }
    const isSmall = (entry.state?.length ?? 0) <= this.#limits.stateBytesMax;
    if (isSmall && entry.clock < CLOCK_MAX && this.#isAccepted(from, entry.id)) {
      return this.#hear({ ...entry, state: entry.state?.slice() });
    }
    this.#counters.refusedCount += 1;
    return false;
  }

  #isAccepted(from: NodeId, id: string): boolean {
    try {
      return this.#options.accept?.(from, id) ?? true;
    } catch (error) {
      this.#report(error);
      return false;
    }
  }

  #hear(entry: PresenceEntry): boolean {
    const { id, state } = entry;
    let decoded: State | undefined;
    try {
      decoded = state === undefined ? undefined : this.#options.codec.decode(state);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#counters.refusedCount += 1;
      return false;
    }
    const outcome = this.#table.take(entry, this.#options.clock.nowMs());
    if (outcome === 'full') this.#counters.crowdedCount += 1;
    if (outcome === 'old' || outcome === 'full') return false;
    if (decoded === undefined) this.#states.delete(id);
    else this.#states.set(id, decoded);
    if (outcome !== 'renewed') {
      this.#announce({ added: [], updated: [], removed: [], [outcome]: [id] });
    }
    return true;
  }

  #tell(entries: readonly PresenceEntry[], except?: NodeId): void {
    for (const peer of this.#peers) if (peer !== except) this.#send(peer, entries);
  }

  /** In as many messages as it takes; none to a peer whose queue fills up. */
  #send(peer: NodeId, entries: readonly PresenceEntry[]): void {
    const { maxPayloadBytes } = this.#options.transport.capabilities;
    let [batch, sizeBytes]: [PresenceEntry[], number] = [[], ENTRY_BYTES_MAX];
    const flush = (): void => {
      if (batch.length === 0 || this.#pressured.has(peer)) return;
      const outcome = this.#channel.send(peer, batch);
      this.#counters.sentCount += 1;
      if (outcome === 'pressured') this.#pressured.add(peer);
      [batch, sizeBytes] = [[], ENTRY_BYTES_MAX];
    };
    for (const entry of entries) {
      const entryBytes = ENTRY_BYTES_MAX + (entry.state?.length ?? 0);
      if (sizeBytes + entryBytes > maxPayloadBytes) flush();
      batch.push(entry);
      sizeBytes += entryBytes;
    }
    flush();
  }

  #arm(): void {
    const { clock, random } = this.#options;
    // Not all at the same time.
    const delayMs = (this.#limits.timeoutMs / 3) * (0.75 + random.float() / 4);
    this.#alarm = clock.setTimer(delayMs, () => {
      if (this.#local !== undefined) this.#speakAsMyself();
      const removed = this.#table.expire(clock.nowMs());
      for (const id of removed) this.#states.delete(id);
      this.#arm();
      if (removed.length > 0) this.#announce({ added: [], updated: [], removed });
    });
  }

  #announce(change: AwarenessChange): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch (error) {
        this.#report(error);
      }
    }
  }

  #report(error: unknown): void {
    const { onError, clock } = this.#options;
    if (onError !== undefined) {
      onError(error);
      return;
    }
    clock.setTimer(0, () => {
      throw error;
    });
  }
}
