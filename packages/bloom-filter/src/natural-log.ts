/*
 * ln and exp out of the four operations that IEEE 754 rounds exactly.
 *
 * Two services that size a filter for the same numbers must get the same size, or their filters
 * cannot be united. ECMAScript lets every engine approximate `Math.log` in its own way, and one
 * last digit is enough for one more block. These are as good as the machine's to some units in the
 * last place, and the same everywhere; they are called when a filter is made or asked for its
 * state, never for a key.
 */

/** ln 2 as a double. */
export const LN_2 = 0.693_147_180_559_945_3;

/**
 * The natural logarithm of a positive, finite number.
 *
 * @remarks
 * value = 2^e * f with f near 1, and ln f = 2 (s + s^3/3 + s^5/5 + …) with s = (f-1)/(f+1).
 */
export function naturalLog(value: number): number {
  let factor = value;
  let exponent = 0;
  for (; factor < 0.707; factor *= 2) exponent -= 1;
  for (; factor > 1.415; factor /= 2) exponent += 1;
  const s = (factor - 1) / (factor + 1);
  const square = s * s;
  let sum = 0;
  // |s| < 0.172, and so the term of s^23 is below one part in 10^17.
  for (let power = 23; power > 1; power -= 2) sum = (sum + 1 / power) * square;
  return exponent * LN_2 + 2 * s * (1 + sum);
}

/**
 * e to the power of a number in -1,000..0.
 *
 * @remarks
 * exp(x) = exp(x / 1024)^1024, the power by ten squarings.
 */
export function exponential(value: number): number {
  const small = value / 1_024;
  let sum = 1;
  // |small| < 1, and 1/20! is below one part in 10^18.
  for (let term = 20; term >= 1; term -= 1) sum = 1 + (sum * small) / term;
  for (let squaring = 0; squaring < 10; squaring += 1) sum *= sum;
  return sum;
}

/** `base` to the power of `exponent`, an integer of at least 0, by squaring. */
export function integerPower(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
