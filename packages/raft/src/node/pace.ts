/** Keeps what is sent below a rate, in the long run; after a pause there is no burst. */
export class Pace {
  readonly #bytesPerSecond: number;
  #freeAtMs = 0;

  /** @param bytesPerSecond - More than 0; `Infinity` for no limit. */
  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** How long to wait before the next bytes may leave; 0 if they may now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#freeAtMs - nowMs);
  }

  /** These bytes leave now. */
  spend(nowMs: number, sizeBytes: number): void {
    const costMs = (sizeBytes * 1_000) / this.#bytesPerSecond;
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + costMs;
  }
}
