/** How many of our own pauses are remembered: more than may excuse anybody. */
const PAUSES_KEPT = 32;

/** Pauses of our own process. */
export class OwnPauses {
  readonly #excusingMax: number;
  /** When they ended, by their number modulo `PAUSES_KEPT`. */
  readonly #endedMs = new Float64Array(PAUSES_KEPT).fill(-Infinity);
  #count = 0;

  /** @param excusingMax - How many in a row excuse a peer that shows no life: 0..31. */
  constructor(excusingMax: number) {
    this.#excusingMax = excusingMax;
  }

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  /** When the last one ended; -Infinity if there was none. */
  get lastEndedMs(): number {
    return this.#endedMs[this.#count % PAUSES_KEPT] ?? -Infinity;
  }

  /** Another one has ended. */
  ended(nowMs: number): void {
    this.#count += 1;
    this.#endedMs[this.#count % PAUSES_KEPT] = nowMs;
  }

  /** When the last one ended that excuses a peer which showed life after pause `since`. */
  excusedMs(since: number): number {
    const last = Math.min(this.#count, since + this.#excusingMax);
    // One that is not remembered is so long ago that it excuses nobody now.
    if (this.#count - last >= PAUSES_KEPT) return -Infinity;
    return this.#endedMs[last % PAUSES_KEPT] ?? -Infinity;
  }
}
