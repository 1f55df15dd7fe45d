/*
 * phi of the normal distribution: how unlikely is a delay of y deviations?
 *
 *   phi(y) = -log10 Q(y),    Q(y) = the chance that a normal variable exceeds y
 *
 * The obvious way, `-Math.log10(1 - cdf(y))`, fails where it matters. `1 - cdf` has lost all its
 * digits at y = 8, where it is rounded to 0 and phi becomes infinite. Programs that take the
 * logistic approximation of the normal distribution (see `akka.ts`) are wrong by 29 % at y = 7, and
 * infinite from y = 21.6. Whoever asks how suspicious a crashed peer is asks far out in the tail.
 *
 * So nothing is ever subtracted from 1, and the logarithm is taken before the number is lost. With
 * x = y / sqrt 2 and the scaled complementary error function erfcx(x) = exp(x^2) erfc(x), which
 * falls as slowly as 1/x:
 *
 *   y > 0:   Q = exp(-x^2) erfcx(x) / 2,         phi = (x^2 - ln(erfcx(x) / 2)) / ln 10
 *   y <= 0:  Q = 1 - exp(-x^2) erfcx(-x) / 2,    phi = -log1p(-exp(-x^2) erfcx(-x) / 2) / ln 10
 *
 * erfcx is a power series near 0 and a continued fraction beyond 2. The result is right to 12
 * digits from y = -37.5 to 1e150; phi grows like y^2 / 4.6, and never reaches infinity.
 *
 * Sources: Abramowitz and Stegun, "Handbook of Mathematical Functions", 1964, 7.1.6 (the series)
 * and 7.1.14 (the continued fraction); Hayashibara, Défago, Yared and Katayama, "The φ Accrual
 * Failure Detector", SRDS 2004, for phi.
 */

/** Further out, y^2 leaves the range of doubles. */
const DEVIATIONS_MAX = 1e150;

const SERIES_BELOW = 2;
const FRACTION_DEPTH = 60;
const SQRT_PI: number = Math.sqrt(Math.PI);

/**
 * How suspicious a delay of `deviations` standard deviations is.
 *
 * @param deviations - Any number; beyond 1e150 it counts as 1e150, NaN as 0.
 * @returns `-log10` of the chance that a normal delay is longer: above 0 as long as a double can
 *   say so (to -38), finite always. 1 is a chance of 1 in 10, 8 of 1 in 10^8.
 *
 * @remarks Never falls as `deviations` grows. About half a microsecond.
 *
 * @example
 * ```ts
 * normalPhi(0); // => 0.301
 * normalPhi(1e6) > 2e11; // => true
 * ```
 */
export function normalPhi(deviations: number): number {
  if (Number.isNaN(deviations)) return normalPhi(0);
  const y = Math.min(deviations, DEVIATIONS_MAX);
  const x = Math.abs(y) * Math.SQRT1_2;
  if (y > 0) return (0.5 * y * y - Math.log(0.5 * erfcx(x))) / Math.LN10;
  return -Math.log1p(-0.5 * Math.exp(-0.5 * y * y) * erfcx(x)) / Math.LN10;
}

/**
 * After how many deviations the normal phi reaches `phi`: the other way round.
 *
 * @param phi - Above 0.
 * @returns The least double at which `normalPhi` is at least `phi`.
 *
 * @remarks Halves an interval about 60 times: solve it once and compare with the result.
 *
 * @example
 * ```ts
 * normalDeviations(8).toFixed(4); // => '5.6120'
 * ```
 */
export function normalDeviations(phi: number): number {
  let low = -40;
  let high = Math.min(DEVIATIONS_MAX, Math.sqrt(2 * Math.LN10 * phi) + 1);
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    if (normalPhi(middle) < phi) low = middle;
    else high = middle;
  }
}

/** exp(x^2) times the complementary error function of `x`, which is at least 0. */
function erfcx(x: number): number {
  return x < SERIES_BELOW ? erfcxBySeries(x) : erfcxByFraction(x);
}

function erfcxBySeries(x: number): number {
  const square = x * x;
  let term = 1;
  let sum = 1;
  for (let odd = 3; term > sum * 1e-17; odd += 2) {
    term *= (2 * square) / odd;
    sum += term;
  }
  return Math.exp(square) - ((2 * x) / SQRT_PI) * sum;
}

function erfcxByFraction(x: number): number {
  let fraction = x;
  for (let k = FRACTION_DEPTH; k >= 1; k -= 1) fraction = x + (0.5 * k) / fraction;
  return 1 / (SQRT_PI * fraction);
}
