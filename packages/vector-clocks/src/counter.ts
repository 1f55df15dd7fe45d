/** The largest count: an integer above 2^53-1 could equal its successor. */
export const COUNTER_MAX: number = Number.MAX_SAFE_INTEGER;

/**
 * `value`, if it can count the events of a replica.
 *
 * @param min - The smallest count to accept, included: 0 where "none" is an answer, else 1.
 * @throws TypeError if it is not a number.
 * @throws RangeError if it is not an integer in `min`..2^53-1.
 */
export function checkCounter(name: string, value: unknown, min: 0 | 1 = 1): number {
  if (typeof value !== 'number') {
    throw new TypeError(`${name}: expected a number, got ${typeof value}`);
  }
  if (!Number.isSafeInteger(value) || value < min) {
    throw new RangeError(`${name}: expected an integer in ${min}..2^53-1, got ${value}`);
  }
  return value + 0; // -0 is 0.
}

/**
 * `value + 1`.
 *
 * @throws RangeError if there is no such counter.
 */
export function successor(name: string, value: number): number {
  if (value >= COUNTER_MAX) {
    throw new RangeError(`${name}: expected a counter below 2^53-1, got ${value}`);
  }
  return value + 1;
}
