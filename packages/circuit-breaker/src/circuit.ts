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
 * (`acquireReadsTime`, `settleReadsTime`), because a clock costs more than all the rest.
 *
 * This file says which state follows which, and why. What a state does is told elsewhere: closed,
 * `trip-watch.ts` and `warm-up.ts`; open, `open-wait.ts`; half open, `trial-calls.ts`; and how time
 * passes when clocks jump, `forward-time.ts`.
 *
 * Sources: M. Nygard, Release It!, 2nd ed., ch. 5; the state machine and its words follow
 * resilience4j, whose rules the tests quote. README.md lists the departures.
 */
import { checkNumber, DELAY_MS_MAX } from './bounds.ts';
import type { CircuitSurroundings, HearsayOutcome, TransitionReason } from './circuit-change.ts';
import type { CircuitSettings } from './circuit-options.ts';
import { type CircuitState, checkTransition, mayFollow } from './circuit-state.ts';
import { type CircuitTallies, Tallies } from './circuit-tallies.ts';
import { ForwardTime } from './forward-time.ts';
import { invariant } from './invariant.ts';
import { openWaitMs } from './open-wait.ts';
import type { CountedOutcome, Outcome, OutcomeCounts } from './outcome.ts';
import { refused, type RefusalReason } from './refusal.ts';
import type { CircuitSnapshot } from './snapshot.ts';
import { TrialCalls } from './trial-calls.ts';
import type { TripReason } from './trip-policy.ts';
import { TripWatch } from './trip-watch.ts';
import { WarmUp } from './warm-up.ts';

/** Who gets in: everybody, nobody, or that depends on the time. */
type Gate = 'all' | 'none' | 'timed';

/** The state machine. Deterministic: time and chance come from outside. */
export class Circuit {
  readonly #surroundings: CircuitSurroundings;
  readonly #tallies = new Tallies();
  readonly #time: ForwardTime;
  readonly #watch: TripWatch;
  #settings: CircuitSettings;
  #state: CircuitState = 'closed';
  #generation = 1;
  #gate: Gate = 'all';
  #openings = 0;
  #openUntilMs = 0;
  /** Those of a half-open circuit. */
  #trials: TrialCalls | undefined;
  /** That of a closed circuit, as long as it lasts. */
  #warmUp: WarmUp | undefined;

  /**
   * @param nowMs - The time now, on the clock of all later calls.
   * @throws RangeError if `nowMs` is not finite.
   */
  constructor(settings: CircuitSettings, surroundings: CircuitSurroundings, nowMs: number) {
    this.#time = new ForwardTime(nowMs);
    this.#settings = settings;
    this.#surroundings = surroundings;
    this.#watch = new TripWatch(settings.trip);
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
    return this.#trials?.counts ?? this.#watch.counts;
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
    return this.#trials?.isFull ?? false;
  }

  /** Whether `acquire` needs to know the time in this state. */
  get acquireReadsTime(): boolean {
    return this.#gate === 'timed';
  }

