/**
 * `amount`, if a counter can move by it: a safe integer of at least 1.
 *
 * @throws RangeError for NaN, fractions, negative numbers and what is not exact.
 */
export function checkAmount(amount: number): number {
  if (Number.isSafeInteger(amount) && amount >= 1) return amount;
  throw new RangeError(`amount: expected an integer in 1..2^53-1, got ${amount}`);
}

/**
 * `count + amount`, still exact.
 *
 * @throws RangeError if it is above 2^53-1.
 */
export function sumOf(count: number, amount: number): number {
  const sum = count + amount;
  if (Number.isSafeInteger(sum)) return sum;
  throw new RangeError(`amount: expected a count of at most 2^53-1 in all, got ${sum}`);
}
