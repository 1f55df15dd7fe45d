/*
 * phi as Akka computes it, for those who come from there.
 *
 * Akka, Pekko and Hazelcast take the logistic approximation of the normal distribution, with e =
 * exp of -y (1.5976 + 0.070566 y^2):
 *
 *   phi = -log10(e / (1 + e))          if y > 0
 *   phi = -log10(1 - 1 / (1 + e))      otherwise
 *
 * Its error is below 2e-4 of a probability, which is nothing in the middle and everything in the
 * tail: at phi = 8 the true chance is not 10^-8 but 10^-7.06, at y = 7 phi is 29 % too large. And e
 * is rounded to 0 from y = 21.6, where theirs is infinite. Both lines are the same function,
 * log10(1 + exp z) with z = y (1.5976 + 0.070566 y^2), and so it is computed here: it agrees with
 * theirs to 12 digits wherever theirs has them, and stays finite where theirs does not.
 *
 * Source: `PhiAccrualFailureDetector.phi` of Akka 2.x (akka.remote), whose documentation names
 * "A logistic approximation to the cumulative normal distribution" by Bowling and others, 2009.
 */

/** Beyond it the cube leaves the range of doubles. */
const DEVIATIONS_MAX = 1e100;

/**
 * How suspicious a delay of `deviations` standard deviations is to Akka.
 *
 * @param deviations - Any number; beyond 1e100 it counts as 1e100, NaN as 0.
 * @returns Finite, at least 0; never falls as `deviations` grows.
 *
 * @example
 * ```ts
 * akkaPhi(0); // => 0.301
 * akkaPhi(7); // => 15.37
 * ```
 */
export function akkaPhi(deviations: number): number {
  if (Number.isNaN(deviations)) return akkaPhi(0);
  const y = Math.max(-DEVIATIONS_MAX, Math.min(DEVIATIONS_MAX, deviations));
  const z = y * (1.5976 + 0.070566 * y * y);
  const naturalLog = z > 0 ? z + Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z));
  return naturalLog / Math.LN10;
}

/**
 * After how many deviations Akka's phi reaches `phi`: the other way round.
 *
 * @param phi - Above 0, at most 1e6.
 *
 * @example
 * ```ts
 * akkaDeviations(8); // => 5.2260
 * ```
 */
export function akkaDeviations(phi: number): number {
  let low = -100;
  let high = 1_000;
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    if (akkaPhi(middle) < phi) low = middle;
    else high = middle;
  }
}
