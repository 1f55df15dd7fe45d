/**
 * A mean in which each value counts for a little less with each one that follows.
 *
 * Before as many values came as it remembers, it is the plain mean of them.
 */
export class RecentMean {
  /** The mean; what it was made with while empty. */
  value: number;
  readonly #initial: number;
  readonly #initialWeight: number;
  readonly #memory: number;
  #weight: number;

  /**
   * @param memory - The last so many values make up two thirds of the mean.
   * @param initial - What it is before there are values. It weighs as much as `initialWeight` of
   *   them.
   */
  constructor(memory: number, initial: number, initialWeight: number) {
    this.#memory = memory;
    this.#initial = initial;
    this.#initialWeight = initialWeight;
    this.#weight = initialWeight;
    this.value = initial;
  }

  /** Takes a value in. */
  push(value: number): void {
    this.#weight = Math.min(this.#memory, this.#weight + 1);
    this.value += (value - this.value) / this.#weight;
  }

  /** Forgets all values. */
  reset(initial: number = this.#initial): void {
    this.#weight = this.#initialWeight;
    this.value = initial;
  }
}
