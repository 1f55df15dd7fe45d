/**
 * For how long we may be silent, told to others before it happens.
 *
 * A browser lets the timers of a hidden tab fire once a second, after some minutes once a minute.
 * Its heartbeats then come once a minute, and its peers cannot know that this is not death. But it
 * knows itself: the last times it was late by that much, so the next time it will be too. So it
 * says in each heartbeat how long the next one may take.
 *
 * What happens for the first time cannot be forecast, but often is announced: a page is told that
 * it is being hidden, a program that it is about to be moved.
 */

/** Gaps that are remembered. */
const GAPS_MAX = 3;

/** Looks at when we sent, and says when we may send next. */
export class SilenceForecast {
  readonly #intervalMs: number;
  readonly #silenceMsMax: number;
  readonly #gapsMs: number[] = [];
  #sentMs = -Infinity;
  #announcedUntilMs = -Infinity;

  /**
   * @param intervalMs - How often we mean to send.
   * @param silenceMsMax - The longest silence that is ever forecast; 0 forecasts none.
   */
  constructor(intervalMs: number, silenceMsMax: number) {
    this.#intervalMs = intervalMs;
    this.#silenceMsMax = silenceMsMax;
  }

  /** We send at `nowMs`. */
  sent(nowMs: number): void {
    const gapMs = nowMs - this.#sentMs;
    this.#sentMs = nowMs;
    if (gapMs === Infinity) return;
    this.#gapsMs.push(gapMs);
    if (this.#gapsMs.length > GAPS_MAX) this.#gapsMs.shift();
  }

  /** Somebody knows that we may be silent until `untilMs`. The last to say so counts. */
  announce(untilMs: number): void {
    this.#announcedUntilMs = untilMs;
  }

  /**
   * How long we may be silent from `nowMs` on, in ms: 0 if as usual, else a half more than the
   * longest of the last three gaps, or as announced.
   */
  forecastMs(nowMs: number): number {
    const gapMs = Math.max(0, ...this.#gapsMs);
    const seenMs = gapMs > 2 * this.#intervalMs ? 1.5 * gapMs : 0;
    const announcedMs = Math.max(0, this.#announcedUntilMs - nowMs);
    return Math.min(this.#silenceMsMax, Math.max(seenMs, announcedMs));
  }
}
