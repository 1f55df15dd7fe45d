/**
 * Many peers, one table, one timer: who is suspected, and when to look again.
 *
 * The problem. A detector judges one peer from its heartbeats in order. Around it a node has to
 * cope with what really happens: thousands of peers, messages that come twice, late or from a life
 * that is over, peers that were never heard, others that flap, and pauses of its own.
 *
 * The table is a deterministic core. It is told what arrives and how late it is, and answers with
 * the changes of its opinion:
 *
 * ```text
 *                add              heartbeat
 *   (nothing) ───────▶ unheard ──────────────▶ trusted ◀───┐
 *                         │                     │          │ well for as long
 *                         │ nothing for         │ silent   │ as the hysteresis asks
 *                         │ `firstWithinMs`     ▼          │
 *                         └──────────────▶ suspected ──────┘
 * ```
 *
 * - *When to look.* A heap of deadlines (`deadline-heap.ts`) says when the next peer may have
 *   become suspect: `nextDeadlineMs`. Between two such instants nothing need run.
 * - *What counts.* The heartbeats of one life rise in number. A number that was there is a
 *   duplicate, a lower one is late, and one of an earlier life is a ghost: counted and ignored, or
 *   they would prove a life that is over. A later life begins from nothing.
 * - *Our own pauses.* After `pauseEnded` every peer is treated as if it had been heard at that
 *   instant, and for one interval what arrives is not learned from: it had been waiting. A peer
 *   that shows no life over `excusingPausesMax` pauses in a row is excused no longer, so that a
 *   node that only ever wakes up for moments still finds the dead.
 * - *Second opinions.* With `doubtMs` a silent peer is first *doubted*: the caller asks others to
 *   look (`probes.ts`), and has that long to `vouch` for it.
 * - *Our own health.* `healthFactor` multiplies the patience before an accusation
 *   (`local-health.ts`).
 *
 * Sources: Chen, Toueg and Aguilera, "On the Quality of Service of Failure Detectors", 2002
 * (sequence numbers, freshness); Das, Gupta and Motivala, "SWIM", 2002 (incarnations, indirect
 * probes); Cassandra's `FailureDetector` (own pauses).
 */
import type { FailureDetector } from '../detector.ts';
import type { PeerStatus, Receipt, ReceiptCounts, Transition } from './opinion.ts';
import { newPeer, type PeerRecord, type PeerState, suspicionOf } from './peer-record.ts';
import {
  type PeerTableOptions,
  type PeerTableSettings,
  peerTableSettings,
} from './peer-table-options.ts';
import { Verdicts } from './verdicts.ts';

/**
 * Judges many peers.
 *
 * @remarks
 * A heartbeat takes O(1) and allocates nothing, unless it changes an opinion or is the first. Each
 * peer costs O(log peers) once for each time-out of its own, not for each heartbeat.
 */
