/**
 * When a peer is suspected, and when it is trusted again: the half of `peer-table.ts` that judges.
 *
 * Everything here is about one record at a time, and about when to look at it next.
 */
import { invariant } from '../invariant.ts';
import { DeadlineHeap } from './deadline-heap.ts';
import { accuse, acquit, holdOf } from './hysteresis.ts';
import type { Transition } from './opinion.ts';
import { OwnPauses } from './own-pauses.ts';
import { dueOf, patienceOf, type PeerRecord, suspicionOf } from './peer-record.ts';
import type { PeerTableSettings } from './peer-table-options.ts';

const nothing: readonly never[] = Object.freeze([]);

/** Verdicts about peers, and when the next may change. */
export class Verdicts<Name extends string> {
  readonly pauses: OwnPauses;
  /** By how much to multiply patience: at least 1. */
  healthFactor = 1;
  readonly #settings: PeerTableSettings;
  readonly #bySlot: (PeerRecord<Name> | undefined)[] = [];
  readonly #freeSlots: number[] = [];
  readonly #heap = new DeadlineHeap();
  #pending: Transition<Name>[] = [];

  constructor(settings: PeerTableSettings) {
    this.#settings = settings;
    this.pauses = new OwnPauses(settings.excusingPausesMax);
  }

  /** When to call `advance` next, which has got to `nowMs`. */
  nextMs(nowMs: number): number {
    return this.#pending.length > 0 ? nowMs : this.#heap.nextMs;
  }

  /** A slot for another record. */
  takeSlot(): number {
    return this.#freeSlots.pop() ?? this.#bySlot.length;
  }

  /** Begins to judge. */
  enter(record: PeerRecord<Name>): void {
    record.pauseCount = this.pauses.count;
    this.#bySlot[record.slot] = record;
    this.#lookAt(record, this.dueMs(record));
  }

  /** Judges no longer. */
  leave({ slot }: PeerRecord<Name>): void {
    this.#bySlot[slot] = undefined;
    this.#freeSlots.push(slot);
    this.#heap.remove(slot);
  }

  /** What has changed until `nowMs`. */
  advance(nowMs: number): readonly Transition<Name>[] {
    while (this.#heap.nextMs <= nowMs) {
      const record = this.#bySlot[this.#heap.nextSlot];
      invariant(record !== undefined, 'what has a deadline is a peer');
      if (record.state === 'suspected') this.#review(record, nowMs);
      else this.#check(record, nowMs);
    }
    if (this.#pending.length === 0) return nothing;
    const changes = this.#pending;
    this.#pending = [];
    return changes;
  }

  /** The record may be silent until `untilMs`. */
  excuse(record: PeerRecord<Name>, untilMs: number, nowMs: number): void {
    record.excusedUntilMs = untilMs;
    // Whoever is excused is not doubted any more.
    if (this.dueMs(record) > nowMs) record.doubtedMs = -Infinity;
    this.#hasten(record);
  }

  /** Others have heard the peer, which shows life by that. */
  vouch(record: PeerRecord<Name>, nowMs: number): void {
    this.showLife(record, nowMs);
    if (record.isVouched) return;
    record.isVouched = true;
    this.#pending.push({ kind: 'inbound', peer: record.name, atMs: nowMs, isHeard: false });
  }

  /** A sign of life came straight from the peer. */
  hear(record: PeerRecord<Name>, nowMs: number): void {
    if (!record.isVouched) return;
    record.isVouched = false;
    this.#pending.push({ kind: 'inbound', peer: record.name, atMs: nowMs, isHeard: true });
  }

  /** Another life of the peer than the one before has begun. */
  beginLife(record: PeerRecord<Name>, incarnation: number, nowMs: number): void {
    if (record.incarnation >= 0) {
      record.detector.reset();
      record.excusedUntilMs = -Infinity;
      this.#pending.push({ kind: 'restarted', peer: record.name, incarnation, atMs: nowMs });
    }
    record.incarnation = incarnation;
  }

  /** The peer has shown life in some way. */
  showLife(record: PeerRecord<Name>, nowMs: number): void {
    record.evidenceMs = nowMs;
    record.doubtedMs = -Infinity;
    record.pauseCount = this.pauses.count;
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
    const dueMs = this.dueMs(record);
    if (dueMs < record.lookAtMs) this.#lookAt(record, dueMs);
  }

  /** A suspected peer has shown life. */
  #recover(record: PeerRecord<Name>, nowMs: number): void {
    if (!this.isCalm(record, nowMs)) record.calmSinceMs = Infinity;
    else if (record.calmSinceMs === Infinity) record.calmSinceMs = nowMs;
    this.#review(record, nowMs);
  }

  /** Whether suspicion is below the smaller of the two thresholds. */
  isCalm(record: PeerRecord<Name>, nowMs: number): boolean {
    return (
      suspicionOf(record, nowMs) < this.#settings.hysteresis.acquitBelow * record.detector.threshold
    );
  }

  /** Trusts a suspected peer again if it has been well for long enough, or says when to ask. */
  #review(record: PeerRecord<Name>, nowMs: number): void {
    const trustAtMs = record.calmSinceMs + holdOf(this.#settings.hysteresis, record.flaps);
    if (trustAtMs > nowMs) {
      this.#lookAt(record, trustAtMs);
    } else if (this.isCalm(record, nowMs)) {
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
    this.#lookAt(record, this.dueMs(record));
  }

  /** The deadline of a peer that is not suspected has come up, or one before it. */
  #check(record: PeerRecord<Name>, nowMs: number): void {
    const dueMs = this.dueMs(record);
    const patienceMs = patienceOf(record);
    const excusedMs = dueMs + (this.healthFactor - 1) * patienceMs;
    if (dueMs > nowMs) {
      record.doubtedMs = -Infinity;
      this.#lookAt(record, dueMs);
    } else if (excusedMs > nowMs) {
      // Not all at once: our health may get better meanwhile.
      this.#lookAt(record, Math.min(excusedMs, nowMs + patienceMs));
    } else if (record.state === 'trusted' && this.#doubt(record, nowMs)) {
      this.#lookAt(record, record.doubtedMs + this.#settings.doubtMs);
    } else {
      this.#suspect(record, nowMs);
    }
  }

  /** Whether others are still being asked; what was asked before a pause of ours was missed. */
  #doubt(record: PeerRecord<Name>, nowMs: number): boolean {
    const isAsked = record.doubtedMs > this.pauses.excusedMs(record.pauseCount);
    if (!isAsked && this.#settings.doubtMs > 0) {
      record.doubtedMs = nowMs;
      const untilMs = nowMs + this.#settings.doubtMs;
      this.#pending.push({ kind: 'doubted', peer: record.name, atMs: nowMs, untilMs });
    }
    return record.doubtedMs + this.#settings.doubtMs > nowMs;
  }

  #suspect(record: PeerRecord<Name>, nowMs: number): void {
    const { name, incarnation, evidenceMs, addedMs } = record;
    accuse(this.#settings.hysteresis, record.flaps, nowMs);
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

  /** When a peer that is not suspected becomes so, our own health left aside. */
  dueMs(record: PeerRecord<Name>): number {
    return dueOf(record, this.pauses, this.#settings.firstWithinMs);
  }
}
