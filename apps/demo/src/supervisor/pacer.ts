const tickMs = 10;

/**
 * Begins work at a steady rate that does not wait for what was begun (an open loop): who is slow
 * gets more to do at a time, as from clients who know nothing of each other.
 */
export class Pacer {
  readonly #begin: (dueMs: number) => Promise<void>;
  readonly #onSkip: () => void;
  readonly #underWayMax: number;
  readonly #underWay = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param begin - Gets the time at which the work was due, which is earlier than now by as much as
   *   this process was held up. Must not reject.
   * @param underWayMax - What is due beyond is skipped.
   * @param onSkip - Called for each that is.
   */
  constructor(
    begin: (dueMs: number) => Promise<void>,
    underWayMax: number,
    onSkip: () => void = () => undefined,
  ) {
    this.#begin = begin;
    this.#underWayMax = underWayMax;
    this.#onSkip = onSkip;
  }

  /** Begins work `ratePerSecond` times a second, until stopped. */
  start(ratePerSecond: number): void {
    const startMs = performance.now();
    let count = 0;
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      for (;;) {
        const dueMs = startMs + ((count + 1) / ratePerSecond) * 1_000;
        if (dueMs > nowMs) return;
        count += 1;
        this.#beginOne(dueMs);
      }
    }, tickMs);
  }

  /** Begins nothing more. Resolves when all that was begun has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#underWay);
  }

  #beginOne(dueMs: number): void {
    if (this.#underWay.size >= this.#underWayMax) {
      this.#onSkip();
      return;
    }
    const work = this.#begin(dueMs);
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }
}
