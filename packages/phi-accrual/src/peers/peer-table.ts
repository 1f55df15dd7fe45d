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
 * node
 *   that only ever wakes up for moments still finds the dead.
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
import { invariant } from '../invariant.ts';
import { DeadlineHeap } from './deadline-heap.ts';
import {
  accuse,
  acquit,
  holdOf,
  type Hysteresis,
  hysteresisOf,
  type HysteresisOptions,
} from './hysteresis.ts';
import type { PeerStatus, Receipt, ReceiptCounts, Transition } from './opinion.ts';
import {
  dueOf,
  newPeer,
  OwnPauses,
  patienceOf,
  type PeerRecord,
  type PeerState,
  suspicionOf,
} from './peer-record.ts';

/** How a table judges. */
export interface PeerTableOptions {
  /** Makes the detector of a peer that sends every `intervalMs`. */
  readonly detectorOf: (intervalMs: number) => FailureDetector;
  /** How long a new peer may take until its first heartbeat, in ms, more than 0. Default 10,000. */
  readonly firstWithinMs?: number;
  /** How slowly suspected peers are trusted again. Default: at once. */
  readonly hysteresis?: HysteresisOptions;
  /** How long others are asked about a silent peer, in ms, at least 0. Default 0: not at all. */
  readonly doubtMs?: number;
  /**
   * Pauses of our own in a row that excuse a peer which shows no life between them, an integer of
   * at least 0. Default 2. More is safer where pauses follow each other closely, and finds the dead
   * later where this process only ever runs for moments.
   */
  readonly excusingPausesMax?: number;
  /** How many peers there may be, 1..2^24. Default 100,000. */
  readonly peersMax?: number;
}

const nothing: readonly never[] = Object.freeze([]);

/**
 * Judges many peers.
 *
 * @remarks
 * A heartbeat takes O(1) and allocates nothing, unless it changes an opinion or is the first. Each
 * peer costs O(log peers) once for each time-out of its own, not for each heartbeat.
 */
