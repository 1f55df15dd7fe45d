/**
 * Time that never goes back, made of a clock that may.
 *
 * A clock that steps back by an hour must neither hold a circuit open for an hour longer nor count
 * a failure twice. Waiting for it to catch up would be an hour without any time at all. So a step
 * back is taken to be a moment in which the clock stood still: from there it goes on.
 *
 * ```text
 *   clock     10   11   12    2    3    4
 *   here      10   11   12   12   13   14
 * ```
 *
 * A step forward is believed: nobody can tell it from a long pause.
 */
export class ForwardTime {
  #lastMs: number;
  #offsetMs = 0;

  /**
   * @param nowMs - The clock now.
   * @throws RangeError if it is not finite.
   */
  constructor(nowMs: number) {
    checkInstant(nowMs);
    this.#lastMs = nowMs;
  }

  /** The time of the last reading. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /**
   * The time when the clock shows `nowMs`, at least that of the last reading.
   *
   * @throws RangeError if `nowMs` is not finite.
   */
  read(nowMs: number): number {
    const atMs = nowMs + this.#offsetMs;
    if (!(atMs >= this.#lastMs && atMs < Number.POSITIVE_INFINITY)) {
      checkInstant(nowMs);
      this.#offsetMs = this.#lastMs - nowMs;
      return this.#lastMs;
    }
    this.#lastMs = atMs;
    return atMs;
  }

  /**
   * What `read` would return, for those who must change nothing.
   *
   * @throws RangeError if `nowMs` is not finite.
   */
  peek(nowMs: number): number {
    checkInstant(nowMs);
    return Math.max(this.#lastMs, nowMs + this.#offsetMs);
  }
}

function checkInstant(nowMs: number): void {
  if (Number.isFinite(nowMs)) return;
  throw new RangeError(`nowMs: expected a finite number, got ${nowMs}`);
}
