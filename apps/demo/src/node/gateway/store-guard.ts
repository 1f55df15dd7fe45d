/** A breaker before a store of the limiter: one that is away is not waited for again and again. */
import { CircuitBreaker } from '@quorate/circuit-breaker';
import type { StoreGuard } from '@quorate/rate-limiter';
import type { Clock, Random } from '@quorate/transport';

/** How long nobody asks after it has failed, in ms. */
const OPEN_MS = 1_000;
/** Failures in a row that open it. */
const FAILURES_MAX = 3;

/** Lets requests ask, but for a second after three in a row have failed; then one tries. */
export function storeGuard(given: { readonly clock: Clock; readonly random: Random }): StoreGuard {
  const breaker = new CircuitBreaker({
    ...{ ...given, openForMs: OPEN_MS, halfOpen: { permittedCalls: 1 } },
    trip: { kind: 'consecutiveFailures', failureThreshold: FAILURES_MAX },
  });
  return {
    tryAcquire: () => {
      const permit = breaker.tryAcquire();
      return permit.kind === 'admitted' ? permit : undefined;
    },
  };
}
