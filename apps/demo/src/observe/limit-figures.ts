import type { HttpLimit } from '@quorate/rate-limiter/http';

/** How the last request of one client was decided, on one node. */
export interface LimitFigures {
  readonly key: string;
  readonly limit: number;
  /** What was left of it then, as far as this node knew. */
  readonly remaining: number;
  readonly isLimited: boolean;
  /** Who counted: the cluster, or this node alone with its share, as the counting one is away. */
  readonly source: 'cluster' | 'local share';
  /** Requests that were refused here. */
  readonly limitedCount: number;
}

/** Clients that are remembered. */
const KEYS_MAX = 50;

/** Looks on while requests are counted. */
export class LimitWatch {
  readonly #seen = new Map<string, LimitFigures>();

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
    const source = reason === 'localShare' ? 'local share' : 'cluster';
    this.#seen.delete(key);
    this.#seen.set(key, { key, limit, remaining, isLimited, source, limitedCount });
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > KEYS_MAX && oldest !== undefined) this.#seen.delete(oldest);
  }
}
