import type { HttpLimit } from '@quorate/rate-limiter/http';

import type { QuotaCounter } from '../limits/quota-counter.ts';

/** Who decided. */
export type LimitSource = QuotaCounter['store'] | 'local share';

/** How the last request of one client was decided, on one node. */
export interface LimitFigures {
  readonly key: string;
  readonly limit: number;
  /** What was left of it then, as far as this node knew. */
  readonly remaining: number;
  readonly isLimited: boolean;
  /** Who counted: the cluster, Redis, or this node alone with its share, as those are away. */
  readonly source: LimitSource;
  /** Requests that were refused here. */
  readonly limitedCount: number;
}

/** Clients that are remembered. */
const KEYS_MAX = 50;

/** Looks on while requests are counted. */
export class LimitWatch {
  readonly #seen = new Map<string, LimitFigures>();
  readonly #decisions = new Map<LimitSource, number>();
  /** Who counts, and how that is. */
  readonly counter: Pick<QuotaCounter, 'store' | 'isReachable' | 'failureCount'>;

  constructor(counter: LimitWatch['counter']) {
    this.counter = counter;
  }

  /** How many requests were decided by whom. */
  get decisions(): ReadonlyMap<LimitSource, number> {
    return this.#decisions;
  }

  /** The clients of late, the latest last. */
  get figures(): readonly LimitFigures[] {
    return [...this.#seen.values()];
  }

  /** `limit`, and what it decides is remembered. */
  around(limit: HttpLimit): HttpLimit {
    return {
      ...limit,
      take: async (key, cost) => {
        const verdict = await limit.take(key, cost);
        const [decision] = verdict.decisions;
        if (decision !== undefined) this.#remember(key, decision);
        return verdict;
      },
    };
  }

  #remember(
    key: string,
    decision: Awaited<ReturnType<HttpLimit['take']>>['decisions'][number],
  ): void {
    const { limit, remaining, kind, reason } = decision;
    const isLimited = kind === 'limited';
    const limitedCount = (this.#seen.get(key)?.limitedCount ?? 0) + Number(isLimited);
    const source = reason === 'localShare' ? 'local share' : this.counter.store;
    this.#decisions.set(source, (this.#decisions.get(source) ?? 0) + 1);
    this.#seen.delete(key);
    this.#seen.set(key, { key, limit, remaining, isLimited, source, limitedCount });
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > KEYS_MAX && oldest !== undefined) this.#seen.delete(oldest);
  }
}
