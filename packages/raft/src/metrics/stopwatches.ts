/**
 * When each of the last `size` numbered things began. Older ones are forgotten: what has waited for
 * so long is not worth a guess. A ring in two typed arrays; nothing is allocated.
 */
export class Stopwatches {
  readonly #ids: Float64Array;
  readonly #startsMs: Float64Array;
  readonly #mask: number;

  /** @param size - A power of two. */
  constructor(size: number) {
    this.#ids = new Float64Array(size).fill(-1);
    this.#startsMs = new Float64Array(size);
    this.#mask = size - 1;
  }

  /** The thing numbered `id`, from 0 on, begins. */
  start(id: number, nowMs: number): void {
    const place = id & this.#mask;
    this.#ids[place] = id;
    this.#startsMs[place] = nowMs;
  }

  /** Seconds since it began; `undefined` if it did not, is forgotten, or was asked for before. */
  stop(id: number, nowMs: number): number | undefined {
    const place = id & this.#mask;
    if (this.#ids[place] !== id) return undefined;
    this.#ids[place] = -1;
    return (nowMs - (this.#startsMs[place] ?? nowMs)) / 1_000;
  }
}
