import type { Arrival } from './arrival.ts';

/** The means are over the last so many heartbeats, two thirds of them. */
const LONG = 8_192;
const SHORT = 1_024;

/** The prior counts as so many heartbeats. */
const PRIOR_WEIGHT = 4;

/** A recent variance of so much is believed against the long one; less is chance. */
const SHORT_SHARE = 0.72;

/**
 * The standard deviation of heartbeats from when they were expected, to the late side.
 *
 * Each mistake about it is paid twice. Too small, it makes mistakes that grow exponentially; too
 * large, it makes every detection later. So it is measured over many heartbeats, and over fewer
 * only where these say that things got worse. Early ones are left out: on most networks they are
 * much closer to the mean than the late ones, and no mistake is ever made about them.
 */
export class Deviation {
  /** In ms. */
  value = 0.5;
  #weight = PRIOR_WEIGHT;
  #longSquare = 0.5;
  #shortSquare = 0.5;

  /** @param priorMs - What it is before there are data. */
  constructor(priorMs: number) {
    this.reset(priorMs);
  }

  /** Takes in a heartbeat that came `errorMs` later than expected. */
  push({ errorMs }: Arrival): void {
    // Late ones stand for as many early ones: of a symmetric distribution it is the variance.
    const square = errorMs > 0 ? 2 * errorMs * errorMs : 0;
    this.#weight = Math.min(LONG, this.#weight + 1);
    this.#longSquare += (square - this.#longSquare) / this.#weight;
    this.#shortSquare += (square - this.#shortSquare) / Math.min(SHORT, this.#weight);
    this.value = Math.sqrt(Math.max(this.#longSquare, SHORT_SHARE * this.#shortSquare));
  }

  /** Forgets all but `priorMs`. */
  reset(priorMs: number): void {
    this.value = priorMs;
    this.#weight = PRIOR_WEIGHT;
    this.#longSquare = priorMs * priorMs;
    this.#shortSquare = priorMs * priorMs;
  }
}
