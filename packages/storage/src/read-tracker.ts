/** Knows which reads are under way, so that what they may still look at is not taken from them. */
export class ReadTracker {
  readonly #reads = new Set<Promise<unknown>>();

  /** Follows a read until it settles. */
  track<Result>(read: Promise<Result>): Promise<Result> {
    this.#reads.add(read);
    const forget = (): void => {
      this.#reads.delete(read);
    };
    read.then(forget, forget);
    return read;
  }

  /** Once all reads that are under way now have settled. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#reads]);
  }
}
