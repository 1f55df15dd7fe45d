/**
 * The edge: a circuit around calls that take time, throw, hang and get cancelled.
 *
 * The circuit decides (`circuit.ts`); this file asks it before each call, tells it afterwards, and
 * sees to it that nobody else can spoil either: not a classifier or a listener that throws, not
 * work that throws before it returns a promise, not a caller that gives up. It reads the clock only
 * when the circuit says that it needs it. A call that succeeds under a window of counts reads none,
 * and allocates a context and the promise of its result.
 */
import type { Clock, Timer } from '@quorate/transport';

import { checkChoice, checkRecord, show } from './bounds.ts';
import {
  Circuit,
  type CircuitTallies,
  type HearsayOutcome,
  refused,
  type RefusalReason,
} from './circuit.ts';
import { breakerSettings, type CircuitBreakerOptions } from './circuit-breaker-options.ts';
import type { CircuitChange } from './circuit-change.ts';
import type { CircuitBreakerEvent, CircuitCallEvent } from './circuit-events.ts';
import { type CircuitOptions, circuitSettings, copyOptions } from './circuit-options.ts';
import { type CircuitState, circuitStates } from './circuit-state.ts';
import {
  type CallResult,
  type Classification,
  type Classify,
  classifyByKind,
  isCallersAbort,
  outcomeOfCall,
} from './classify.ts';
import { CircuitBreakerDisposedError, CircuitOpenError } from './errors.ts';
import { HalfOpenRoom } from './half-open-room.ts';
import { Listeners, type StopListening } from './listeners.ts';
import type { Outcome, OutcomeCounts } from './outcome.ts';
import { CircuitPermit, CircuitRefusal, type Permit, type Refusal } from './permit.ts';
import { RootContext } from './policies/call-context.ts';
import { pipeline, type RunOptions } from './policies/pipeline.ts';
import type { CallContext, Policy, Work } from './policy.ts';
import { type CircuitSnapshot, readSnapshot, type SnapshotRefusal } from './snapshot.ts';

/** Holds a circuit open. Dispose of it, or release it, to let go. */
export interface ForcedOpen extends Disposable {
  /**
   * Lets go. When the last one does, trial calls decide; a circuit that was disabled or only
   * watched is so again. Does nothing the second time, or after the state was changed by hand.
   */
  release(): void;
}

/** A circuit at one instant. */
export interface CircuitStatus {
  readonly name: string;
  /** The state that a call would meet now. */
  readonly state: CircuitState;
  readonly generation: number;
  /** Openings in a row. */
  readonly openings: number;
  /**
   * Milliseconds until trial calls are taken; `undefined` when something else than time decides.
   */
  readonly retryAfterMs: number | undefined;
  /** What the present window holds: that of the trial calls in half-open, or else of the calls. */
  readonly counts: OutcomeCounts;
  /** Share of failures in it, 0..1; `undefined` below the minimum of calls or without a rate. */
  readonly failureRate: number | undefined;
  /** Share of slow calls in it, 0..1; `undefined` likewise. */
  readonly slowRate: number | undefined;
  /** What it has counted since it began. */
  readonly tallies: CircuitTallies;
}

/** What became of a snapshot. */
export type Hydration = { readonly kind: 'restored' } | SnapshotRefusal;

/**
 * Refuses calls to what does not answer.
 *
 * @remarks
 * One instance for one thing that fails as a whole: a service, a host, a database. Several that
 * share a fate may share it; two that do not must not, or the failure of one shuts out the other.
 *
 * It has no timers unless `halfOpenBy` asks for one, and none of them holds a process open.
 *
 * @example
 * ```ts
 * import { CircuitBreaker, consecutiveFailures } from '@quorate/circuit-breaker';
 *
 * const breaker = new CircuitBreaker({ trip: consecutiveFailures(5) });
 * await breaker.run(async () => 'an answer'); // => 'an answer'
 * breaker.state; // => 'closed'
 * ```
 */
export class CircuitBreaker implements Policy, Disposable {
  /** Names it in errors and events. */
  readonly name: string;
  readonly #clock: Clock;
  readonly #callerAborts: 'ignored' | 'classified';
  readonly #halfOpenBy: 'call' | 'timer';
  readonly #classify: Classify | undefined;
  readonly #onError: (error: unknown) => void;
  readonly #circuit: Circuit;
  readonly #changes: Listeners<CircuitBreakerEvent>;
  readonly #calls: Listeners<CircuitCallEvent>;
  readonly #room: HalfOpenRoom | undefined;
  readonly #forcings = new Set<ForcedOpen>();
  #options: CircuitOptions;
  #slowerThanMs: number | undefined;
  #timesCalls = false;
  #hasNews = false;
  #stateBeforeForced: CircuitState = 'closed';
  #timer: Timer | undefined;
  #isDisposed = false;

