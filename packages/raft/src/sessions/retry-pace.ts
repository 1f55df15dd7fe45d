/** So many hints in a row are followed at once: nodes that name each other must not be a storm. */
const HINTS_MAX = 2;

/** The shortest and the longest pause, in ms. */
export interface PauseBounds {
  readonly minMs: number;
  readonly maxMs: number;
}

/** How long one caller pauses before each of its attempts but the first. */
export class RetryPace {
  readonly #bounds: PauseBounds;
  #pauseCount = 0;
  #hintCount = 0;

  constructor(bounds: PauseBounds) {
    this.#bounds = bounds;
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
    const { minMs, maxMs } = this.#bounds;
    const turnMs = Math.min(maxMs, minMs * 2 ** this.#pauseCount);
    // Beyond, the turn would overflow before the bound is applied.
    this.#pauseCount = Math.min(this.#pauseCount + 1, 50);
    return turnMs * (0.5 + chance / 2);
  }
}
