/*
 * phi of other distributions of silence, each in the form that is exact far out in the tail.
 *
 * phi is -log10 of the chance that a silence is longer. Where the tail is an exponential of
 * something, that something over ln 10 is phi, and no small number ever has to be formed:
 *
 *   exponential   Q(t) = exp(-t / mean)              phi = t / (mean ln 10)
 *   Weibull       Q(t) = exp(-(t / scale)^shape)     phi = (t / scale)^shape / ln 10
 *   lognormal     ln t is normal                     phi = that of the normal, of ln t
 *   Pareto        Q(t) = (t / least)^-alpha          phi = alpha log10(t / least)
 *
 * What was observed has no tail beyond the longest observation. With half a one more to either
 * side, of n silences of which c were longer,
 *
 *   empirical     phi = -log10((c + 1/2) / (n + 1))       at most log10(2 n + 2)
 *
 * They are for whoever fits a distribution to recorded silences and asks for a threshold. All are
 * at least 0, never fall, and are finite for every finite silence.
 */
import { checkNumber } from '../bounds.ts';
import { normalPhi } from './normal.ts';

const PHI_MAX: number = Number.MAX_VALUE;

/**
 * phi after `silenceMs` if silences are exponential.
 *
 * @param meanMs - Above 0.
 * @throws RangeError if a number is NaN or `meanMs` is not above 0.
 *
 * @example
 * ```ts
 * exponentialPhi(18_420, 1_000); // => 8.00
 * ```
 */
export function exponentialPhi(silenceMs: number, meanMs: number): number {
  checkScale('meanMs', meanMs);
  return finite(elapsed(silenceMs) / meanMs / Math.LN10);
}

/**
 * phi after `silenceMs` if silences have a Weibull distribution.
 *
 * @param scaleMs - The silence that 37 % exceed; above 0.
 * @param shape - Above 0 to 1,000. 1 is exponential, below 1 the tail is fatter.
 * @throws RangeError if a number is NaN or out of its range.
 *
 * @example
 * ```ts
 * weibullPhi(2_000, 1_000, 2); // => 1.74
 * ```
 */
export function weibullPhi(silenceMs: number, scaleMs: number, shape: number): number {
  checkScale('scaleMs', scaleMs);
  checkNumber('shape', shape, Number.MIN_VALUE, 1_000);
  return finite((elapsed(silenceMs) / scaleMs) ** shape / Math.LN10);
}

/**
 * phi after `silenceMs` if the logarithms of silences are normal.
 *
 * @param mu - Mean of the natural logarithms of milliseconds; -700..700.
 * @param sigma - Their standard deviation; 1e-6..1,000.
 * @throws RangeError if a number is NaN or out of its range.
 *
 * @example
 * ```ts
 * lognormalPhi(1_000, Math.log(1_000), 0.5); // => 0.301, the median
 * ```
 */
export function lognormalPhi(silenceMs: number, mu: number, sigma: number): number {
  checkNumber('mu', mu, -700, 700);
  checkNumber('sigma', sigma, 1e-6, 1_000);
  const silence = elapsed(silenceMs);
  return silence === 0 ? 0 : normalPhi((Math.log(silence) - mu) / sigma);
}

/**
 * phi after `silenceMs` if silences have a Pareto distribution, as pauses of virtual machines do.
 *
 * @param leastMs - No silence is shorter; above 0.
 * @param alpha - Above 0 to 1,000. Below 1 there is no mean.
 * @throws RangeError if a number is NaN or out of its range.
 *
 * @example
 * ```ts
 * paretoPhi(5_000, 50, 1.3); // => 2.60
 * ```
 */
export function paretoPhi(silenceMs: number, leastMs: number, alpha: number): number {
  checkScale('leastMs', leastMs);
  checkNumber('alpha', alpha, Number.MIN_VALUE, 1_000);
  const silence = Math.max(leastMs, elapsed(silenceMs));
  return finite(alpha * Math.max(0, Math.log10(silence) - Math.log10(leastMs)));
}

/**
 * phi after `silenceMs` as the silences say that were observed, and no distribution.
 *
 * @param silencesMs - In rising order; not NaN.
 * @returns At most log10(2 n + 2), however long the silence is: of 1,000 observations none says
 *   more than 3.3.
 * @throws RangeError if `silenceMs` is NaN.
 *
 * @remarks O(log n).
 *
 * @example
 * ```ts
 * empiricalPhi(25, [10, 20, 30, 40]); // => 0.301
 * empiricalPhi(1e9, [10, 20, 30, 40]); // => 1
 * ```
 */
export function empiricalPhi(silenceMs: number, silencesMs: ArrayLike<number>): number {
  const silence = elapsed(silenceMs);
  let low = 0;
  let high = silencesMs.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((silencesMs[middle] ?? Infinity) > silence) high = middle;
    else low = middle + 1;
  }
  const longer = silencesMs.length - low;
  return Math.max(0, -Math.log10((longer + 0.5) / (silencesMs.length + 1)));
}

function elapsed(silenceMs: number): number {
  checkNumber('silenceMs', silenceMs, -Infinity, Infinity);
  return Math.max(0, silenceMs);
}

function checkScale(name: string, value: number): void {
  checkNumber(name, value, Number.MIN_VALUE, Number.MAX_VALUE);
}

function finite(phi: number): number {
  return Math.min(PHI_MAX, phi);
}
