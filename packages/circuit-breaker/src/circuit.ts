/**
 * A circuit breaker (Nygard, "Release It!"): stop calling what does not answer.
 *
 * The problem. A service that is down does not fail: it lets its callers wait. Each waiting call
 * holds a socket, a buffer and somebody's patience, until the caller is down too. And the one thing
 * that keeps the service from coming back is that everybody keeps calling.
 *
 * The idea is that of a fuse. While calls go well the circuit is closed and only counts. When too
 * many fail it opens: calls are refused at once, at no cost to anybody. After a while it is half
 * open: a few trial calls find out whether the service is back.
 *
 * ```text
 *            a threshold is reached
 *   closed -------------------------> open
 *     ^                              |    ^
 *     | trials                  wait |    | trials fail,
 *     | pass                    over v    | or never come back
 *     +--------------------------- halfOpen
 *
 *   forcedOpen, disabled, metricsOnly: entered and left by hand
 * ```
 *
 * Why the obvious way fails. A call takes time, and the circuit changes meanwhile. A call admitted
 * while the circuit was closed comes back when it is half open, and succeeds: is the service well?
 * It was, a minute ago. Counted as a trial, this one late success closes the circuit on a service
 * that is down; a late failure opens it on one that has recovered; and a late "says nothing" gives
 * back a permit that was never taken, so that the half-open circuit admits more than it may.
 *
 * So every state that begins gets a number, its generation. A permit is the generation under which
 * it was given, and an outcome counts only if that generation still lasts. All of those mistakes
 * are one comparison away.
 *
 * Time is lazy. Nothing happens between calls: an open circuit becomes half open when somebody
 * asks. The core takes the time as an argument, and reads it only where it matters
 * (`acquireReadsTime`, `settleReadsTime`), because a clock costs more than all the rest. A clock
 * that goes back is taken to stand still for that moment and to go on from there, so that it can
 * neither hold the circuit open for an hour nor count a failure twice.
 *
 * Sources: M. Nygard, Release It!, 2nd ed., ch. 5; the state machine and its words follow
 * resilience4j, whose rules the tests quote. README.md lists the departures.
 */
import { DELAY_MS_MAX } from './bounds.ts';
import type { CircuitChange, TransitionReason } from './circuit-change.ts';
import type { CircuitSettings } from './circuit-options.ts';
import { type CircuitState, checkTransition, mayFollow } from './circuit-state.ts';
import { invariant } from './invariant.ts';
import { openWaitMs } from './open-wait.ts';
import type { CountedOutcome, Outcome, OutcomeCounts } from './outcome.ts';
import type { CircuitSnapshot } from './snapshot.ts';
import { judge, type TripReason } from './trip-policy.ts';
import { WarmUp } from './warm-up.ts';
import { CountWindow } from './windows/count-window.ts';
import {
  type CircuitWindow,
  historyOf,
  restoreHistory,
  windowFor,
} from './windows/window-history.ts';

/** What `acquire` answers instead of a generation when a call is refused. */
export const refused = 0;

/** Why a call is refused. */
export type RefusalReason =
  /** The circuit is open, and its wait is not over. */
  | 'open'
  /** All trial calls are on their way. */
  | 'halfOpen'
  /** Somebody holds it open. */
  | 'forcedOpen'
  /** It has just closed, and lets in a share of the calls. */
  | 'warmUp';

/**
 * What became of the word of others that a circuit is to be open: it opened; it was not closed and
 * knew better; `mayOpen` said no.
 */
export type HearsayOutcome = 'opened' | 'notClosed' | 'denied';

/** What a circuit needs of those around it. */
export interface CircuitSurroundings {
  /** A random number in [0, 1), drawn once for each opening. */
  readonly draw: () => number;
  /** Asked before the circuit opens by itself; false keeps it closed, or closes it. */
  readonly mayOpen: () => boolean;
  /** Told of every change once it is complete. Must not call the circuit. */
  readonly onChange: (change: CircuitChange) => void;
}

/** What a circuit has counted since it began. Everything only rises. */
export interface CircuitTallies {
  /** Calls that were admitted. */
  readonly admittedCount: number;
  /** Calls that were refused. */
  readonly refusedCount: number;
  /** Admitted calls that succeeded and were counted. */
  readonly successCount: number;
  /** Admitted calls that failed and were counted. */
  readonly failureCount: number;
  /** Those of both kinds that were slow. */
  readonly slowCount: number;
  /** Outcomes that said nothing about the service. */
  readonly ignoredCount: number;
  /** Outcomes that came after the state in which their call had begun. They counted for nothing. */
  readonly lateCount: number;
}

