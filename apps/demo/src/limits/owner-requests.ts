/**
 * What a gateway may ask of the owners of boards: no owner far more than its share, and no more
 * retries than a budget allows. Both are bounds over all requests of this node, so that neither a
 * popular board nor an outage makes one node do the work of many.
 *
 * What is under way is counted here once more, by what is seen of each request and always against
 * the usual lid, so that figures can tell if whoever chooses the owners errs.
 */
import {
  type LoadBound,
  OwnerLoads,
  type Refusal,
  type ShardedAsk,
  type ShardedOutcome,
} from '@quorate/consistent-hashing/sharding';
import type { Clock } from '@quorate/transport';

import type { OwnerFigures } from '../observe/node-status.ts';

/**
 * The lid on what is under way at an owner. A few requests stay with the first owner, which is the
 * one that knows all that was asked before; what is more than that is shared.
 */
const ownerBound = { factor: 1.25, floor: 4 } as const satisfies LoadBound;

/** One retry for five requests, and some besides, for nodes that are seldom asked. */
export const retryBounds = { ratio: 0.2, burst: 10, perSecond: 1 } as const;

/** Allows a retry for so many requests. */
export interface RetryAllowance {
  /** A request was made. */
  readonly deposit: () => void;
  /** Whether there may be a retry now; it counts as made. */
  readonly tryWithdraw: (nowMs: number) => boolean;
}

/** What it is told. */
export interface OwnerRequestsOptions {
  /** By `retryBounds`. */
  readonly budget: RetryAllowance;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Times its fair share that an owner may have under way, 1..1,000. Default 1.25. */
  readonly loadFactor?: number | undefined;
}

/** Bounds on requests to owners, and what became of them: the hooks of a `ShardedRequester`. */
export class OwnerRequests {
  readonly loadBound: LoadBound;
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #budget: RetryAllowance;
  readonly #loads = new OwnerLoads(ownerBound);
  readonly #counts = {
    requestCount: 0,
    strayedCount: 0,
    overloadCount: 0,
    retryCount: 0,
    deniedRetryCount: 0,
  };

  constructor({ budget, clock, loadFactor = ownerBound.factor }: OwnerRequestsOptions) {
    this.#budget = budget;
    this.#clock = clock;
    this.loadBound = { ...ownerBound, factor: loadFactor };
  }

  readonly onAsk = ({ owner, attempt, choices }: ShardedAsk): void => {
    this.#loads.count(owner, 1);
    if (attempt > 1) return;
    this.#budget.deposit();
    this.#counts.requestCount += 1;
    if (owner !== choices[0]?.owner) this.#counts.strayedCount += 1;
    if (this.#loads.of(owner) > this.#loads.lidOf(owner, choices, 0)) {
      this.#counts.overloadCount += 1;
    }
  };

  readonly onOutcome = ({ owner }: ShardedOutcome): void => this.#loads.count(owner, -1);

  readonly mayRetry = ({ reason }: Refusal): boolean => {
    // Where a breaker is open nothing was sent: to go on is the first try.
    if (reason instanceof Error && 'code' in reason && reason.code === 'CIRCUIT_OPEN') return true;
    const isAllowed = this.#budget.tryWithdraw(this.#clock.nowMs());
    this.#counts[isAllowed ? 'retryCount' : 'deniedRetryCount'] += 1;
    return isAllowed;
  };

  figures(): OwnerFigures {
    return { ...this.#counts, underWay: this.#loads.all };
  }
}