export class PeerTable<Name extends string = string> {
  readonly #detectorOf: (intervalMs: number) => FailureDetector;
  readonly #firstWithinMs: number;
  readonly #hysteresis: Hysteresis;
  readonly #doubtMs: number;
  readonly #peersMax: number;
  readonly #peers = new Map<Name, PeerRecord<Name>>();
  readonly #bySlot: (PeerRecord<Name> | undefined)[] = [];
  readonly #freeSlots: number[] = [];
  readonly #heap = new DeadlineHeap();
  readonly #receipts: ReceiptCounts = {
    learned: 0,
    witnessed: 0,
    duplicate: 0,
    late: 0,
    oldIncarnation: 0,
    unknownPeer: 0,
  };
  #pending: Transition<Name>[] = [];
  #nowMs = -Infinity;
  #healthFactor = 1;
  readonly #pauses: OwnPauses;

  /** @throws RangeError if an option is out of its range. */
  constructor(options: PeerTableOptions) {
    const { detectorOf, firstWithinMs = 10_000, doubtMs = 0, peersMax = 100_000 } = options;
    const { excusingPausesMax = 2 } = options;
    if (!(firstWithinMs > 0)) {
      throw new RangeError(`firstWithinMs: expected more than 0, got ${firstWithinMs}`);
    }
    if (!(doubtMs >= 0 && doubtMs < Infinity)) {
      throw new RangeError(`doubtMs: expected at least 0, got ${doubtMs}`);
    }
    if (!(Number.isInteger(peersMax) && peersMax >= 1 && peersMax <= 2 ** 24)) {
      throw new RangeError(`peersMax: expected an integer of 1..2^24, got ${peersMax}`);
    }
    if (!(
      Number.isInteger(excusingPausesMax) &&
      excusingPausesMax >= 0 &&
      excusingPausesMax < 32
    )) {
      const expected = 'expected an integer of 0..31';
      throw new RangeError(`excusingPausesMax: ${expected}, got ${excusingPausesMax}`);
    }
    this.#detectorOf = detectorOf;
    this.#pauses = new OwnPauses(excusingPausesMax);
    this.#firstWithinMs = firstWithinMs;
    this.#hysteresis = hysteresisOf(options.hysteresis);
    this.#doubtMs = doubtMs;
    this.#peersMax = peersMax;
  }

  /** How many peers there are. */
  get size(): number {
    return this.#peers.size;
  }

  /** When to call `advance` next; `Infinity` if only a heartbeat can change anything. O(1). */
  get nextDeadlineMs(): number {
    return this.#pending.length > 0 ? this.#nowMs : this.#heap.nextMs;
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
    if (this.#peers.size >= this.#peersMax) {
      throw new RangeError(`peers: expected at most ${this.#peersMax}, got one more`);
    }
    const atMs = this.#forward(nowMs);
    const detector = this.#detectorOf(intervalMs);
    const slot = this.#freeSlots.pop() ?? this.#bySlot.length;
    const record = newPeer(peer, slot, detector, intervalMs, atMs);
    record.pauseCount = this.#pauses.count;
    this.#peers.set(peer, record);
    this.#bySlot[slot] = record;
    this.#lookAt(record, this.#dueMs(record));
    return true;
  }

  /** Judges `peer` no longer. @returns Whether it was there. */
  remove(peer: Name): boolean {
    const record = this.#peers.get(peer);
    if (record === undefined) return false;
    this.#peers.delete(peer);
    this.#bySlot[record.slot] = undefined;
    this.#freeSlots.push(record.slot);
    this.#heap.remove(record.slot);
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
    this.#showLife(record, atMs);
    this.#hear(record, atMs);
  }

  /** Others have a sign of life of a peer that we do not hear. */
  vouch(peer: Name, nowMs: number): void {
    const record = this.#peers.get(peer);
    if (record === undefined || record.state === 'unheard') return;
    const atMs = this.#forward(nowMs);
    this.#showLife(record, atMs);
    if (record.isVouched) return;
    record.isVouched = true;
    this.#pending.push({ kind: 'inbound', peer, atMs, isHeard: false });
  }

  /**
   * The peer said that it may be silent until `untilMs`. What it says last counts.
   *
   * @throws RangeError if `untilMs` is no number.
   */
  excuse(peer: Name, untilMs: number): void {
    if (Number.isNaN(untilMs)) throw new RangeError('untilMs: expected a number, got NaN');
    const record = this.#peers.get(peer);
    if (record === undefined) return;
    record.excusedUntilMs = untilMs;
    // Whoever is excused is not doubted any more.
    if (this.#dueMs(record) > this.#nowMs) record.doubtedMs = -Infinity;
    this.#hasten(record);
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
    this.#healthFactor = factor;
  }

  /** A pause of our own process has ended: silence until `nowMs` is nobody's fault. O(1). */
  pauseEnded(nowMs: number): void {
    this.#pauses.ended(this.#forward(nowMs));
  }

  /**
   * Lets time pass.
   *
   * @returns What has changed since the last call, in order.
   * @remarks O(log peers) for each peer that was looked at.
   */
  advance(nowMs: number): readonly Transition<Name>[] {
    const atMs = this.#forward(nowMs);
    while (this.#heap.nextMs <= atMs) {
      const record = this.#bySlot[this.#heap.nextSlot];
      invariant(record !== undefined, 'what has a deadline is a peer');
      if (record.state === 'suspected') this.#review(record, atMs);
      else this.#check(record, atMs);
    }
    if (this.#pending.length === 0) return nothing;
    const changes = this.#pending;
    this.#pending = [];
    return changes;
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
      suspectAtMs: this.#dueMs(record),
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
    if (incarnation > before) this.#beginLife(record, incarnation, nowMs);
    return this.#accept(record, sequence, nowMs);
  }

  #accept(record: PeerRecord<Name>, sequence: number, nowMs: number): Receipt {
    const isBacklog = nowMs < this.#pauses.lastEndedMs + record.intervalMs;
    const wasCalm = record.state === 'suspected' && this.#isCalm(record, nowMs);
    if (isBacklog) record.detector.witness(sequence, nowMs);
    else record.detector.heartbeat(sequence, nowMs);
    record.sequence = sequence;
    record.arrivedMs = nowMs;
    this.#hear(record, nowMs);
    if (!wasCalm) record.calmSinceMs = Infinity;
    this.#showLife(record, nowMs);
    return isBacklog ? 'witnessed' : 'learned';
  }

  #retime(record: PeerRecord<Name>, intervalMs: number): void {
    record.detector = this.#detectorOf(intervalMs);
    record.intervalMs = intervalMs;
  }

  /** A sign of life came straight from the peer. */
  #hear(record: PeerRecord<Name>, nowMs: number): void {
    if (!record.isVouched) return;
    record.isVouched = false;
    this.#pending.push({ kind: 'inbound', peer: record.name, atMs: nowMs, isHeard: true });
  }

  #beginLife(record: PeerRecord<Name>, incarnation: number, nowMs: number): void {
    if (record.incarnation >= 0) {
      record.detector.reset();
      record.excusedUntilMs = -Infinity;
      this.#pending.push({ kind: 'restarted', peer: record.name, incarnation, atMs: nowMs });
    }
    record.incarnation = incarnation;
  }

  #showLife(record: PeerRecord<Name>, nowMs: number): void {
    record.evidenceMs = nowMs;
    record.doubtedMs = -Infinity;
    record.pauseCount = this.#pauses.count;
    if (record.state === 'unheard') this.#trust(record, nowMs);
    else if (record.state === 'suspected') this.#recover(record, nowMs);
    // Nothing else makes it earlier than the detector does: this is all that most heartbeats need.
    else if (record.detector.suspectAtMs < record.lookAtMs) this.#hasten(record);
  }

  #lookAt(record: PeerRecord<Name>, atMs: number): void {
    record.lookAtMs = atMs;
    this.#heap.set(record.slot, atMs);
  }

  /** A deadline that moved to earlier must move in the heap; to later, it may lag behind. */
  #hasten(record: PeerRecord<Name>): void {
    if (record.state === 'suspected') return;
    const dueMs = this.#dueMs(record);
    if (dueMs < record.lookAtMs) this.#lookAt(record, dueMs);
  }

  /** A suspected peer has shown life. */
  #recover(record: PeerRecord<Name>, nowMs: number): void {
    if (!this.#isCalm(record, nowMs)) record.calmSinceMs = Infinity;
    else if (record.calmSinceMs === Infinity) record.calmSinceMs = nowMs;
    this.#review(record, nowMs);
  }

  /** Whether suspicion is below the smaller of the two thresholds. */
  #isCalm(record: PeerRecord<Name>, nowMs: number): boolean {
    return suspicionOf(record, nowMs) < this.#hysteresis.acquitBelow * record.detector.threshold;
  }

  /** Trusts a suspected peer again if it has been well for long enough, or says when to ask. */
  #review(record: PeerRecord<Name>, nowMs: number): void {
    const trustAtMs = record.calmSinceMs + holdOf(this.#hysteresis, record.flaps);
    if (trustAtMs > nowMs) {
      this.#lookAt(record, trustAtMs);
    } else if (this.#isCalm(record, nowMs)) {
      acquit(record.flaps, nowMs);
      this.#trust(record, nowMs);
    } else {
      record.calmSinceMs = Infinity;
      this.#lookAt(record, Infinity);
    }
  }

  #trust(record: PeerRecord<Name>, nowMs: number): void {
    const { name, state, sinceMs, incarnation } = record;
    invariant(state !== 'trusted', 'only who was not trusted becomes trusted');
    const afterMs = nowMs - sinceMs;
    const isRefuted = state === 'suspected' && incarnation === record.accusedIncarnation;
    const change = { kind: 'trusted', peer: name, incarnation, atMs: nowMs } as const;
    this.#pending.push({ ...change, after: state, afterMs, isRefuted });
    record.state = 'trusted';
    record.sinceMs = nowMs;
    this.#lookAt(record, this.#dueMs(record));
  }

  /** The deadline of a peer that is not suspected has come up, or one before it. */
  #check(record: PeerRecord<Name>, nowMs: number): void {
    const dueMs = this.#dueMs(record);
    const patienceMs = patienceOf(record);
    const excusedMs = dueMs + (this.#healthFactor - 1) * patienceMs;
    if (dueMs > nowMs) {
      record.doubtedMs = -Infinity;
      this.#lookAt(record, dueMs);
    } else if (excusedMs > nowMs) {
      // Not all at once: our health may get better meanwhile.
      this.#lookAt(record, Math.min(excusedMs, nowMs + patienceMs));
    } else if (record.state === 'trusted' && this.#doubt(record, nowMs)) {
      this.#lookAt(record, record.doubtedMs + this.#doubtMs);
    } else {
      this.#suspect(record, nowMs);
    }
  }

  /** Whether others are still being asked; what was asked before a pause of ours was missed. */
  #doubt(record: PeerRecord<Name>, nowMs: number): boolean {
    const isAsked = record.doubtedMs > this.#pauses.excusedMs(record.pauseCount);
    if (!isAsked && this.#doubtMs > 0) {
      record.doubtedMs = nowMs;
      const untilMs = nowMs + this.#doubtMs;
      this.#pending.push({ kind: 'doubted', peer: record.name, atMs: nowMs, untilMs });
    }
    return record.doubtedMs + this.#doubtMs > nowMs;
  }

  #suspect(record: PeerRecord<Name>, nowMs: number): void {
    const { name, incarnation, evidenceMs, addedMs } = record;
    accuse(this.#hysteresis, record.flaps, nowMs);
    record.state = 'suspected';
    record.accusedIncarnation = incarnation;
    record.sinceMs = nowMs;
    record.isVouched = false;
    record.doubtedMs = -Infinity;
    record.calmSinceMs = Infinity;
    this.#lookAt(record, Infinity);
    const suspicion = suspicionOf(record, nowMs);
    const silentMs = nowMs - Math.max(evidenceMs, addedMs);
    const change = { kind: 'suspected', peer: name, incarnation, atMs: nowMs } as const;
    this.#pending.push({ ...change, suspicion, silentMs });
  }

  #dueMs(record: PeerRecord<Name>): number {
    return dueOf(record, this.#pauses, this.#firstWithinMs);
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
