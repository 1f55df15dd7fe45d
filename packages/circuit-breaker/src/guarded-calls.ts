/**
 * A circuit around calls that take time, throw, hang and get cancelled.
 *
 * The circuit decides (`circuit.ts`); this file asks it before each call, tells it afterwards, and
 * sees to it that nobody else can spoil either: not a classifier or a listener that throws, not
 * work that throws before it returns a promise, not a caller that gives up. It reads the clock only
 * when the circuit says that it needs it. A call that succeeds under a window of counts reads none,
 * and allocates a context and the promise of its result.
 *
 * ```text
 *   execute -- acquire --> perform -- settle --> circuit -- change --> listeners
 *      |          |                                ^                     once the circuit is
 *      |          +-- refused: an error            |                     done with its step
 *      +-- half open and full: may wait in the room, which a permit that comes back empties
 * ```
 */
import type { Clock } from '@quorate/transport';

import type { CircuitBreakerSettings } from './circuit-breaker-options.ts';
import type { CircuitChange } from './circuit-change.ts';
import type { CircuitBreakerEvent, CircuitCallEvent } from './circuit-events.ts';
import type { CircuitSettings } from './circuit-options.ts';
import { Circuit } from './circuit.ts';
import { type CallResult, classificationOf, isCallersAbort, outcomeOfCall } from './classify.ts';
import { CircuitBreakerDisposedError, CircuitOpenError } from './errors.ts';
import { HalfOpenTimer } from './half-open-timer.ts';
import { Listeners, type StopListening } from './listeners.ts';
import type { Outcome } from './outcome.ts';
import { CircuitPermit, CircuitRefusal, type Permit, type Refusal } from './permit.ts';
import { WaitingRoom } from './policies/waiting-room.ts';
import type { CallContext, Work } from './policy.ts';
import { refused, type RefusalReason } from './refusal.ts';
import { rejectSoon } from './reject-soon.ts';

/** Calls through a circuit, and those who hear of them. */
export class GuardedCalls implements Disposable {
  /** The circuit. After whatever is done to it directly, call `afterStep`. */
  readonly circuit: Circuit;
  readonly #settings: CircuitBreakerSettings;
  readonly #clock: Clock;
  readonly #changes: Listeners<CircuitBreakerEvent>;
  readonly #calls: Listeners<CircuitCallEvent>;
  readonly #room: WaitingRoom<number> | undefined;
  readonly #timer: HalfOpenTimer | undefined;
  #slowerThanMs: number | undefined;
  #timesCalls = false;
  #hasNews = false;
  #isDisposed = false;

  constructor(settings: CircuitBreakerSettings, circuitSettings: CircuitSettings) {
    const { clock, random, onError, halfOpenQueue, halfOpenBy } = settings;
    this.#settings = settings;
    this.#clock = clock;
    this.#changes = new Listeners(onError);
    this.#calls = new Listeners(onError);
    if (halfOpenQueue !== undefined) {
      const expired = (): Error => this.#refusal(Number.NaN);
      this.#room = new WaitingRoom(halfOpenQueue, { clock, name: 'halfOpenQueue', expired });
    }
    const surroundings = {
      draw: () => random.float(),
      mayOpen: () => this.#mayOpen(),
      onChange: (change: CircuitChange) => this.#note(change),
    };
    this.circuit = new Circuit(circuitSettings, surroundings, clock.nowMs());
    if (halfOpenBy === 'timer') this.#timer = new HalfOpenTimer(clock, () => this.#turnHalfOpen());
    this.timeCalls(circuitSettings.trip.slowerThanMs);
    this.afterStep();
  }

