import type { CircuitBreaker } from '../circuit-breaker.ts';
import type { CircuitBreakerRegistry } from '../circuit-breaker-registry.ts';
import { listenToEach } from '../each-breaker.ts';
import { checkMethods } from '../function-checks.ts';
import type { StopListening } from '../listeners.ts';
import type { CircuitTelemetry } from './circuit-telemetry.ts';

/**
 * Tells `telemetry` of everything that `breaker` tells. Calls are timed from then on: each reads
 * the clock twice.
 *
 * @throws RangeError if an argument is no object, TypeError if `telemetry` lacks a function.
 *
 * @example
 * ```ts
 * import { CircuitBreaker } from '@quorate/circuit-breaker';
 * import { CircuitCounts, measureBreaker } from '@quorate/circuit-breaker/telemetry';
 *
 * const [breaker, counts] = [new CircuitBreaker({ name: 'stock' }), new CircuitCounts()];
 * measureBreaker(breaker, counts);
 * await breaker.run(() => 'in stock');
 * counts.openMetrics().split('\n')[2];
 * // => 'circuit_breaker_calls_total{name="stock",outcome="success"} 1'
 * ```
 */
export function measureBreaker(
  breaker: CircuitBreaker,
  telemetry: CircuitTelemetry,
): StopListening {
  checkMethods('breaker', breaker, 'observe', 'observeCalls');
  checkMethods('telemetry', telemetry, 'changed', 'called');
  return listen(breaker, telemetry);
}

/**
 * Tells `telemetry` of everything that the breakers of a registry tell, now and later.
 *
 * @throws RangeError if an argument is no object, TypeError if `telemetry` lacks a function.
 */
export function measureBreakers(
  breakers: CircuitBreakerRegistry,
  telemetry: CircuitTelemetry,
): StopListening {
  checkMethods('breakers', breakers, 'observeBreakers', 'entries');
  checkMethods('telemetry', telemetry, 'changed', 'called');
  return listenToEach(breakers, (_key, breaker) => listen(breaker, telemetry));
}

function listen(breaker: CircuitBreaker, telemetry: CircuitTelemetry): StopListening {
  const stopChanges = breaker.observe((event) => telemetry.changed(event));
  const stopCalls = breaker.observeCalls((event) => telemetry.called(event));
  return () => {
    stopChanges();
    stopCalls();
  };
}