/** Who gets in: everybody, nobody, or that depends on the time. */
type Gate = 'all' | 'none' | 'timed';

/** The state machine. Deterministic: time and chance come from outside. */
export class Circuit {
  readonly #surroundings: CircuitSurroundings;
  readonly #tallies = {
    admittedCount: 0,
    refusedCount: 0,
    successCount: 0,
    failureCount: 0,
    slowCount: 0,
    ignoredCount: 0,
    lateCount: 0,
  };
  #settings: CircuitSettings;
  #state: CircuitState = 'closed';
  #generation = 1;
  #gate: Gate = 'all';
  #window: CircuitWindow;
  /** What `#window` holds: one object, so that the hot path need not ask which window it is. */
  #counts: OutcomeCounts;
  /** Success number `#pivot + 1` in an emptying or filling window makes a rate; -1 for none. */
  #pivot: number;
  /** Whether every outcome is judged, not only those that can make a rate rise. */
  #judgesEach = false;
  readonly #reached = new Set<TripReason>();
  #openings = 0;
  #openUntilMs = 0;
  #trials: CountWindow | undefined;
  #trialsLeft = 0;
  #lastTrialMs = 0;
  #warmUp: WarmUp | undefined;
  #lastMs: number;
  #offsetMs = 0;

  /**
   * @param nowMs - The time now, on the clock of all later calls.
   * @throws RangeError if `nowMs` is not finite.
   */
  constructor(settings: CircuitSettings, surroundings: CircuitSurroundings, nowMs: number) {
    checkInstant(nowMs);
    this.#settings = settings;
    this.#surroundings = surroundings;
    this.#lastMs = nowMs;
    this.#window = windowFor(settings.trip);
    this.#counts = this.#window.counts;
    this.#pivot = pivotOf(settings);
    this.#setPace();
    if (settings.initialState !== 'closed') this.#begin(settings.initialState, nowMs, 'restored');
  }

  /** The state that the last call left. `stateAt` also sees that a wait is over. */
  get state(): CircuitState {
    return this.#state;
  }

  /** The number of this state: 1 for the first, one more for each that follows. */
  get generation(): number {
    return this.#generation;
  }

  /** What the window of the closed or metrics-only state holds; of the trials when half open. */
  get counts(): OutcomeCounts {
    return this.#trials?.counts ?? this.#counts;
  }

  /** Outcomes that `counts` must hold before there is a rate; infinity if there never is one. */
  get minimumForRate(): number {
    const { trip, trialMinimum } = this.#settings;
    if (trip.kind === 'consecutiveFailures') return Number.POSITIVE_INFINITY;
    return this.#trials === undefined ? trip.minimumCalls : trialMinimum;
  }

  /** What it has counted since it began. */
  get tallies(): CircuitTallies {
    return this.#tallies;
  }

  /** Openings in a row: 0 once closed. */
  get openings(): number {
    return this.#openings;
  }

  /** Whether it is half open, and all trial calls are on their way. */
  get isFull(): boolean {
    return this.#state === 'halfOpen' && this.#trialsLeft === 0;
  }

  /** Whether `acquire` needs to know the time in this state. */
  get acquireReadsTime(): boolean {
    return this.#gate === 'timed';
  }

  /** Whether `settle` needs to know the time for `outcome` in this state. */
  settleReadsTime(outcome: Outcome): boolean {
    if (outcome !== 'success') return outcome !== 'ignored';
    return this.#judgesEach || this.#counts.total === this.#pivot;
  }

  /**
   * Asks to make a call.
   *
   * @param nowMs - Read only if `acquireReadsTime`.
   * @returns The generation to settle with, at least 1; or `refused`, which is 0.
   */
  acquire(nowMs: number): number {
    if (this.#gate === 'all' || (this.#gate === 'timed' && this.#admitsAt(nowMs))) {
      this.#tallies.admittedCount += 1;
      return this.#generation;
    }
    this.#tallies.refusedCount += 1;
    return refused;
  }

  /**
   * Says how an admitted call ended. Once for each: the caller sees to that.
   *
   * @param generation - What `acquire` returned.
   * @param nowMs - Read only if `settleReadsTime(outcome)`.
   */
  settle(generation: number, outcome: Outcome, nowMs: number): void {
    if (generation !== this.#generation) {
      this.#tallies.lateCount += 1;
    } else if (outcome === 'ignored') {
      this.#giveBack();
    } else {
      const isJudged = this.settleReadsTime(outcome);
      const atMs = isJudged ? this.#now(nowMs) : this.#lastMs;
      this.#count(outcome, atMs);
      if (isJudged) this.#judge(atMs);
    }
  }

  /**
   * Says that an admitted call failed with an answer that names the time to come back, and opens
   * the circuit for it, at most `openForMsMax`.
   *
   * @param openForMs - At least 0, finite.
   * @throws RangeError if `openForMs` is not.
   */
  settleAndOpen(
    generation: number,
    outcome: 'failure' | 'slowFailure',
    openForMs: number,
    nowMs: number,
  ): void {
    if (!Number.isFinite(openForMs) || openForMs < 0) {
      throw new RangeError(`openForMs: expected a finite number >= 0, got ${openForMs}`);
    }
    if (generation !== this.#generation) {
      this.#tallies.lateCount += 1;
      return;
    }
    const atMs = this.#now(nowMs);
    this.#count(outcome, atMs);
    const waitMs = Math.min(openForMs, this.#settings.openForMsMax);
    if (this.#state === 'disabled' || this.#state === 'metricsOnly') this.#judge(atMs);
    else this.#openUnlessDenied(atMs, 'answer', waitMs);
  }

  /** Does what became due by `nowMs`. `acquire` does so itself: this is for timers. */
  advance(nowMs: number): void {
    this.#advance(this.#now(nowMs));
  }

  /** The state that a call at `nowMs` would meet. Changes nothing. */
  stateAt(nowMs: number): CircuitState {
    const atMs = this.#peek(nowMs);
    if (this.#state === 'open' && atMs >= this.#openUntilMs) return 'halfOpen';
    if (this.#trialsAreLost(atMs)) return this.#settings.afterWait;
    return this.#state;
  }

  /** Why a call would be refused now. Means nothing when it would be admitted. */
  get refusalReason(): RefusalReason {
    const state = this.#state;
    return state === 'open' || state === 'halfOpen' || state === 'forcedOpen' ? state : 'warmUp';
  }

  /**
   * Whole milliseconds from `nowMs` until an open circuit takes trial calls; `undefined` when
   * something else than time decides.
   */
  retryAfterMsAt(nowMs: number): number | undefined {
    if (this.#state !== 'open') return undefined;
    return Math.max(0, Math.ceil(this.#openUntilMs - this.#peek(nowMs)));
  }

  /** The share of calls that it lets in at `nowMs` for having just closed: 1 when warm. */
  warmUpShareAt(nowMs: number): number {
    return this.#warmUp?.share(this.#peek(nowMs)) ?? 1;
  }

  /**
   * Goes to `state` by hand. The state begins anew, even if it is the present one.
   *
   * @throws RangeError if no circuit goes there from here: see `mayFollow`.
   */
  transition(state: CircuitState, nowMs: number, reason: TransitionReason = 'byHand'): void {
    const atMs = this.#now(nowMs);
    this.#advance(atMs);
    checkTransition(this.#state, state);
    this.#begin(state, atMs, reason);
  }

  /**
   * Opens by hand, for `openForMs` instead of the usual wait.
   *
   * @param openForMs - 0..2^31-1.
   * @throws RangeError if it is not, or if no circuit opens from here.
   */
  openByHand(openForMs: number, nowMs: number): void {
    checkOpenFor(openForMs);
    const atMs = this.#now(nowMs);
    this.#advance(atMs);
    checkTransition(this.#state, 'open');
    this.#open(atMs, 'byHand', openForMs);
  }

  /**
   * Opens a closed circuit because others found theirs open. Any other state knows better, or was
   * set by hand, and nobody can prolong a wait.
   *
   * @param openForMs - 0..2^31-1; at most `openForMsMax` of it is used.
   * @throws RangeError if it is not.
   */
  openOnHearsay(openForMs: number, nowMs: number): HearsayOutcome {
    checkOpenFor(openForMs);
    const atMs = this.#now(nowMs);
    this.#advance(atMs);
    if (this.#state !== 'closed') return 'notClosed';
    const { generation } = this;
    this.#openUnlessDenied(atMs, 'hearsay', Math.min(openForMs, this.#settings.openForMsMax));
    return generation === this.#generation ? 'denied' : 'opened';
  }

  /** Makes it as new: closed, empty and warm. Its tallies and its generation go on. */
  reset(nowMs: number): void {
    const from = this.#state;
    this.#now(nowMs);
    this.#openings = 0;
    this.#window.clear();
    this.#warmUp = undefined;
    this.#become('closed');
    const generation = this.#generation;
    this.#surroundings.onChange({ kind: 'reset', from, generation });
  }

  /**
   * Works by other settings from now on. State, generation and openings stay, an open wait keeps
   * its end, and the window its outcomes if it remains of the same kind.
   */
  update(settings: CircuitSettings, nowMs: number): void {
    const atMs = this.#now(nowMs);
    const before = this.#settings;
    this.#settings = settings;
    const history = historyOf(this.#window, atMs);
    this.#window = windowFor(settings.trip);
    this.#counts = this.#window.counts;
    restoreHistory(this.#window, history, 0, atMs);
    if (this.#warmUp !== undefined) this.#warmUp = this.#warmUp.with(settings.warmUp);
    if (this.#trials !== undefined) this.#updateTrials(this.#trials, before, atMs);
    this.#setPace();
    // Old outcomes may be over the new thresholds: the next one tells.
    this.#judgeNext();
  }

  /** The circuit as data. */
  snapshot(nowMs: number, wallTimeMs: number): CircuitSnapshot {
    const atMs = this.#peek(nowMs);
    const isOpen = this.#state === 'open';
    return {
      version: 1,
      takenAtWallMs: wallTimeMs,
      state: this.#state,
      openings: this.#openings,
      openForMs: isOpen ? Math.min(DELAY_MS_MAX, Math.max(0, this.#openUntilMs - atMs)) : 0,
      window: historyOf(this.#window, atMs),
    };
  }

  /** Goes on from `snapshot`, taken `elapsedMs` ago. Calls in flight count no more. */
  restore(snapshot: CircuitSnapshot, elapsedMs: number, nowMs: number): void {
    const atMs = this.#now(nowMs);
    const { state, openings, openForMs, window } = snapshot;
    this.#begin(state === 'halfOpen' ? 'open' : state, atMs, 'restored');
    this.#openings = openings;
    this.#openUntilMs = atMs + Math.max(0, openForMs - elapsedMs);
    this.#warmUp = undefined;
    this.#setPace();
    restoreHistory(this.#window, window, elapsedMs, atMs);
    this.#judgeNext();
  }

  #admitsAt(nowMs: number): boolean {
    const atMs = this.#now(nowMs);
    this.#advance(atMs);
    if (this.#state === 'halfOpen') {
      if (this.#trialsLeft === 0) return false;
      this.#trialsLeft -= 1;
      this.#lastTrialMs = atMs;
      return true;
    }
    return this.#state === 'closed' && (this.#warmUp?.admits(atMs) ?? true);
  }

  #advance(atMs: number): void {
    if (this.#trialsAreLost(atMs)) {
      // As if a timer had been there: the wait that follows begins when this one ended.
      const lostMs = this.#lastTrialMs + this.#settings.halfOpenWaitMsMax;
      if (this.#settings.afterWait === 'open') this.#openUnlessDenied(lostMs, 'trialsLost');
      else this.#close(lostMs, 'trialsLost');
    }
    if (this.#state === 'open' && atMs >= this.#openUntilMs) this.#halfOpen('waitOver');
    if (this.#warmUp?.isOver(atMs) === true) {
      this.#warmUp = undefined;
      this.#setPace();
    }
  }

  /** Whether all trial calls were admitted, and the last of them too long ago. */
  #trialsAreLost(atMs: number): boolean {
    if (this.#state !== 'halfOpen' || this.#trialsLeft > 0) return false;
    return atMs >= this.#lastTrialMs + this.#settings.halfOpenWaitMsMax;
  }

  /** A trial call that says nothing makes room for another; never for more than are missing. */
  #giveBack(): void {
    this.#tallies.ignoredCount += 1;
    if (this.#trials === undefined) return;
    const missing = this.#settings.permittedCalls - this.#trials.counts.total;
    this.#trialsLeft = Math.min(this.#trialsLeft + 1, missing);
  }

  #count(outcome: CountedOutcome, atMs: number): void {
    if (this.#state === 'disabled') return;
    const tallies = this.#tallies;
    if (outcome === 'success' || outcome === 'slowSuccess') tallies.successCount += 1;
    else tallies.failureCount += 1;
    if (outcome === 'slowSuccess' || outcome === 'slowFailure') tallies.slowCount += 1;
    if (this.#trials === undefined) this.#window.record(outcome, atMs);
    else this.#trials.record(outcome);
  }

  #judge(atMs: number): void {
    if (this.#state === 'halfOpen') this.#judgeTrials(atMs);
    else if (this.#state === 'closed') this.#judgeWindow(atMs);
    else if (this.#state === 'metricsOnly') this.#watchWindow();
  }

  #judgeWindow(atMs: number): void {
    const verdict = judge(this.#settings.trip, this.#counts);
    if (verdict === 'notYet' || verdict === 'below') {
      if (this.#judgesEach) this.#setPace();
      return;
    }
    const value = this.#valueOf(verdict);
    this.#surroundings.onChange({ kind: 'thresholdReached', threshold: verdict, value });
    this.#openUnlessDenied(atMs, verdict);
  }

  #openUnlessDenied(atMs: number, reason: TransitionReason, waitMs?: number): void {
    if (this.#surroundings.mayOpen()) {
      this.#open(atMs, reason, waitMs);
      return;
    }
    this.#surroundings.onChange({ kind: 'openingDenied', reason });
    if (this.#state === 'halfOpen') this.#close(atMs, 'openingDenied');
    // The rate stays where it is: whatever comes next asks again.
    else this.#judgeNext();
  }

  /** Says once of each threshold that it is reached, of both if both are. */
  #watchWindow(): void {
    if (this.#judgesEach) this.#setPace();
    const { trip } = this.#settings;
    const counts = this.#counts;
    const verdict = judge(trip, counts);
    if (verdict === 'notYet' || verdict === 'below') return;
    this.#report(verdict);
    if (counts.slow / counts.total >= trip.slowThreshold) this.#report('slowRate');
  }

  #report(threshold: TripReason): void {
    if (this.#reached.has(threshold)) return;
    this.#reached.add(threshold);
    const value = this.#valueOf(threshold);
    this.#surroundings.onChange({ kind: 'thresholdReached', threshold, value });
  }

  #valueOf(threshold: TripReason): number {
    const { total, failed, slow } = this.#counts;
    if (threshold === 'consecutiveFailures') return failed;
    return (threshold === 'failureRate' ? failed : slow) / total;
  }

  #judgeTrials(atMs: number): void {
    const { trip, trialMinimum } = this.#settings;
    const { total, failed, slow } = this.counts;
    const isRun = trip.kind === 'consecutiveFailures';
    // Judged against the minimum, not the calls so far: once so many have failed that no success
    // can make up for them, more trial calls would only hurt.
    const judged = Math.max(total, trialMinimum);
    const hasFailed = isRun ? failed > 0 : failed / judged >= trip.failureThreshold;
    if (hasFailed) this.#openUnlessDenied(atMs, isRun ? 'consecutiveFailures' : 'failureRate');
    else if (slow / judged >= trip.slowThreshold) this.#openUnlessDenied(atMs, 'slowRate');
    else if (total >= trialMinimum) this.#close(atMs, 'trialsPassed');
  }

  #updateTrials(trials: CountWindow, before: CircuitSettings, atMs: number): void {
    const { permittedCalls } = this.#settings;
    const admitted = before.permittedCalls - this.#trialsLeft;
    this.#trialsLeft = Math.max(0, permittedCalls - admitted);
    this.#trials = new CountWindow(permittedCalls);
    this.#trials.restore(trials.outcomes());
    // With fewer permitted, those that are back may be all that will come.
    if (trials.counts.total > 0) this.#judgeTrials(atMs);
  }

  #begin(state: CircuitState, atMs: number, reason: TransitionReason): void {
    switch (state) {
      case 'open':
        this.#open(atMs, reason);
        break;
      case 'closed':
        this.#close(atMs, reason);
        break;
      case 'halfOpen':
        this.#halfOpen(reason);
        break;
      case 'forcedOpen':
        this.#enter(state, reason);
        break;
      case 'disabled':
      case 'metricsOnly':
        this.#openings = 0;
        this.#window.clear();
        this.#reached.clear();
        this.#enter(state, reason);
        break;
    }
  }

  #open(atMs: number, reason: TransitionReason, waitMs?: number): void {
    this.#openings += 1;
    const { openWait } = this.#settings;
    const usualMs = waitMs ?? openWaitMs(openWait, this.#openings, this.#surroundings.draw());
    this.#openUntilMs = atMs + usualMs;
    this.#enter('open', reason);
  }

  #halfOpen(reason: TransitionReason): void {
    this.#trialsLeft = this.#settings.permittedCalls;
    this.#enter('halfOpen', reason);
  }

  #close(atMs: number, reason: TransitionReason): void {
    const { warmUp } = this.#settings;
    const isBack = this.#state === 'open' || this.#state === 'halfOpen' || this.#gate === 'none';
    this.#openings = 0;
    this.#window.clear();
    this.#warmUp = isBack && warmUp !== undefined ? new WarmUp(warmUp, atMs) : undefined;
    this.#enter('closed', reason);
  }

  #enter(to: CircuitState, reason: TransitionReason): void {
    const from = this.#state;
    const isTakenOver = reason === 'restored';
    invariant(isTakenOver || mayFollow(from, to), 'a state follows another as the table says');
    this.#become(to);
    if (from === to) return;
    const generation = this.#generation;
    this.#surroundings.onChange({ kind: 'transition', from, to, reason, generation });
  }

  #become(state: CircuitState): void {
    this.#state = state;
    this.#generation += 1;
    this.#trials =
      state === 'halfOpen' ? new CountWindow(this.#settings.permittedCalls) : undefined;
    if (state !== 'closed') this.#warmUp = undefined;
    this.#setPace();
  }

  /** Lets the next outcome be judged, whatever it is. */
  #judgeNext(): void {
    if (this.#state === 'closed' || this.#state === 'metricsOnly') this.#judgesEach = true;
  }

  /** Works out what the hot path may skip. */
  #setPace(): void {
    this.#pivot = pivotOf(this.#settings);
    const isTimed = this.#settings.trip.kind === 'timeWindow';
    const counts = this.#state === 'closed' || this.#state === 'metricsOnly';
    this.#judgesEach = this.#state === 'halfOpen' || (counts && isTimed);
    this.#gate = gateOf(this.#state, this.#warmUp);
  }

  #now(nowMs: number): number {
    const atMs = nowMs + this.#offsetMs;
    if (!(atMs >= this.#lastMs && atMs < Number.POSITIVE_INFINITY)) {
      checkInstant(nowMs);
      // The clock went back. From here on it counts from where we are.
      this.#offsetMs = this.#lastMs - nowMs;
      return this.#lastMs;
    }
    this.#lastMs = atMs;
    return atMs;
  }

  /** The time at `nowMs`, for those who change nothing. */
  #peek(nowMs: number): number {
    checkInstant(nowMs);
    return Math.max(this.#lastMs, nowMs + this.#offsetMs);
  }
}

function gateOf(state: CircuitState, warmUp: WarmUp | undefined): Gate {
  if (state === 'open' || state === 'halfOpen') return 'timed';
  if (state === 'forcedOpen') return 'none';
  return warmUp === undefined ? 'all' : 'timed';
}

/**
 * How many outcomes a window holds when one more success can make a rate reach its threshold. A
 * fast success only ever lowers a rate, except that it may bring the window to its minimum.
 */
function pivotOf({ trip }: CircuitSettings): number {
  return trip.kind === 'countWindow' ? trip.minimumCalls - 1 : -1;
}

function checkOpenFor(openForMs: number): void {
  if (openForMs >= 0 && openForMs <= DELAY_MS_MAX) return;
  throw new RangeError(`openForMs: expected a number in 0..${DELAY_MS_MAX}, got ${openForMs}`);
}

function checkInstant(nowMs: number): void {
  if (Number.isFinite(nowMs)) return;
  throw new RangeError(`nowMs: expected a finite number, got ${nowMs}`);
}
