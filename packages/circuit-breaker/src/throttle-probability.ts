/*
 * A client that refuses its own calls before an overloaded service has to.
 *
 * A service that refuses still pays for reading the request and answering it. When most of what it
 * does is refusing, it serves nobody. So each client compares what it asked with what was accepted,
 * over the last two minutes, and refuses by itself, with probability
 *
 *     p = max(0, (requests - K * accepts) / (requests + 1))
 *
 * Nothing happens until the service accepts less than 1/K of the requests. Then the client sends on
 * about K times what is accepted: with K = 2 the service refuses as many as it serves, and learns
 * of its recovery soon; with 1.1 nearly nothing is wasted, and recovery is noticed slowly.
 *
 * Requests that were refused here count as requests. Otherwise the probability would fall while
 * the service is down, and rise again with each burst that this lets through.
 *
 * Source: B. Beyer et al., "Site Reliability Engineering", 2016, chapter 21 (client-side
 * throttling).
 */

/** What a client asked for, and what was accepted of it. */
export interface ThrottleCounts {
  /** Calls that wanted to go out, the refused ones included. */
  readonly requestCount: number;
  /** Those that the service accepted. */
  readonly acceptCount: number;
}

/** With which probability the next call is refused, in 0..refusedShareMax. */
export function throttleProbability(
  { requestCount, acceptCount }: ThrottleCounts,
  { k, refusedShareMax }: { readonly k: number; readonly refusedShareMax: number },
): number {
  const excess = requestCount - k * acceptCount;
  return Math.min(refusedShareMax, Math.max(0, excess / (requestCount + 1)));
}
