/** What the work sees of the call that it is part of. */
export interface CallContext {
  /**
   * Aborted once nobody waits for the result any more: the caller gave up, a timeout passed, a
   * hedge was overtaken. Made when it is first read: work that ignores it costs nothing.
   */
  readonly signal: AbortSignal;
  /** Which try this is, counted from 1 over all retries. */
  readonly attempt: number;
  /**
   * Tells the layers outside that `work` goes on, although the layer that calls this has answered
   * in its place: a timeout has passed, a hedge was overtaken. Who counts what runs, as a bulkhead
   * does, counts `work` until it has ended.
   *
   * A layer that hands on a context of its own passes this on. One without it loses the count, no
   * more.
   */
  abandoned?(work: PromiseLike<unknown>): void;
}

/** What is guarded. It may answer at once, or later, or throw. */
export type Work<Result> = (context: CallContext) => Result | PromiseLike<Result>;

/**
 * One layer around calls: it may refuse them, repeat them, bound them, or answer in their place.
 *
 * Layers nest: the work of the outer is a run of the inner, so that the caller chooses the order.
 *
 * `Answer` is what the layer may answer by itself: `never`, except for a fallback.
 */
export interface Policy<Answer = never> {
  /**
   * Runs `work` under this policy.
   *
   * @param context - That of the layer outside. Each layer hands on its own.
   * @returns A promise that rejects with what `work` threw, or with an error of the policy.
   */
  execute<Result>(work: Work<Result>, context: CallContext): Promise<Result | Answer>;
}
