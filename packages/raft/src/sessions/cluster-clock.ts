/**
 * Stamps for commands, out of a clock that each node has for itself.
 *
 * Wall clocks jump, and those of two leaders differ: stamped by them, all sessions would expire the
 * moment one clock is an hour ahead. So a node adds to the replicated clock only the time that it
 * has measured itself since it last learnt it, and a new term begins with what is applied:
 *
 * ```text
 *   stamp = replicated clock when last learnt + own monotonic time since then
 * ```
 *
 * While nobody leads, the replicated clock stands still: an outage in which no client could have
 * been heard ends no session.
 *
 * Source: LogCabin's cluster time; Ongaro's thesis §6.3, "session expiration".
 */
export class ClusterClock {
  #term = -1;
  #learntMs = 0;
  #learntAtMs = 0;

  /**
   * @param term - The term in which the command is proposed.
   * @param clockMs - The replicated clock as of what is applied here.
   * @param nowMs - The node's own monotonic clock. Never falls.
   * @returns The stamp, a whole number of ms. Never falls within a term.
   */
  stampMs(term: number, clockMs: number, nowMs: number): number {
    const elapsedMs = Math.floor(nowMs - this.#learntAtMs);
    const stampMs = Math.min(this.#learntMs + elapsedMs, Number.MAX_SAFE_INTEGER);
    if (term === this.#term && stampMs >= clockMs) return stampMs;
    this.#term = term;
    this.#learntMs = clockMs;
    this.#learntAtMs = nowMs;
    return clockMs;
  }
}