  /** Whether `settle` needs to know the time for `outcome` in this state. */
  settleReadsTime(outcome: Outcome): boolean {
    if (outcome !== 'success') return outcome !== 'ignored';
    return this.#trials !== undefined || (this.#watch.judgesSuccess && this.#state !== 'disabled');
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
      this.#ignore();
    } else {
      const isJudged = this.settleReadsTime(outcome);
      const atMs = isJudged ? this.#time.read(nowMs) : this.#time.lastMs;
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
    const atMs = this.#time.read(nowMs);
    this.#count(outcome, atMs);
    const waitMs = Math.min(openForMs, this.#settings.openForMsMax);
    if (this.#state === 'disabled' || this.#state === 'metricsOnly') this.#judge(atMs);
    else this.#openUnlessDenied(atMs, 'answer', waitMs);
  }

  /** Does what became due by `nowMs`. `acquire` does so itself: this is for timers. */
  advance(nowMs: number): void {
    this.#advance(this.#time.read(nowMs));
  }

  /** The state that a call at `nowMs` would meet. Changes nothing. */
  stateAt(nowMs: number): CircuitState {
    const atMs = this.#time.peek(nowMs);
    if (this.#state === 'open' && atMs >= this.#openUntilMs) return 'halfOpen';
    if (this.#trials !== undefined && atMs >= this.#trials.lostAtMs)
      return this.#settings.afterWait;
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
    return Math.max(0, Math.ceil(this.#openUntilMs - this.#time.peek(nowMs)));
  }

  /**
   * Goes to `state` by hand. The state begins anew, even if it is the present one.
   *
   * @throws RangeError if no circuit goes there from here: see `mayFollow`.
   */
  transition(state: CircuitState, nowMs: number, reason: TransitionReason = 'byHand'): void {
    const atMs = this.#time.read(nowMs);
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
    checkNumber('openForMs', openForMs, 0, DELAY_MS_MAX);
    const atMs = this.#time.read(nowMs);
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
    checkNumber('openForMs', openForMs, 0, DELAY_MS_MAX);
    const atMs = this.#time.read(nowMs);
    this.#advance(atMs);
    if (this.#state !== 'closed') return 'notClosed';
    const { generation } = this;
    this.#openUnlessDenied(atMs, 'hearsay', Math.min(openForMs, this.#settings.openForMsMax));
    return generation === this.#generation ? 'denied' : 'opened';
  }

  /** Makes it as new: closed, empty and warm. Its tallies and its generation go on. */
  reset(nowMs: number): void {
    const from = this.#state;
    this.#time.read(nowMs);
    this.#openings = 0;
    this.#watch.clear();
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
    const atMs = this.#time.read(nowMs);
    this.#settings = settings;
    this.#watch.update(settings.trip, atMs);
    this.#warmUp = this.#warmUp?.with(settings.warmUp);
    this.#setGate();
    this.#trials = this.#trials?.with(settings);
    // With fewer permitted, those that are back may be all that will come.
    if (this.#trials !== undefined && this.counts.total > 0) this.#judgeTrials(this.#trials, atMs);
  }

  /** The circuit as data. */
  snapshot(nowMs: number, wallTimeMs: number): CircuitSnapshot {
    const atMs = this.#time.peek(nowMs);
    const isOpen = this.#state === 'open';
    return {
      version: 1,
      takenAtWallMs: wallTimeMs,
      state: this.#state,
      openings: this.#openings,
      openForMs: isOpen ? Math.min(DELAY_MS_MAX, Math.max(0, this.#openUntilMs - atMs)) : 0,
      window: this.#watch.history(atMs),
    };
  }

  /** Goes on from `snapshot`, taken `elapsedMs` ago. Calls in flight count no more. */
  restore(snapshot: CircuitSnapshot, elapsedMs: number, nowMs: number): void {
    const atMs = this.#time.read(nowMs);
    const { state, openings, openForMs, window } = snapshot;
    this.#begin(state === 'halfOpen' ? 'open' : state, atMs, 'restored');
    this.#openings = openings;
    this.#openUntilMs = atMs + Math.max(0, openForMs - elapsedMs);
    this.#warmUp = undefined;
    this.#setGate();
    this.#watch.restore(window, elapsedMs, atMs);
  }

  #admitsAt(nowMs: number): boolean {
    const atMs = this.#time.read(nowMs);
    this.#advance(atMs);
    if (this.#trials !== undefined) return this.#trials.tryAdmit(atMs);
    return this.#state === 'closed' && (this.#warmUp?.admits(atMs) ?? true);
  }

  #advance(atMs: number): void {
    if (this.#trials !== undefined && atMs >= this.#trials.lostAtMs) {
      // As if a timer had been there: the wait that follows begins when this one ended.
      const { lostAtMs } = this.#trials;
      if (this.#settings.afterWait === 'open') this.#openUnlessDenied(lostAtMs, 'trialsLost');
      else this.#close(lostAtMs, 'trialsLost');
    }
    if (this.#state === 'open' && atMs >= this.#openUntilMs) this.#enter('halfOpen', 'waitOver');
    if (this.#warmUp?.isOver(atMs) === true) {
      this.#warmUp = undefined;
      this.#setGate();
    }
  }

  #ignore(): void {
    this.#tallies.ignoredCount += 1;
    this.#trials?.giveBack();
  }

  #count(outcome: CountedOutcome, atMs: number): void {
    if (this.#state === 'disabled') return;
    this.#tallies.record(outcome);
    if (this.#trials === undefined) this.#watch.record(outcome, atMs);
    else this.#trials.record(outcome);
  }

  #judge(atMs: number): void {
    if (this.#trials !== undefined) this.#judgeTrials(this.#trials, atMs);
    else if (this.#state === 'closed') this.#judgeCalls(atMs);
    else if (this.#state === 'metricsOnly') this.#watch.newlyReached().forEach(this.#report);
  }

  #judgeCalls(atMs: number): void {
    const verdict = this.#watch.judge();
    if (verdict === 'notYet' || verdict === 'below') return;
    this.#report(verdict);
    this.#openUnlessDenied(atMs, verdict);
  }

  #judgeTrials(trials: TrialCalls, atMs: number): void {
    const verdict = trials.verdict();
    if (verdict === 'notYet') return;
    if (verdict === 'passed') this.#close(atMs, 'trialsPassed');
    else this.#openUnlessDenied(atMs, verdict);
  }

  readonly #report = (threshold: TripReason): void => {
    const value = this.#watch.valueOf(threshold);
    this.#surroundings.onChange({ kind: 'thresholdReached', threshold, value });
  };

  #openUnlessDenied(atMs: number, reason: TransitionReason, waitMs?: number): void {
    if (this.#surroundings.mayOpen()) {
      this.#open(atMs, reason, waitMs);
      return;
    }
    this.#surroundings.onChange({ kind: 'openingDenied', reason });
    if (this.#state === 'halfOpen') this.#close(atMs, 'openingDenied');
    // The rate stays where it is: whatever comes next asks again.
    else this.#watch.judgeNext();
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
      case 'forcedOpen':
        this.#enter(state, reason);
        break;
      case 'disabled':
      case 'metricsOnly':
        this.#openings = 0;
        this.#watch.clear();
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

  #close(atMs: number, reason: TransitionReason): void {
    const { warmUp } = this.#settings;
    const isBack = this.#state === 'open' || this.#state === 'halfOpen' || this.#gate === 'none';
    this.#openings = 0;
    this.#watch.clear();
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
    this.#trials = state === 'halfOpen' ? new TrialCalls(this.#settings) : undefined;
    if (state !== 'closed') this.#warmUp = undefined;
    this.#setGate();
  }

  /** Works out whether `acquire` has to know the time. */
  #setGate(): void {
    const state = this.#state;
    if (state === 'forcedOpen') this.#gate = 'none';
    else if (state === 'open' || state === 'halfOpen') this.#gate = 'timed';
    else this.#gate = this.#warmUp === undefined ? 'all' : 'timed';
  }
}
