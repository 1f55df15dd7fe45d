/**
 * A circuit breaker as its users hold it: calls go through it (`guarded-calls.ts`), it can be
 * looked at, set by hand, told other options, and carried to another process.
 */
import type { Clock } from '@quorate/transport';

import { checkChoice, checkRecord } from './bounds.ts';
import { breakerSettings, type CircuitBreakerOptions } from './circuit-breaker-options.ts';
import type { HearsayOutcome } from './circuit-change.ts';
import type { CircuitBreakerEvent, CircuitCallEvent } from './circuit-events.ts';
import { type CircuitOptions, circuitSettings, copyOptions } from './circuit-options.ts';
import { type CircuitState, circuitStates } from './circuit-state.ts';
import { type CircuitStatus, statusOf } from './circuit-status.ts';
import type { Circuit } from './circuit.ts';
import { type ForcedOpen, Holders } from './forced-open.ts';
import { GuardedCalls } from './guarded-calls.ts';
import type { StopListening } from './listeners.ts';
import type { Permit, Refusal } from './permit.ts';
import { RootContext } from './policies/call-context.ts';
import { pipeline, type RunOptions } from './policies/pipeline.ts';
import type { CallContext, Policy, Work } from './policy.ts';
import { type CircuitSnapshot, readSnapshot, type SnapshotRefusal } from './snapshot.ts';

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
  readonly #calls: GuardedCalls;
  readonly #circuit: Circuit;
  readonly #holders = new Holders(() => this.#letGo());
  #options: CircuitOptions;
  #stateBeforeForced: CircuitState = 'closed';

  /** @throws RangeError if an option is out of its range; the message names it. */
  constructor(options: CircuitBreakerOptions = {}) {
    const settings = breakerSettings(options);
    this.#options = copyOptions(options);
    this.name = settings.name;
    this.#clock = settings.clock;
    this.#calls = new GuardedCalls(settings, circuitSettings(this.#options));
    this.#circuit = this.#calls.circuit;
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
    return statusOf(this.#circuit, this.name, this.#clock.nowMs());
  }

  /**
   * Makes a call, or refuses it.
   *
   * @returns What `work` returned. Rejects with what it threw, with a `CircuitOpenError`, or at
   * once with the reason of the caller's signal: the work counts once it has ended, if it succeeds.
   */
  run<Result>(work: Work<Result>, options?: RunOptions): Promise<Result> {
    if (options?.signal === undefined && typeof work === 'function') {
      return this.#calls.execute(work, new RootContext(undefined));
    }
    // Callers who give up, and work that cannot be called: a pipeline of one sees to both.
    return pipeline<readonly [never]>(this).run(work, options);
  }

  /** `run` as a layer of a pipeline. */
  execute<Result>(work: Work<Result>, context: CallContext): Promise<Result> {
    return this.#calls.execute(work, context);
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
    return this.#calls.tryAcquire();
  }

  /** Calls `listener` with every change of the circuit. What it throws goes to `onError`. */
  observe(listener: (event: CircuitBreakerEvent) => unknown): StopListening {
    return this.#calls.observe(listener);
  }

  /**
   * Calls `listener` when a call is refused or has ended. From then on each call reads the clock
   * twice. Nothing is told of calls in a disabled or a forced-open circuit.
   */
  observeCalls(listener: (event: CircuitCallEvent) => unknown): StopListening {
    return this.#calls.observeCalls(listener);
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
    this.#circuit.update(settings, this.#clock.nowMs());
    this.#calls.timeCalls(settings.trip.slowerThanMs);
    this.#calls.afterStep();
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
    this.#holders.clear();
    this.#calls.afterStep();
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
    this.#holders.clear();
    this.#calls.afterStep();
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
    this.#calls.afterStep();
    return outcome;
  }

  /** Holds it open until everyone who did so has let go. Time does not end it. */
  forceOpen(): ForcedOpen {
    if (this.#holders.isEmpty) {
      this.#stateBeforeForced = this.#circuit.state;
      this.#circuit.transition('forcedOpen', this.#clock.nowMs());
      this.#calls.afterStep();
    }
    return this.#holders.add();
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
    this.#holders.clear();
    this.#calls.afterStep();
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
    this.#holders.clear();
    this.#calls.afterStep();
    return { kind: 'restored' };
  }

  /** Refuses every call from now on. Those that run may end; nobody hears of them. */
  [Symbol.dispose](): void {
    this.#calls[Symbol.dispose]();
  }

  #letGo(): void {
    const before = this.#stateBeforeForced;
    const wasByHand = before === 'disabled' || before === 'metricsOnly' || before === 'forcedOpen';
    this.#circuit.transition(wasByHand ? before : 'halfOpen', this.#clock.nowMs(), 'released');
    this.#calls.afterStep();
  }
}