export class PeerTable<Name extends string = string> {
  readonly #settings: PeerTableSettings;
  readonly #verdicts: Verdicts<Name>;
  readonly #peers = new Map<Name, PeerRecord<Name>>();
  readonly #receipts: ReceiptCounts = {
    learned: 0,
    witnessed: 0,
    duplicate: 0,
    late: 0,
    oldIncarnation: 0,
    unknownPeer: 0,
  };
  #nowMs = -Infinity;

  /** @throws RangeError if an option is out of its range. */
  constructor(options: PeerTableOptions) {
    this.#settings = peerTableSettings(options);
    this.#verdicts = new Verdicts(this.#settings);
  }

  /** How many peers there are. */
  get size(): number {
    return this.#peers.size;
  }

  /** When to call `advance` next; `Infinity` if only a heartbeat can change anything. O(1). */
  get nextDeadlineMs(): number {
    return this.#verdicts.nextMs(this.#nowMs);
  }

  /** What became of all heartbeats. */
  get receipts(): Readonly<ReceiptCounts> {
    return { ...this.#receipts };
  }

  /** The names of all peers, in the order in which they were added. */
  names(): IterableIterator<Name> {
    return this.#peers.keys();
  }

  /**
   * Begins to judge `peer`.
   *
   * @param intervalMs - How often it sends, in ms, more than 0.
   * @returns Whether it is new.
   * @throws RangeError if `intervalMs` is out of range, or there would be more than `peersMax`.
   */
  add(peer: Name, intervalMs: number, nowMs: number): boolean {
    assertInterval(intervalMs);
    if (this.#peers.has(peer)) return false;
    const { detectorOf, peersMax } = this.#settings;
    if (this.#peers.size >= peersMax) {
      throw new RangeError(`peers: expected at most ${peersMax}, got one more`);
    }
    const atMs = this.#forward(nowMs);
    const detector = detectorOf(intervalMs);
    const record = newPeer(peer, this.#verdicts.takeSlot(), detector, intervalMs, atMs);
    this.#peers.set(peer, record);
    this.#verdicts.enter(record);
    return true;
  }

  /** Judges `peer` no longer. @returns Whether it was there. */
  remove(peer: Name): boolean {
    const record = this.#peers.get(peer);
    if (record === undefined) return false;
    this.#peers.delete(peer);
    this.#verdicts.leave(record);
    return true;
  }

  /**
   * Takes a heartbeat straight from `peer`.
   *
   * @param incarnation - Which life of the peer it is from: a safe integer, at least 0.
   * @param sequence - Its number in that life: a safe integer, at least 0.
   * @param intervalMs - How often the peer sends now, if it says so. When that changes, numbers
   *   count other intervals and what was learned is of no use: then its detector is a new one, and
   *   heartbeats are ordered by number times interval, the time that they stand for.
   * @throws RangeError if a number is none of these, or `nowMs` is not finite.
   */
  receive(
    peer: Name,
    incarnation: number,
    sequence: number,
    nowMs: number,
    intervalMs?: number,
  ): Receipt {
    assertCount('incarnation', incarnation);
    assertCount('sequence', sequence);
    if (intervalMs !== undefined) assertInterval(intervalMs);
    // Passed on as it came: a number that was computed is boxed anew at each call.
    const isLater = nowMs >= this.#nowMs && nowMs < Infinity;
    const atMs = isLater ? nowMs : this.#forward(nowMs);
    const record = this.#peers.get(peer);
    const receipt =
      record === undefined
        ? 'unknownPeer'
        : this.#take(record, incarnation, sequence, intervalMs ?? record.intervalMs, atMs);
    this.#nowMs = atMs;
    this.#receipts[receipt] += 1;
    return receipt;
  }

  /**
   * Takes a sign of life that has no number: any message straight from the peer. It is good for as
   * long as a heartbeat, and nothing is learned from it.
   */
  observe(peer: Name, nowMs: number): void {
    const record = this.#peers.get(peer);
    if (record === undefined || record.state === 'unheard') return;
    const atMs = this.#forward(nowMs);
    this.#verdicts.showLife(record, atMs);
    this.#verdicts.hear(record, atMs);
  }

  /** Others have a sign of life of a peer that we do not hear. */
  vouch(peer: Name, nowMs: number): void {
    const record = this.#peers.get(peer);
    if (record === undefined || record.state === 'unheard') return;
    this.#verdicts.vouch(record, this.#forward(nowMs));
  }

  /**
   * The peer said that it may be silent until `untilMs`. What it says last counts.
   *
   * @throws RangeError if `untilMs` is no number.
   */
  excuse(peer: Name, untilMs: number): void {
    if (Number.isNaN(untilMs)) throw new RangeError('untilMs: expected a number, got NaN');
    const record = this.#peers.get(peer);
    if (record !== undefined) this.#verdicts.excuse(record, untilMs, this.#nowMs);
  }

  /** What is thought of `peer`; `undefined` if there is no such peer. O(1). */
  stateOf(peer: Name): PeerState | undefined {
    return this.#peers.get(peer)?.state;
  }

  /** How often `peer` sends, as far as is known; `undefined` if there is no such peer. */
  intervalMsOf(peer: Name): number | undefined {
    return this.#peers.get(peer)?.intervalMs;
  }

  /** By how much to multiply patience from now on: at least 1, or a `RangeError`. */
  set healthFactor(factor: number) {
    if (!(factor >= 1 && factor < Infinity)) {
      throw new RangeError(`healthFactor: expected at least 1, got ${factor}`);
    }
    this.#verdicts.healthFactor = factor;
  }

  /** A pause of our own process has ended: silence until `nowMs` is nobody's fault. O(1). */
  pauseEnded(nowMs: number): void {
    this.#verdicts.pauses.ended(this.#forward(nowMs));
  }

  /**
   * Lets time pass.
   *
   * @returns What has changed since the last call, in order.
   * @remarks O(log peers) for each peer that was looked at.
   */
  advance(nowMs: number): readonly Transition<Name>[] {
    return this.#verdicts.advance(this.#forward(nowMs));
  }

  /** The detector of `peer`, for those who ask why; `undefined` if there is no such peer. */
  detectorOf(peer: Name): FailureDetector | undefined {
    return this.#peers.get(peer)?.detector;
  }

  /** What is known of `peer`; `undefined` if there is no such peer. */
  status(peer: Name, nowMs: number): PeerStatus<Name> | undefined {
    const record = this.#peers.get(peer);
    if (record === undefined) return undefined;
    const { name, state, sinceMs, incarnation, evidenceMs, addedMs, isVouched } = record;
    return {
      peer: name,
      state,
      sinceMs,
      incarnation,
      suspicion: suspicionOf(record, nowMs),
      threshold: record.detector.threshold,
      suspectAtMs: this.#verdicts.dueMs(record),
      silentMs: nowMs - Math.max(evidenceMs, addedMs),
      isVouched,
      flapCount: record.flaps.flapCount,
    };
  }

  /** A monotonic clock never steps back; one that does is taken to stand still. */
  #forward(nowMs: number): number {
    if (!Number.isFinite(nowMs)) {
      throw new RangeError(`nowMs: expected a finite number, got ${nowMs}`);
    }
    if (nowMs > this.#nowMs) this.#nowMs = nowMs;
    return this.#nowMs;
  }

  #take(
    record: PeerRecord<Name>,
    incarnation: number,
    sequence: number,
    intervalMs: number,
    nowMs: number,
  ): Receipt {
    const before = record.incarnation;
    const isOther = intervalMs !== record.intervalMs;
    if (incarnation < before) return 'oldIncarnation';
    if (incarnation === before) {
      const aheadBy = isOther
        ? sequence * intervalMs - record.sequence * record.intervalMs
        : sequence - record.sequence;
      if (aheadBy === 0) return 'duplicate';
      if (aheadBy < 0) return 'late';
    }
    if (isOther) this.#retime(record, intervalMs);
    if (incarnation > before) this.#verdicts.beginLife(record, incarnation, nowMs);
    return this.#accept(record, sequence, nowMs);
  }

  #accept(record: PeerRecord<Name>, sequence: number, nowMs: number): Receipt {
    const isBacklog = nowMs < this.#verdicts.pauses.lastEndedMs + record.intervalMs;
    const wasCalm = record.state === 'suspected' && this.#verdicts.isCalm(record, nowMs);
    if (isBacklog) record.detector.witness(sequence, nowMs);
    else record.detector.heartbeat(sequence, nowMs);
    record.sequence = sequence;
    record.arrivedMs = nowMs;
    this.#verdicts.hear(record, nowMs);
    if (!wasCalm) record.calmSinceMs = Infinity;
    this.#verdicts.showLife(record, nowMs);
    return isBacklog ? 'witnessed' : 'learned';
  }

  #retime(record: PeerRecord<Name>, intervalMs: number): void {
    record.detector = this.#settings.detectorOf(intervalMs);
    record.intervalMs = intervalMs;
  }
}

function assertInterval(intervalMs: number): void {
  if (intervalMs > 0 && intervalMs < Infinity) return;
  throw new RangeError(`intervalMs: expected more than 0, got ${intervalMs}`);
}

function assertCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new RangeError(`${name}: expected a safe integer of at least 0, got ${value}`);
}
