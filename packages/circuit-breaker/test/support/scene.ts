import type { CircuitBreakerOptions } from '../../src/circuit-breaker-options.ts';
import { CircuitBreaker } from '../../src/circuit-breaker.ts';
import type { CircuitBreakerEvent } from '../../src/circuit-events.ts';
import type { Permit } from '../../src/permit.ts';
import { ManualClock } from './manual-clock.ts';

/** A breaker on a clock of its own, and what it said so far. */
export interface Scene {
  readonly clock: ManualClock;
  readonly breaker: CircuitBreaker;
  readonly events: CircuitBreakerEvent[];
  readonly errors: unknown[];
  /** `closed>open:failureRate` and so on, one for each transition. */
  moves(): readonly string[];
  /** Makes calls that end as told, one after the other. */
  calls(...outcomes: readonly ('ok' | 'bad')[]): Promise<void>;
}

/** A breaker that opens after two failures in a row, for 1,000 ms, and takes one trial call. */
export function scene(options: CircuitBreakerOptions = {}): Scene {
  const clock = new ManualClock(5_000);
  const events: CircuitBreakerEvent[] = [];
  const errors: unknown[] = [];
  const breaker = new CircuitBreaker({
    trip: { kind: 'consecutiveFailures', failureThreshold: 2 },
    openForMs: 1_000,
    halfOpen: { permittedCalls: 1, waitMsMax: 10_000 },
    onError: (error) => errors.push(error),
    clock,
    ...options,
  });
  breaker.observe((event) => events.push(event));
  const moves = (): readonly string[] =>
    events.flatMap((event) =>
      event.kind === 'transition' ? [`${event.from}>${event.to}:${event.reason}`] : [],
    );
  const calls = async (...outcomes: readonly ('ok' | 'bad')[]): Promise<void> => {
    for (const outcome of outcomes) {
      await breaker
        .run(() => (outcome === 'ok' ? 'fine' : Promise.reject(new Error('down'))))
        .then(
          () => undefined,
          () => undefined,
        );
    }
  };
  return { clock, breaker, events, errors, moves, calls };
}

/** The permit that `breaker` gives. Fails the test if it gives none. */
export function permitOf(breaker: CircuitBreaker): Permit {
  const permit = breaker.tryAcquire();
  if (permit.kind === 'admitted') return permit;
  throw new Error(`expected a permit, got a refusal: ${permit.reason}`);
}

/** Work that ends when the test says so. */
export function pendingWork<Result>(): {
  readonly work: () => Promise<Result>;
  readonly resolve: (value: Result) => void;
  readonly reject: (error: unknown) => void;
} {
  let [resolve, reject] = [(_: Result): void => undefined, (_: unknown): void => undefined];
  const promise = new Promise<Result>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { work: () => promise, resolve, reject };
}
