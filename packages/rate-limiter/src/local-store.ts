import type { Clock } from '@quorate/transport';
import { systemClock } from '@quorate/transport/system';

import { RateLimiterClosedError } from './errors.ts';
import { MemoryStore, type MemoryStoreOptions } from './memory-store.ts';
import type { RatePolicy } from './policy.ts';
import type {
  Check,
  RateLimitStore,
  StoreCallOptions,
  StoreTakeOptions,
  Verdict,
} from './store.ts';

/**
 * A `RateLimitStore` in the memory of this process: for tests of what is written for a shared one,
 * and for programs that will share their limits later.
 *
 * @param clock - Default: the system's monotonic clock.
 */
export function createMemoryRateLimitStore(
  clock: Pick<Clock, 'nowMs'> = systemClock,
  options: MemoryStoreOptions = {},
): RateLimitStore {
  return new MemoryRateLimitStore(clock, new MemoryStore(options));
}

class MemoryRateLimitStore implements RateLimitStore {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #store: MemoryStore;
  #isClosed = false;

  constructor(clock: Pick<Clock, 'nowMs'>, store: MemoryStore) {
    this.#clock = clock;
    this.#store = store;
  }

  take(checks: readonly Check[], options?: StoreTakeOptions): Promise<Verdict> {
    return this.#answer(options, (nowMs) => this.#store.take(checks, nowMs));
  }

  refund(chargeId: string, options?: StoreCallOptions): Promise<void> {
    return this.#answer(options, (nowMs) => this.#store.refund(chargeId, nowMs));
  }

  block(
    key: string,
    policy: RatePolicy,
    durationMs: number,
    options?: StoreCallOptions,
  ): Promise<void> {
    return this.#answer(options, (nowMs) => this.#store.block(key, policy, durationMs, nowMs));
  }

  reset(key: string, policy: RatePolicy, options?: StoreCallOptions): Promise<void> {
    return this.#answer(options, () => this.#store.reset(key, policy));
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }

  /** What throws inside rejects the promise. */
  #answer<Answer>(
    options: StoreCallOptions | undefined,
    ask: (nowMs: number) => Answer,
  ): Promise<Answer> {
    return new Promise((resolve) => {
      if (this.#isClosed) throw new RateLimiterClosedError('store');
      options?.signal?.throwIfAborted();
      resolve(ask(this.#clock.nowMs()));
    });
  }
}