  /** Makes a call, or refuses it. */
  execute<Result>(work: Work<Result>, context: CallContext): Promise<Result> {
    if (this.#room !== undefined && this.#mustWait(this.#room)) {
      return this.#performLater(this.#room, work, context);
    }
    const circuit = this.circuit;
    const isTimed = this.#timesCalls;
    const nowMs = isTimed || circuit.acquireReadsTime ? this.#clock.nowMs() : Number.NaN;
    const generation = this.#isDisposed ? refused : circuit.acquire(nowMs);
    if (this.#hasNews) this.afterStep();
    if (generation === refused) return rejectSoon(this.#refusal(nowMs));
    return this.#perform(work, context, generation, isTimed ? nowMs : Number.NaN);
  }

  /** Whether a call would wait, and may. */
  #mustWait(room: WaitingRoom<number>): boolean {
    const circuit = this.circuit;
    if (circuit.state !== 'halfOpen' || this.#isDisposed) return false;
    circuit.advance(this.#clock.nowMs());
    if (this.#hasNews) this.afterStep();
    return (circuit.isFull || room.size > 0) && !room.isFull;
  }

  async #performLater<Result>(
    room: WaitingRoom<number>,
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
  #serve(room: WaitingRoom<number>): void {
    const circuit = this.circuit;
    while (room.size > 0 && !circuit.isFull) {
      const nowMs = circuit.acquireReadsTime ? this.#clock.nowMs() : Number.NaN;
      const generation = circuit.acquire(nowMs);
      if (generation === refused) room.refuse(this.#refusal(nowMs));
      else room.grant(generation);
    }
    room.rest();
    if (this.#hasNews) this.afterStep();
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
    if (this.#settings.classify !== undefined) {
      this.#conclude(generation, startMs, { kind: 'returned', value });
    } else {
      this.#settle(generation, 'success', startMs);
    }
    return value;
  }

  /** Leave to make a call that the caller makes and judges itself. */
  tryAcquire(): Permit | Refusal {
    const circuit = this.circuit;
    const isTimed = this.#timesCalls;
    const nowMs = isTimed || circuit.acquireReadsTime ? this.#clock.nowMs() : Number.NaN;
    const generation = this.#isDisposed ? refused : circuit.acquire(nowMs);
    if (this.#hasNews) this.afterStep();
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
    this.timeCalls(this.#slowerThanMs);
    return () => {
      stop();
      this.timeCalls(this.#slowerThanMs);
    };
  }

  /** Times calls from now on, if any may be slow or somebody listens to them. */
  timeCalls(slowerThanMs: number | undefined): void {
    this.#slowerThanMs = slowerThanMs;
    this.#timesCalls = slowerThanMs !== undefined || !this.#calls.isEmpty;
  }

  /** Does what a change of the circuit asks for, once the circuit is done with its step. */
  afterStep(): void {
    this.#hasNews = false;
    if (this.#timer !== undefined && !this.#isDisposed) {
      this.#timer.set(this.circuit.retryAfterMsAt(this.#clock.nowMs()));
    }
    this.#changes.deliver();
    this.#calls.deliver();
    if (this.#room !== undefined) this.#serve(this.#room);
  }

  /** Refuses every call from now on. Those that run may end; nobody hears of them. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#changes.clear();
    this.#calls.clear();
    this.#timer?.set(undefined);
    const room = this.#room;
    while (room !== undefined && room.size > 0) {
      room.refuse(new CircuitBreakerDisposedError(this.#settings.name));
    }
    room?.rest();
  }

  #onThrew(generation: number, error: unknown, context: CallContext, startMs: number): void {
    const isNeutral = this.#settings.callerAborts === 'ignored' && isCallersAbort(context.signal);
    if (isNeutral) this.#settle(generation, 'ignored', startMs);
    else this.#conclude(generation, startMs, { kind: 'threw', error });
  }

  #conclude(generation: number, startMs: number, result: CallResult): void {
    const { classify, onError } = this.#settings;
    const classification = classificationOf(result, classify, onError);
    if (typeof classification === 'string') this.#settle(generation, classification, startMs);
    else this.#settleAndOpen(generation, classification.openForMs, startMs);
  }

  /** Settles a call that has no other measure of its speed than the clock. */
  readonly #settle = (generation: number, given: Outcome, startMs: number): void => {
    const circuit = this.circuit;
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
    const isLate = generation !== this.circuit.generation;
    this.circuit.settleAndOpen(generation, outcome, openForMs, nowMs);
    this.#afterCall(outcome, nowMs - startMs, isLate);
  }

  #afterCall(outcome: Outcome, durationMs: number, isLate: boolean): void {
    if (!this.#calls.isEmpty && this.circuit.state !== 'disabled') {
      this.#calls.publish({
        kind: 'settled',
        breakerName: this.#settings.name,
        outcome,
        durationMs,
        isLate,
      });
      this.#hasNews = true;
    }
    if (this.#hasNews) this.afterStep();
  }

  #refusal(nowMs: number): Error {
    if (this.#isDisposed) return new CircuitBreakerDisposedError(this.#settings.name);
    const reason = this.circuit.refusalReason;
    this.#tellRefused(reason);
    return new CircuitOpenError(this.#settings.name, reason, retryAfterMs(this.circuit, nowMs));
  }

  #tellRefused(reason: RefusalReason): void {
    if (this.#calls.isEmpty || reason === 'forcedOpen') return;
    this.#calls.publish({ kind: 'refused', breakerName: this.#settings.name, reason });
    this.#calls.deliver();
  }

  #mayOpen(): boolean {
    const { mayOpen, onError } = this.#settings;
    try {
      return mayOpen?.() ?? true;
    } catch (error) {
      onError(error);
      return true;
    }
  }

  #note(change: CircuitChange): void {
    this.#changes.publish({ ...change, breakerName: this.#settings.name });
    this.#hasNews = true;
  }

  #turnHalfOpen(): void {
    this.circuit.advance(this.#clock.nowMs());
    this.afterStep();
  }
}

function retryAfterMs(circuit: Circuit, nowMs: number): number | undefined {
  // Without a clock reading the state does not depend on time.
  return nowMs === nowMs ? circuit.retryAfterMsAt(nowMs) : undefined;
}
