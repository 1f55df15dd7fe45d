import { RecentMean } from './recent-mean.ts';

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
  value: number;
  readonly #long: RecentMean;
  readonly #short: RecentMean;

  /** @param priorMs - What it is before there are data. */
  constructor(priorMs: number) {
    this.value = priorMs;
    this.#long = new RecentMean(LONG, priorMs * priorMs, PRIOR_WEIGHT);
    this.#short = new RecentMean(SHORT, priorMs * priorMs, PRIOR_WEIGHT);
  }

  /** Takes in a heartbeat that came `errorMs` later than expected. */
  push(errorMs: number): void {
    // Late ones stand for as many early ones: of a symmetric distribution it is the variance.
    const square = errorMs > 0 ? 2 * errorMs * errorMs : 0;
    this.#long.push(square);
    this.#short.push(square);
    this.value = Math.sqrt(Math.max(this.#long.value, SHORT_SHARE * this.#short.value));
  }

  /** Forgets all but `priorMs`. */
  reset(priorMs: number): void {
    this.value = priorMs;
    this.#long.reset(priorMs * priorMs);
    this.#short.reset(priorMs * priorMs);
  }
}
