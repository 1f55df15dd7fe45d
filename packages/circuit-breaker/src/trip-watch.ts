/**
 * Watches how calls end, until a threshold is reached.
 *
 * A window holds the outcomes, a trip policy judges them. To judge after every call would be
 * simple, and cost a reading of the clock each time: more than all the rest. It is not needed. A
 * fast success only ever lowers a rate, with one exception: it may be the call that brings a window
 * of counts to its minimum, so that there is a rate at all.
 *
 * ```text
 *   minimum 5    x o x o            nothing to judge
 *                x o x o o          a success makes the rate: judged, 2/5
 *                x o x o o o        it only falls: not judged
 *                x o x o o o x      a failure: judged, 3/7
 * ```
 *
 * A window of time is judged after each call: old outcomes leave it meanwhile, and a rate can rise
 * because successes are forgotten.
 */
import type { CountedOutcome, OutcomeCounts } from './outcome.ts';
import type { WindowSnapshot } from './snapshot.ts';
import { judge, type TripReason, type TripSettings, type TripVerdict } from './trip-policy.ts';
import {
  type CircuitWindow,
  historyOf,
  restoreHistory,
  windowFor,
} from './windows/window-history.ts';

/** The outcomes of calls, and what is said about them. */
export class TripWatch {
  #trip: TripSettings;
  #window: CircuitWindow;
  /** What `#window` holds: one object, so that the hot path need not ask which window it is. */
  #counts: OutcomeCounts;
  /** Success number `#pivot + 1` in an emptying or filling window makes a rate; -1 for none. */
  #pivot: number;
  /** Whether every outcome is judged, not only those that can make a rate rise. */
  #judgesEach: boolean;
  /** Thresholds of which `newlyReached` has told. */
  readonly #told = new Set<TripReason>();

  constructor(trip: TripSettings) {
    this.#trip = trip;
    this.#window = windowFor(trip);
    this.#counts = this.#window.counts;
    this.#pivot = pivotOf(trip);
    this.#judgesEach = trip.kind === 'timeWindow';
  }

  /** What the window holds. */
  get counts(): OutcomeCounts {
    return this.#counts;
  }

  /** Whether even a fast success has to be judged next. Anything else always has. */
  get judgesSuccess(): boolean {
    return this.#judgesEach || this.#counts.total === this.#pivot;
  }

  /** Counts an outcome. */
  record(outcome: CountedOutcome, nowMs: number): void {
    this.#window.record(outcome, nowMs);
  }

  /** What the outcomes so far say. */
  judge(): TripVerdict {
    const verdict = judge(this.#trip, this.#counts);
    if (verdict === 'notYet' || verdict === 'below') this.#judgeAsUsual();
    return verdict;
  }

  /**
   * The thresholds that are reached and were not told of since the window was last cleared: both
   * rates, if both are.
   */
  newlyReached(): readonly TripReason[] {
    this.#judgeAsUsual();
    const verdict = judge(this.#trip, this.#counts);
    if (verdict === 'notYet' || verdict === 'below') return [];
    const { total, slow } = this.#counts;
    const isSlow = slow / total >= this.#trip.slowThreshold;
    const reached = new Set<TripReason>(isSlow ? [verdict, 'slowRate'] : [verdict]);
    const fresh = [...reached].filter((threshold) => !this.#told.has(threshold));
    for (const threshold of fresh) this.#told.add(threshold);
    return fresh;
  }

  /** What is held against `threshold`: a share, or the length of a run. */
  valueOf(threshold: TripReason): number {
    const { total, failed, slow } = this.#counts;
    if (threshold === 'consecutiveFailures') return failed;
    return (threshold === 'failureRate' ? failed : slow) / total;
  }

  /** Has the next outcome judged, whatever it is. */
  judgeNext(): void {
    this.#judgesEach = true;
  }

  /** Begins anew. */
  clear(): void {
    this.#window.clear();
    this.#told.clear();
    this.#judgeAsUsual();
  }

  /** Goes on under another policy, with the outcomes, if the window remains of its kind. */
  update(trip: TripSettings, nowMs: number): void {
    const history = this.history(nowMs);
    this.#trip = trip;
    this.#window = windowFor(trip);
    this.#counts = this.#window.counts;
    this.#pivot = pivotOf(trip);
    this.restore(history, 0, nowMs);
  }

  /** The window as data. */
  history(nowMs: number): WindowSnapshot {
    return historyOf(this.#window, nowMs);
  }

  /** Goes on from `history`, taken `elapsedMs` ago. */
  restore(history: WindowSnapshot, elapsedMs: number, nowMs: number): void {
    restoreHistory(this.#window, history, elapsedMs, nowMs);
    // Old outcomes may be over a threshold already.
    this.judgeNext();
  }

  #judgeAsUsual(): void {
    this.#judgesEach = this.#trip.kind === 'timeWindow';
  }
}

function pivotOf(trip: TripSettings): number {
  return trip.kind === 'countWindow' ? trip.minimumCalls - 1 : -1;
}
