/** Random numbers of a given distribution, out of even ones. */
import type { Random } from '@quorate/transport';

/**
 * How a random time is distributed. Times in ms.
 *
 * - `constant`: always `ms`.
 * - `uniform`: every value in `minMs`..`maxMs` equally likely.
 * - `exponential`: of mean `meanMs`.
 * - `lognormal`: e^(`mu` + `sigma` Z) for a standard normal Z; the median is e^`mu` ms.
 * - `gamma`: of `shape`, at least 1, and `scaleMs`.
 * - `pareto`: at least `minMs`, P(t > x) = (minMs / x)^alpha, cut at `maxMs`.
 */
export type TimeDistribution =
  | { readonly kind: 'constant'; readonly ms: number }
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: 'exponential'; readonly meanMs: number }
  | { readonly kind: 'lognormal'; readonly mu: number; readonly sigma: number }
  | { readonly kind: 'gamma'; readonly shape: number; readonly scaleMs: number }
  | {
      readonly kind: 'pareto';
      readonly minMs: number;
      readonly alpha: number;
      readonly maxMs: number;
    };

/** One time of `distribution`, in ms. */
export function drawTimeMs(random: Random, distribution: TimeDistribution): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.ms;
    case 'uniform':
      return distribution.minMs + random.float() * (distribution.maxMs - distribution.minMs);
    case 'exponential':
      return distribution.meanMs * drawExponential(random);
    case 'lognormal':
      return Math.exp(distribution.mu + distribution.sigma * drawNormal(random));
    case 'gamma':
      return distribution.scaleMs * drawGamma(random, distribution.shape);
    case 'pareto': {
      const factor = Math.exp(drawExponential(random) / distribution.alpha);
      return Math.min(distribution.maxMs, distribution.minMs * factor);
    }
  }
}

/** Of mean 1. */
function drawExponential(random: Random): number {
  return -Math.log(1 - random.float());
}

/** Of mean 0 and deviation 1: Box and Muller's. */
export function drawNormal(random: Random): number {
  const radius = Math.sqrt(2 * drawExponential(random));
  return radius * Math.cos(2 * Math.PI * random.float());
}

/**
 * Of scale 1 and a `shape` of at least 1.
 *
 * Source: Marsaglia, Tsang, "A simple method for generating gamma variables", ACM TOMS 26(3), 2000.
 */
function drawGamma(random: Random, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = drawNormal(random);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    if (-drawExponential(random) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
