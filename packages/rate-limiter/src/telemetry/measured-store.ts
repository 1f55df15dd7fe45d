import type { Clock } from '@quorate/transport';

import type { RatePolicy } from '../policy.ts';
import type {
  Check,
  RateLimitStore,
  StoreCallOptions,
  StoreTakeOptions,
  Verdict,
} from '../store.ts';
import type { LimiterTelemetry, StoreOutcome } from './limiter-telemetry.ts';

/**
 * A store that tells of its decisions, and of how long each of its answers took.
 *
 * @param clock - Measures the time.
 * @returns The same store in all else; closing it closes `store`.
 */
export function measuredStore(
  store: RateLimitStore,
  telemetry: LimiterTelemetry,
  clock: Pick<Clock, 'nowMs'>,
): RateLimitStore {
  return new MeasuredStore(store, telemetry, clock);
}

class MeasuredStore implements RateLimitStore {
  readonly #store: RateLimitStore;
  readonly #telemetry: LimiterTelemetry;
  readonly #clock: Pick<Clock, 'nowMs'>;

  constructor(store: RateLimitStore, telemetry: LimiterTelemetry, clock: Pick<Clock, 'nowMs'>) {
    this.#store = store;
    this.#telemetry = telemetry;
    this.#clock = clock;
  }

  async take(checks: readonly Check[], options?: StoreTakeOptions): Promise<Verdict> {
    const verdict = await this.#measured(() => this.#store.take(checks, options), options);
    for (const decision of verdict.decisions) this.#telemetry.decided(decision);
    return verdict;
  }

  refund(chargeId: string, options?: StoreCallOptions): Promise<void> {
    return this.#measured(() => this.#store.refund(chargeId, options), options);
  }

  block(
    key: string,
    policy: RatePolicy,
    durationMs: number,
    options?: StoreCallOptions,
  ): Promise<void> {
    return this.#measured(() => this.#store.block(key, policy, durationMs, options), options);
  }

  reset(key: string, policy: RatePolicy, options?: StoreCallOptions): Promise<void> {
    return this.#measured(() => this.#store.reset(key, policy, options), options);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #measured<Value>(call: () => Promise<Value>, options?: StoreCallOptions): Promise<Value> {
    const startMs = this.#clock.nowMs();
    let outcome: StoreOutcome = 'answered';
    try {
      return await call();
    } catch (error) {
      outcome = options?.signal?.aborted === true ? 'aborted' : 'failed';
      throw error;
    } finally {
      this.#telemetry.storeAnswered(this.#clock.nowMs() - startMs, outcome);
    }
  }
}
