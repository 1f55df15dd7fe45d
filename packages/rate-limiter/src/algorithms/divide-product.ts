/** A division of integers: `whole * divisor + rest` is what was divided, and `rest < divisor`. */
export interface Quotient {
  readonly whole: number;
  readonly rest: number;
}

/** Bits taken at a time: the products below then stay under 2^53. */
const DIGIT_BITS = 7;
const DIGIT = 2 ** DIGIT_BITS;
/** Of 35 bits, the first digit. */
const TOP_DIGIT_SHIFT = 28;

/**
 * `factor * value / divisor`, exactly, where the product may have 76 bits.
 *
 * Counts of up to 2^31 times microseconds of up to 2^45 do not fit into a number. Long division in
 * digits of 7 bits does: each step carries a rest below the divisor.
 *
 * @param factor - An integer of 0..2^31-1.
 * @param value - An integer of 0..2^45-1.
 * @param divisor - An integer of 1..2^45.
 */
export function divideProduct(factor: number, value: number, divisor: number): Quotient {
  const product = factor * value;
  if (product <= Number.MAX_SAFE_INTEGER) return divide(product, divisor);
  let whole = 0;
  let rest = 0;
  for (let shift = TOP_DIGIT_SHIFT; shift >= 0; shift -= DIGIT_BITS) {
    const digit = Math.floor(factor / 2 ** shift) % DIGIT;
    const step = divide(rest * DIGIT + digit * value, divisor);
    whole = whole * DIGIT + step.whole;
    rest = step.rest;
  }
  return { whole, rest };
}

function divide(dividend: number, divisor: number): Quotient {
  // The floor of a rounded quotient is exact: both are integers below 2^53.
  const whole = Math.floor(dividend / divisor);
  return { whole, rest: dividend - whole * divisor };
}
