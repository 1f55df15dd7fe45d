/**
 * Quotas counted in Redis, for clusters that have one anyway: one script call a request, and the
 * same count for whatever else limits by it.
 *
 * A Redis that is away must neither stop the service nor open it to everybody. A request waits for
 * it 100 ms at most; after a few that waited in vain a guard lets nobody ask for a while. Each
 * node then admits its share of the quota by itself: one divided by the number of nodes. What was
 * admitted so is not told to Redis later; both counts fade with time.
 */
import {
  type Decision,
  type RatePolicy,
  SharedRateLimiter,
  type StoreGuard,
  type StorePermit,
} from '@quorate/rate-limiter';
import { type HttpLimit, sharedLimit } from '@quorate/rate-limiter/http';
import { type RedisClient, RedisStore } from '@quorate/rate-limiter/redis';
import type { Clock, NodeId } from '@quorate/transport';

import type { Origin, QuotaCounter } from '../../limits/quota-counter.ts';

/** What quotas in Redis are made of. */
export interface RedisQuotasOptions {
  readonly client: RedisClient;
  /** Ends the client's connection. */
  readonly disconnect: () => void;
  /** Stands in front of every key, so that clusters may share a Redis. */
  readonly prefix: string;
  readonly clock: Clock;
  /** Keeps requests from a Redis that is known to be away. */
  readonly guard: StoreGuard;
  /** How long a request waits for Redis, in ms. Default 100. */
  readonly deadlineMs?: number;
  /** Told when Redis cannot be asked any more, and when it answers again. */
  readonly onNotice: (text: string) => void;
}

/** Counts in Redis, and by this node's share where that cannot be asked. */
export class RedisQuotas implements QuotaCounter {
  readonly store = 'redis';
  readonly #options: RedisQuotasOptions;
  readonly #redis: RedisStore;
  #memberCount = 1;
  #limiter: SharedRateLimiter;
  #isReachable = true;
  #failureCount = 0;

  /** @throws RangeError if the client would send a charge twice. */
  constructor(options: RedisQuotasOptions) {
    const { client, prefix } = options;
    this.#options = options;
    this.#redis = new RedisStore({ client, prefix });
    this.#limiter = this.#createLimiter();
  }

  get isReachable(): boolean {
    return this.#isReachable;
  }

  get failureCount(): number {
    return this.#failureCount;
  }

  limitOf(policy: RatePolicy): HttpLimit {
    const limiter = {
      takeAll: (...args: Parameters<SharedRateLimiter['takeAll']>) =>
        this.#limiter.takeAll(...args),
      refund: (chargeId: string) => this.#limiter.refund(chargeId),
    };
    return sharedLimit(limiter, [policy]);
  }

  originOf(_key: string, reason: Decision['reason']): Origin {
    return { countedBy: 'redis', source: reason === 'localShare' ? reason : 'redis' };
  }

  setMembers(members: readonly NodeId[]): void {
    if (members.length === this.#memberCount) return;
    this.#memberCount = members.length;
    // What was admitted by the former share is forgotten: shares are for minutes, nodes for days.
    this.#limiter = this.#createLimiter();
  }

  async close(): Promise<void> {
    await this.#limiter.close();
    this.#options.disconnect();
  }

  #createLimiter(): SharedRateLimiter {
    const { clock, deadlineMs = 100 } = this.#options;
    return new SharedRateLimiter({
      ...{ store: this.#redis, clock, deadlineMs },
      ...{ onStoreFailure: 'local', localShare: 1 / this.#memberCount },
      guard: { tryAcquire: () => this.#permit() },
      onError: (error) => this.#failed(error),
    });
  }

  #permit(): StorePermit | undefined {
    const permit = this.#options.guard.tryAcquire();
    if (permit === undefined) return undefined;
    return {
      settle: (outcome) => {
        permit.settle(outcome);
        if (outcome === 'success') this.#answered();
      },
    };
  }

  #answered(): void {
    if (this.#isReachable) return;
    this.#isReachable = true;
    this.#options.onNotice('Redis answers again and counts requests');
  }

  #failed(error: unknown): void {
    this.#failureCount += 1;
    if (!this.#isReachable) return;
    this.#isReachable = false;
    const why = error instanceof Error ? error.message : String(error);
    this.#options.onNotice(`Redis counts no requests, this node admits its share: ${why}`);
  }
}
