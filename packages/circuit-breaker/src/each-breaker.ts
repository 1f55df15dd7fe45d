import type { CircuitBreaker } from './circuit-breaker.ts';
import type { CircuitBreakerRegistry } from './circuit-breaker-registry.ts';
import type { StopListening } from './listeners.ts';

/**
 * Calls `listen` with each breaker that `breakers` keeps, now and later.
 *
 * @returns Stops what `listen` returned for every breaker that is still kept. A breaker that was
 *   forgotten takes its listeners with it; it is not held here.
 */
export function listenToEach(
  breakers: CircuitBreakerRegistry,
  listen: (key: string, breaker: CircuitBreaker) => StopListening,
): StopListening {
  const stops = new WeakMap<CircuitBreaker, StopListening>();
  const stopNew = breakers.observeBreakers((key, breaker) => {
    stops.set(breaker, listen(key, breaker));
  });
  return () => {
    stopNew();
    for (const [, breaker] of breakers.entries()) stops.get(breaker)?.();
  };
}
