/*
 * Replicas on different nodes come to have the same, whatever the network does.
 *
 * The obvious way, to send each update to everybody, loses what is sent while someone is away, and
 * numbers and acknowledgements alone do not bring back what a node lost that restarted. Versions
 * do: a version says what a replica has, and from the version of another one it follows what that
 * one lacks.
 *
 * So peers tell each other their versions when they meet, and each sends what the other lacks
 * (anti-entropy). From then on each knows what the other has, and sends only what is new, at once.
 * Each message has a number and is acknowledged once its updates are applied and durable. If the
 * acknowledgement does not come in time, what the peer has is unknown again: versions are exchanged
 * as on the first day (`link.ts`). Nothing else repairs anything, and nothing else has to.
 *
 * ```text
 *   a                              b
 *     my version 〈a:7 b:2〉  ──────▸
 *            ◂──────  my version 〈a:5 b:3〉      each sends what the other lacks
 *     #41: a6 a7     ──────▸
 *            ◂──────  #90: b3, I have #41
 *     I have #90     ──────▸
 *     #42: a8        ──────▸                      just typed
 *            ◂──────  I have #42
 * ```
 *
 * What bounds it. A window of bytes for each peer, and the queue of the transport: while either is
 * full nothing is put aside for the peer, it is only known to lack something, and what, is asked of
 * the replica when there is room. What an update waits for at the receiver is the replica's to
 * bound; an update that waits is not acknowledged.
 *
 * What restarts. A node that restarts may have lost what it had and not made durable, so it
 * acknowledges nothing else, and its peers forget what they knew of it.
 *
 * What is detached. Each attachment of a document has a number, which goes with what is said of it
 * and with updates for it. So nothing that was meant for an earlier one, or said of it, is taken to
 * be true of a later one, whatever overtakes what. Who has no such document says so when it is
 * asked, and when it detaches one.
 *
 * Sources: Demers et al., "Epidemic Algorithms for Replicated Database Maintenance", PODC 1987
 * (anti-entropy); Almeida, Shoker and Baquero, "Delta State Replicated Data Types", 2018
 * (deltas and acknowledgements).
 */
import {
  type Channel,
  type Delivery,
  type NodeId,
  openChannel,
  type PeerEvent,
  type Timer,
} from '@quorate/transport';

import { ClosedError } from '../closed-error.ts';
import type { Replica } from '../replica.ts';
import { NAME_SIZE_MAX_BYTES, replicationCodec } from './codec.ts';
import { type CoverageWait, CoverageWaits } from './coverage-waits.ts';
import { Exchange } from './exchange.ts';
import type { ReplicationMessage } from './messages.ts';
import type { Peer } from './peer.ts';
import {
  errorSinkOf,
  limitsOf,
  protocolOf,
  type ReplicatorLimits,
  type ReplicatorOptions,
} from './replicator-options.ts';
import {
  noCounts,
  type ReplicatorCounters,
  type ReplicatorStats,
} from './replicator-statistics.ts';
import { type AttachOptions, SharedDocument, shareOptions } from './shared-document.ts';

const encoder = new TextEncoder();

/** How many peers must have something, and how long that may take. */
export interface CoverageOptions {
  /** At least 1. */
  readonly peerCount: number;
  /** More than 0. */
  readonly timeoutMs: number;
  /** Only these count. Default: all peers. */
  readonly among?: Iterable<NodeId>;
}

/**
 * Keeps replicas on this node and on its peers equal, over any transport.
 *
 * @remarks
 * A change costs each peer one message with the bytes of its update, the name of the document and
 * at most 16 more, and a shorter one back; all changes of one turn of the event loop share a
 * message. Idle, a peer costs a few dozen bytes for each document every `compareMs`. Two timers. A
 * look at all documents of all peers each time that one of them is due.
 *
 * Bytes from peers decode to something or are dropped and counted; peers are trusted to run the
 * protocol otherwise, as far as `access` lets them.
 */
