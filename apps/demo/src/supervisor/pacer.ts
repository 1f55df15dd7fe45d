const tickMs = 10;

/**
 * Begins work at a steady rate that does not wait for what was begun (an open loop): who is slow
 * gets more to do at a time, as from clients who know nothing of each other.
 */
export class Pacer {
  readonly #begin: (dueMs: number) => Promise<void>;
  readonly #underWayMax: number;
  readonly #underWay = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #skippedCount = 0;

  /**
   * @param begin - Gets the time at which the work was due. Must not reject.
   * @param underWayMax - What is due beyond is skipped, and counted.
   */
  constructor(begin: (dueMs: number) => Promise<void>, underWayMax: number) {
    this.#begin = begin;
    this.#underWayMax = underWayMax;
  }

  /** What was not begun because too much was under way. */
  get skippedCount(): number {
    return this.#skippedCount;
  }

  /** Begins work `ratePerSecond` times a second, until stopped. */
  start(ratePerSecond: number): void {
    let lastMs = performance.now();
    let owed = 0;
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      owed += ((nowMs - lastMs) / 1_000) * ratePerSecond;
      lastMs = nowMs;
      for (; owed >= 1; owed -= 1) this.#beginOne(nowMs);
    }, tickMs);
  }

  /** Begins nothing more. Resolves when all that was begun has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#underWay);
  }

  #beginOne(dueMs: number): void {
    if (this.#underWay.size >= this.#underWayMax) {
      this.#skippedCount += 1;
      return;
    }
    const work = this.#begin(dueMs);
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }
}
