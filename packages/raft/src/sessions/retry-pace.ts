/** So many hints in a row are followed at once: nodes that name each other must not be a storm. */
const HINTS_MAX = 2;

/** Patience grows to so many times what it was: a dead node must not be waited for too long. */
const PATIENCE_MAX = 16;

/** The shortest and the longest pause, and how long the first attempt waits for a reply, in ms. */
export interface PaceBounds {
  readonly pauseMsMin: number;
  readonly pauseMsMax: number;
  readonly attemptMs: number;
}

/**
 * How long one caller waits for each of its attempts, and pauses between them.
 *
 * An attempt that is given up before its reply can be there has done its work for nothing, and so
 * has the next. So each attempt without a reply doubles the wait: whatever the network takes, one
 * of them waits long enough.
 */
export class RetryPace {
  readonly #bounds: PaceBounds;
  #patience = 1;
  #pauseCount = 0;
  #hintCount = 0;

  constructor(bounds: PaceBounds) {
    this.#bounds = bounds;
  }

  /** How long the next attempt waits for its reply, in ms. */
  get attemptMs(): number {
    return this.#bounds.attemptMs * this.#patience;
  }

  /** The attempt got no reply in time. */
  onUnanswered(): void {
    this.#patience = Math.min(2 * this.#patience, PATIENCE_MAX);
  }

  /**
   * @param next - 'atOnce' if another node is worth asking now.
   * @param chance - Drawn from [0, 1): clients that lost the same leader must not come in step.
   * @returns The pause in ms: 0 for a hint, else between half of its turn and all of it, each turn
   *   twice the one before.
   */
  pauseMs(next: 'atOnce' | 'later', chance: number): number {
    if (next === 'atOnce' && this.#hintCount < HINTS_MAX) {
      this.#hintCount += 1;
      return 0;
    }
    this.#hintCount = 0;
    const { pauseMsMin, pauseMsMax } = this.#bounds;
    const turnMs = Math.min(pauseMsMax, pauseMsMin * 2 ** this.#pauseCount);
    // Beyond, the turn would overflow before the bound is applied.
    this.#pauseCount = Math.min(this.#pauseCount + 1, 50);
    return turnMs * (0.5 + chance / 2);
  }
}