export class Replicator {
  readonly #options: ReplicatorOptions;
  readonly #limits: ReplicatorLimits;
  readonly #channel: Channel<ReplicationMessage>;
  readonly #exchange: Exchange;
  readonly #counters: ReplicatorCounters = noCounts();
  readonly #waits = new CoverageWaits();
  readonly #unsubscribers: (() => void)[];
  #turn: Timer | undefined;
  #alarm: Timer | undefined;
  #alarmAtMs = Infinity;
  #isClosed = false;

  /**
   * Begins to speak to peers.
   *
   * @throws RangeError if an option is out of its range, or the group is already served.
   */
  constructor(options: ReplicatorOptions) {
    const { transport, clock } = options;
    this.#limits = limitsOf(options);
    this.#options = options;
    this.#channel = openChannel(transport, protocolOf(options.group), replicationCodec);
    this.#exchange = new Exchange({
      options: { ...options, onError: errorSinkOf(options) },
      limits: this.#limits,
      channel: this.#channel,
      counters: this.#counters,
      onWork: () => {
        this.#planTurn();
      },
    });
    this.#unsubscribers = [
      this.#channel.subscribe((from, message, delivery) => {
        this.#receive(from, message, delivery);
      }),
      transport.observePeers((event) => {
        this.#observe(event);
      }),
    ];
    for (const peer of options.peers ?? []) this.#exchange.expect(peer);
    this.#alarmAt(clock.nowMs());
  }

  /** Names of the documents. */
  get documents(): readonly string[] {
    return [...this.#exchange.documents.keys()];
  }

  /** Peers that are, as far as is known, there. */
  get peers(): readonly NodeId[] {
    return [...this.#exchange.peers.keys()];
  }

  /** Counts and sizes. */
  get stats(): ReplicatorStats {
    const { documents, peers } = this.#exchange;
    const sum = (of: (peer: Peer) => number): number =>
      [...peers.values()].reduce((total, peer) => total + of(peer), 0);
    return {
      ...this.#counters,
      documentCount: documents.size,
      peerCount: peers.size,
      flightBytes: sum(({ window }) => window.bytes),
      partialBytes: this.#exchange.partialBytes,
      malformedCount: this.#channel.malformedCount,
    };
  }

  /**
   * Replicates `replica` under a name from now on.
   *
   * @param document - 1..256 bytes of UTF-8; all nodes give one document one name.
   * @throws RangeError if it is no name, is in use, or there are `documentsMax`. ClosedError after
   *   `close`.
   * @returns Ends it. What the replica has stays.
   */
  attach<R extends Replica>(
    document: string,
    replica: R,
    options: AttachOptions<R> = {},
  ): () => void {
    if (this.#isClosed) throw new ClosedError('replicator');
    checkName(document);
    const shared = new SharedDocument(document, replica, shareOptions(options));
    this.#exchange.attach(shared);
    return () => {
      if (this.#exchange.documents.get(document) !== shared) return;
      this.#exchange.detach(document);
      this.#waits.endAll(document);
    };
  }

  /**
   * To be called when a replica has changed neither by an edit of its own nor through this
   * replicator: it was loaded, or another one brought news.
   *
   * @throws RangeError if there is no such document.
   */
  changed(document: string): void {
    const shared = this.#exchange.documents.get(document);
    if (shared === undefined) throw unknown(document);
    shared.touch();
    this.#exchange.changed(shared);
  }

  /**
   * Peers that are known to have, durably, all that the replica here has now, and to mean to keep
   * it; as of the last that was heard of them. What a peer confirmed counts no more once it has
   * detached the document, or is another one, or says that it has less.
   *
   * @throws RangeError if there is no such document.
   */
  coverage(document: string): readonly NodeId[] {
    const shared = this.#exchange.documents.get(document);
    if (shared === undefined) throw unknown(document);
    return this.#confirming(document, (confirmed) => confirmed === shared.change);
  }

  /**
   * Waits until `peerCount` peers have, durably, all that the replica has at the time of the call:
   * what a write needs that must outlive this node. What is written meanwhile is not waited for.
   *
   * @returns Who has it: fewer than `peerCount` if `timeoutMs` passed first, or the document is no
   *   longer attached. Others may come to have it later; what was written stays.
   * @throws RangeError (as a rejection) if there is no such document, or an option is out of its
   *   range.
   */
  async whenCovered(document: string, options: CoverageOptions): Promise<readonly NodeId[]> {
    const { peerCount, timeoutMs } = options;
    const shared = this.#exchange.documents.get(document);
    if (shared === undefined) throw unknown(document);
    if (!Number.isSafeInteger(peerCount) || peerCount < 1) {
      throw new RangeError(`peerCount: expected an integer of at least 1, got ${peerCount}`);
    }
    if (!(timeoutMs > 0 && timeoutMs < 2 ** 31)) {
      throw new RangeError(`timeoutMs: expected more than 0, got ${timeoutMs}`);
    }
    const { change } = shared;
    const among = options.among === undefined ? undefined : new Set(options.among);
    return new Promise((resolve) => {
      const covering = (): readonly NodeId[] =>
        this.#confirming(document, (confirmed) => confirmed >= change).filter(
          (peer) => among?.has(peer) ?? true,
        );
      const wait: CoverageWait = { document, peerCount, covering, resolve, timer: undefined };
      wait.timer = this.#options.clock.setTimer(timeoutMs, () => this.#waits.end(wait));
      this.#waits.add(wait);
    });
  }

  /** Says and hears nothing any more. Replicas stay as they are. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#waits.endAll();
    this.#turn?.cancel();
    this.#alarm?.cancel();
    for (const unsubscribe of this.#unsubscribers) unsubscribe();
    for (const name of this.documents) this.#exchange.detach(name);
  }

  /** Peers whose latest confirmed change of a document is as asked. */
  #confirming(document: string, is: (change: number) => boolean): readonly NodeId[] {
    return [...this.#exchange.peers.values()]
      .filter(({ links }) => is(links.get(document)?.confirmedChange ?? -1))
      .map(({ id }) => id);
  }

  #receive(from: NodeId, message: ReplicationMessage, { incarnation }: Delivery): void {
    const peer = this.#exchange.heard(from, incarnation);
    if (peer !== undefined) this.#exchange.receive(peer, message);
    this.#waits.look();

    this.#planTurn();
  }

  #observe(event: PeerEvent): void {
    if (event.peer === this.#options.transport.localId) return;
    if (event.kind === 'down') this.#exchange.lost(event.peer);
    if (event.kind === 'drained') this.#exchange.drained(event.peer);
    if (event.kind === 'up') this.#exchange.met(event.peer, event.incarnation);
    this.#planTurn();
  }

  /** All that was changed and heard in one turn of the event loop is answered at once. */
  #planTurn(): void {
    if (this.#isClosed || this.#turn !== undefined) return;
    const { clock } = this.#options;
    this.#turn = clock.setTimer(0, () => {
      this.#turn = undefined;
      this.#exchange.turn();
      // Nothing of what was just said is due before that; the alarm then finds out what is.
      const { retryMs, compareAfterMs } = this.#limits;
      this.#alarmAt(clock.nowMs() + Math.min(retryMs / 4, compareAfterMs));
    });
  }

  #alarmAt(dueMs: number): void {
    if (this.#isClosed || dueMs >= this.#alarmAtMs) return;
    const { clock } = this.#options;
    this.#alarm?.cancel();
    this.#alarmAtMs = dueMs;
    this.#alarm = clock.setTimer(Math.max(0, dueMs - clock.nowMs()), () => {
      this.#alarmAtMs = Infinity;
      this.#exchange.tick(clock.nowMs());
      this.#exchange.turn();
      this.#alarmAt(this.#exchange.nextDueMs(clock.nowMs()));
    });
  }
}

/** @throws RangeError if it cannot name a document. */
function checkName(document: string): void {
  const sizeBytes = document.isWellFormed() ? encoder.encode(document).length : 0;
  if (sizeBytes >= 1 && sizeBytes <= NAME_SIZE_MAX_BYTES) return;
  const got = document === '' ? 'none' : JSON.stringify(document.slice(0, 40));
  throw new RangeError(
    `document: expected 1..${NAME_SIZE_MAX_BYTES} bytes of well-formed text, got ${got}`,
  );
}

function unknown(document: string): RangeError {
  return new RangeError(`document: expected one that is attached, got ${JSON.stringify(document)}`);
}