  /** @throws RangeError if an option is out of its range; the message names it. */
  constructor(options: CircuitBreakerOptions = {}) {
    const edge = breakerSettings(options);
    this.#options = copyOptions(options);
    const settings = circuitSettings(this.#options);
    this.name = edge.name;
    this.#clock = edge.clock;
    this.#callerAborts = edge.callerAborts;
    this.#halfOpenBy = edge.halfOpenBy;
    this.#classify = edge.classify;
    this.#onError = edge.onError;
    this.#changes = new Listeners(this.#onError);
    this.#calls = new Listeners(this.#onError);
    this.#slowerThanMs = settings.trip.slowerThanMs;
    this.#room =
      edge.halfOpenQueue === undefined
        ? undefined
        : new HalfOpenRoom(edge.halfOpenQueue, this.#clock, () => this.#refusal(Number.NaN));
    const surroundings = {
      draw: () => edge.random.float(),
      mayOpen: () => this.#mayOpen(edge.mayOpen),
      onChange: (change: CircuitChange) => this.#note(change),
    };
    this.#circuit = new Circuit(settings, surroundings, this.#clock.nowMs());
    this.#pace();
    this.#afterStep();
  }

  /** The state that a call would meet now. Reading it changes nothing. */
  get state(): CircuitState {
    return this.#circuit.stateAt(this.#clock.nowMs());
  }

  /**
   * Milliseconds until trial calls are taken; `undefined` when something else than time decides.
   */
  get retryAfterMs(): number | undefined {
    return this.#circuit.retryAfterMsAt(this.#clock.nowMs());
  }

  /** The circuit now, in O(1) whatever the traffic. */
  status(): CircuitStatus {
    const circuit = this.#circuit;
    const nowMs = this.#clock.nowMs();
    const { total, failed, slow, slowFailed } = circuit.counts;
    const hasRate = total >= circuit.minimumForRate;
    return {
      name: this.name,
      state: circuit.stateAt(nowMs),
      generation: circuit.generation,
      openings: circuit.openings,
      retryAfterMs: circuit.retryAfterMsAt(nowMs),
      counts: { total, failed, slow, slowFailed },
      failureRate: hasRate ? failed / total : undefined,
      slowRate: hasRate ? slow / total : undefined,
      tallies: { ...circuit.tallies },
    };
  }

  /**
   * Makes a call, or refuses it.
   *
   * @returns What `work` returned. Rejects with what it threw, with a `CircuitOpenError`, or at
   * once with the reason of the caller's signal: the work counts once it has ended, if it succeeds.
   */
  run<Result>(work: Work<Result>, options?: RunOptions): Promise<Result> {
    if (options?.signal === undefined && typeof work === 'function') {
      return this.execute(work, new RootContext(undefined));
    }
    // Callers who give up, and work that cannot be called: a pipeline of one sees to both.
    return pipeline<readonly [never]>(this).run(work, options);
  }

  /** `run` as a layer of a pipeline. */
  execute<Result>(work: Work<Result>, context: CallContext): Promise<Result> {
    if (this.#room !== undefined && this.#mustWait(this.#room)) {
      return this.#performLater(this.#room, work, context);
    }
    const circuit = this.#circuit;
    const isTimed = this.#timesCalls;
    const nowMs = isTimed || circuit.acquireReadsTime ? this.#clock.nowMs() : Number.NaN;
    const generation = this.#isDisposed ? refused : circuit.acquire(nowMs);
    if (this.#hasNews) this.#afterStep();
    if (generation === refused) return rejectSoon(this.#refusal(nowMs));
    return this.#perform(work, context, generation, isTimed ? nowMs : Number.NaN);
  }

  /** Whether a call would wait, and may. */
  #mustWait(room: HalfOpenRoom): boolean {
    const circuit = this.#circuit;
    if (circuit.state !== 'halfOpen' || this.#isDisposed) return false;
    circuit.advance(this.#clock.nowMs());
    if (this.#hasNews) this.#afterStep();
    return (circuit.isFull || room.size > 0) && !room.isFull;
  }

  async #performLater<Result>(
    room: HalfOpenRoom,
    work: Work<Result>,
    context: CallContext,
  ): Promise<Result> {
    const generation = await room.wait(context.signal);
    if (context.signal.aborted) {
      // It had its permit, and gave up before it could go on.
      this.#settle(generation, 'ignored', Number.NaN);
      context.signal.throwIfAborted();
    }
    const startMs = this.#timesCalls ? this.#clock.nowMs() : Number.NaN;
    return this.#perform(work, context, generation, startMs);
  }

  /** Lets in or refuses those who wait, as far as the circuit can tell. */
  #serve(room: HalfOpenRoom): void {
    const circuit = this.#circuit;
    while (room.size > 0 && !circuit.isFull) {
      const nowMs = circuit.acquireReadsTime ? this.#clock.nowMs() : Number.NaN;
      const generation = circuit.acquire(nowMs);
      if (generation === refused) room.refuse(this.#refusal(nowMs));
      else room.grant(generation);
    }
    if (this.#hasNews) this.#afterStep();
  }

  async #perform<Result>(
    work: Work<Result>,
    context: CallContext,
    generation: number,
    startMs: number,
  ): Promise<Result> {
    let value: Result;
    try {
      value = await work(context);
    } catch (error) {
      this.#onThrew(generation, error, context, startMs);
      throw error;
    }
    if (this.#classify !== undefined) {
      this.#conclude(generation, startMs, { kind: 'returned', value });
    } else {
      this.#settle(generation, 'success', startMs);
    }
    return value;
  }

  /** `fn`, each call of which is a run. */
  wrap<Args extends readonly unknown[], Result>(
    fn: (...args: Args) => Result | PromiseLike<Result>,
  ): (...args: Args) => Promise<Result> {
    return (...args) => this.execute(() => fn(...args), new RootContext(undefined));
  }

  /**
   * Leave to make a call that the caller makes and judges itself.
   *
   * @example
   * ```ts
   * import { CircuitBreaker } from '@quorate/circuit-breaker';
   *
   * const breaker = new CircuitBreaker();
   * function read(): string {
   *   using permit = breaker.tryAcquire();
   *   if (permit.kind === 'refused') return 'what we had yesterday';
   *   const answer = 'fresh'; // An exception here leaves the block, and the call has failed.
   *   permit.succeed();
   *   return answer;
   * }
   * read(); // => 'fresh'
   * ```
   */
  tryAcquire(): Permit | Refusal {
    const circuit = this.#circuit;
    const isTimed = this.#timesCalls;
    const nowMs = isTimed || circuit.acquireReadsTime ? this.#clock.nowMs() : Number.NaN;
    const generation = this.#isDisposed ? refused : circuit.acquire(nowMs);
    if (this.#hasNews) this.#afterStep();
    if (generation !== refused) {
      return new CircuitPermit(this.#settle, generation, isTimed ? nowMs : Number.NaN);
    }
    if (this.#isDisposed) return new CircuitRefusal('disposed', undefined);
    const reason = circuit.refusalReason;
    this.#tellRefused(reason);
    return new CircuitRefusal(reason, retryAfterMs(circuit, nowMs));
  }

  /** Calls `listener` with every change of the circuit. What it throws goes to `onError`. */
  observe(listener: (event: CircuitBreakerEvent) => unknown): StopListening {
    return this.#isDisposed ? () => undefined : this.#changes.add(listener);
  }

  /**
   * Calls `listener` when a call is refused or has ended. From then on each call reads the clock
   * twice. Nothing is told of calls in a disabled or a forced-open circuit.
   */
  observeCalls(listener: (event: CircuitCallEvent) => unknown): StopListening {
    if (this.#isDisposed) return () => undefined;
    const stop = this.#calls.add(listener);
    this.#pace();
    return () => {
      stop();
      this.#pace();
    };
  }

  /**
   * Works by other options from now on, those left out staying as they are. State and history stay;
   * an open circuit keeps the end of its wait. A window of another kind begins empty.
   *
   * @throws RangeError if an option is out of its range. Then nothing has changed.
   */
  update(options: CircuitOptions): void {
    checkRecord('options', options);
    const merged = { ...this.#options, ...copyOptions(options) };
    const settings = circuitSettings(merged);
    this.#options = merged;
    this.#slowerThanMs = settings.trip.slowerThanMs;
    this.#circuit.update(settings, this.#clock.nowMs());
    this.#pace();
    this.#afterStep();
  }

  /**
   * Goes to `state` by hand. It begins anew, even if it is the present one.
   *
   * @throws RangeError if no circuit goes there from here: closed to half-open; metrics-only to
   * open or half-open.
   */
  transitionTo(state: CircuitState): void {
    checkChoice('state', state, circuitStates);
    this.#circuit.transition(state, this.#clock.nowMs());
    this.#forcings.clear();
    this.#afterStep();
  }

  /**
   * Opens it for a while, as if a threshold had been reached.
   *
   * @param openForMs - 0..2^31-1; the usual wait if left out.
   */
  trip(openForMs?: number): void {
    if (openForMs === undefined) {
      this.transitionTo('open');
      return;
    }
    this.#circuit.openByHand(openForMs, this.#clock.nowMs());
    this.#forcings.clear();
    this.#afterStep();
  }

  /**
   * Opens it if it is closed, because another process says that its own circuit is open. Counts as
   * an opening by itself: `mayOpen` is asked. No call of this process has failed, so keep it short.
   *
   * @param openForMs - 0..2^31-1; `openForMsMax` caps it.
   * @throws RangeError if it is not. Then nothing has changed.
   */
  openOnHearsay(openForMs: number): HearsayOutcome {
    const outcome = this.#circuit.openOnHearsay(openForMs, this.#clock.nowMs());
    this.#afterStep();
    return outcome;
  }

  /** Holds it open until everyone who did so has let go. Time does not end it. */
  forceOpen(): ForcedOpen {
    if (this.#forcings.size === 0) {
      this.#stateBeforeForced = this.#circuit.state;
      this.#circuit.transition('forcedOpen', this.#clock.nowMs());
      this.#afterStep();
    }
    const forced: ForcedOpen = {
      release: () => this.#release(forced),
      [Symbol.dispose]: () => this.#release(forced),
    };
    this.#forcings.add(forced);
    return forced;
  }

  /** Admits everything and counts nothing, until told otherwise. */
  disable(): void {
    this.transitionTo('disabled');
  }

  /** Admits everything and counts, and says when it would have opened. */
  metricsOnly(): void {
    this.transitionTo('metricsOnly');
  }

  /** Makes it as new: closed, with an empty window. Calls in flight count no more. */
  reset(): void {
    this.#circuit.reset(this.#clock.nowMs());
    this.#forcings.clear();
    this.#afterStep();
  }

  /** The circuit as data that survives JSON, to go on from in another process. */
  snapshot(): CircuitSnapshot {
    return this.#circuit.snapshot(this.#clock.nowMs(), this.#clock.wallTimeMs());
  }

  /** Goes on from what `snapshot` returned, here or elsewhere, whatever has become of it since. */
  hydrate(stored: unknown): Hydration {
    const reading = readSnapshot(stored);
    if (reading.kind === 'refused') return reading;
    const { snapshot } = reading;
    const elapsedMs = Math.max(0, this.#clock.wallTimeMs() - snapshot.takenAtWallMs);
    this.#circuit.restore(snapshot, elapsedMs, this.#clock.nowMs());
    this.#forcings.clear();
    this.#afterStep();
    return { kind: 'restored' };
  }

  /** Refuses every call from now on. Those that run may end; nobody hears of them. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#changes.clear();
    this.#calls.clear();
    this.#timer?.cancel();
    this.#timer = undefined;
    const room = this.#room;
    while (room !== undefined && room.size > 0) {
      room.refuse(new CircuitBreakerDisposedError(this.name));
    }
  }

  #onThrew(generation: number, error: unknown, context: CallContext, startMs: number): void {
    const isNeutral = this.#callerAborts === 'ignored' && isCallersAbort(context.signal);
    if (isNeutral) this.#settle(generation, 'ignored', startMs);
    else this.#conclude(generation, startMs, { kind: 'threw', error });
  }

  #conclude(generation: number, startMs: number, result: CallResult): void {
    const classification = this.#classification(result);
    if (typeof classification === 'string') this.#settle(generation, classification, startMs);
    else this.#settleAndOpen(generation, classification.openForMs, startMs);
  }

  #classification(result: CallResult): Classification {
    try {
      const given = this.#classify?.(result);
      if (given !== undefined) return checked(given);
    } catch (error) {
      // The caller has asked for a result, not for a verdict: it gets its result.
      this.#onError(error);
    }
    return classifyByKind(result);
  }

  /** Settles a call that has no other measure of its speed than the clock. */
  readonly #settle = (generation: number, given: Outcome, startMs: number): void => {
    const circuit = this.#circuit;
    const isTimed = startMs === startMs;
    const nowMs = isTimed || circuit.settleReadsTime(given) ? this.#clock.nowMs() : 0;
    const outcome =
      isTimed && (given === 'success' || given === 'failure')
        ? outcomeOfCall(given, nowMs - startMs, this.#slowerThanMs)
        : given;
    const isLate = generation !== circuit.generation;
    circuit.settle(generation, outcome, nowMs);
    // A permit may have come back.
    if (outcome === 'ignored' && this.#room !== undefined) this.#serve(this.#room);
    this.#afterCall(outcome, nowMs - startMs, isLate);
  };

  #settleAndOpen(generation: number, openForMs: number, startMs: number): void {
    const nowMs = this.#clock.nowMs();
    const isSlow = this.#slowerThanMs !== undefined && nowMs - startMs > this.#slowerThanMs;
    const outcome = isSlow ? 'slowFailure' : 'failure';
    const isLate = generation !== this.#circuit.generation;
    this.#circuit.settleAndOpen(generation, outcome, openForMs, nowMs);
    this.#afterCall(outcome, nowMs - startMs, isLate);
  }

  #afterCall(outcome: Outcome, durationMs: number, isLate: boolean): void {
    if (!this.#calls.isEmpty && this.#circuit.state !== 'disabled') {
      this.#calls.publish({ kind: 'settled', breakerName: this.name, outcome, durationMs, isLate });
      this.#hasNews = true;
    }
    if (this.#hasNews) this.#afterStep();
  }

  #refusal(nowMs: number): Error {
    if (this.#isDisposed) return new CircuitBreakerDisposedError(this.name);
    const reason = this.#circuit.refusalReason;
    this.#tellRefused(reason);
    return new CircuitOpenError(this.name, reason, retryAfterMs(this.#circuit, nowMs));
  }

  #tellRefused(reason: RefusalReason): void {
    if (this.#calls.isEmpty || reason === 'forcedOpen') return;
    this.#calls.publish({ kind: 'refused', breakerName: this.name, reason });
    this.#calls.deliver();
  }

  #release(forced: ForcedOpen): void {
    if (!this.#forcings.delete(forced) || this.#forcings.size > 0) return;
    const before = this.#stateBeforeForced;
    const wasByHand = before === 'disabled' || before === 'metricsOnly' || before === 'forcedOpen';
    this.#circuit.transition(wasByHand ? before : 'halfOpen', this.#clock.nowMs(), 'released');
    this.#afterStep();
  }

  #mayOpen(mayOpen: (() => boolean) | undefined): boolean {
    try {
      return mayOpen?.() ?? true;
    } catch (error) {
      this.#onError(error);
      return true;
    }
  }

  #note(change: CircuitChange): void {
    this.#changes.publish({ ...change, breakerName: this.name });
    this.#hasNews = true;
  }

  /** Works out whether calls are timed. */
  #pace(): void {
    this.#timesCalls = this.#slowerThanMs !== undefined || !this.#calls.isEmpty;
  }

  /** Does what a change of the circuit asks for, once the circuit is done with its step. */
  #afterStep(): void {
    this.#hasNews = false;
    if (this.#halfOpenBy === 'timer') this.#setTimer();
    this.#changes.deliver();
    this.#calls.deliver();
    if (this.#room !== undefined) this.#serve(this.#room);
  }

  #setTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const waitMs = this.#circuit.retryAfterMsAt(this.#clock.nowMs());
    if (waitMs === undefined || this.#isDisposed) return;
    this.#timer = this.#clock.setTimer(waitMs, () => {
      this.#circuit.advance(this.#clock.nowMs());
      this.#afterStep();
    });
    this.#timer.unref?.();
  }
}

const settled = Promise.resolve();

/**
 * A promise that is about to reject with `error`: in the next microtask, when whoever asked
 * listens. Engines tell their host of each promise that is rejected while nobody listens, and again
 * when somebody does; that alone costs more than all the rest of a refusal.
 */
function rejectSoon(error: Error): Promise<never> {
  return new Promise((_, reject) => {
    void settled.then(() => reject(error));
  });
}

function retryAfterMs(circuit: Circuit, nowMs: number): number | undefined {
  // Without a clock reading the state does not depend on time.
  return nowMs === nowMs ? circuit.retryAfterMsAt(nowMs) : undefined;
}

/** @throws RangeError if a classifier written without types answered something else. */
function checked(given: Classification): Classification {
  if (typeof given === 'string') {
    checkChoice('classify()', given, ['success', 'failure', 'ignored']);
    return given;
  }
  checkRecord('classify()', given);
  const { openForMs } = given;
  if (Number.isFinite(openForMs) && openForMs >= 0) return given;
  throw new RangeError(`openForMs: expected a finite number >= 0, got ${show(openForMs)}`);
}
