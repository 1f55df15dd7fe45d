/**
 * That `index` is an integer in 0..`max`.
 *
 * @throws RangeError if it is not.
 */
export function checkIndex(name: string, index: number, max: number): void {
  if (Number.isSafeInteger(index) && index >= 0 && index <= max) return;
  throw new RangeError(`${name}: expected an integer in 0..${max}, got ${index}`);
}

/**
 * That none of `values` is `undefined`, which stands for what was deleted.
 *
 * @throws TypeError if one is.
 */
export function checkValues(values: readonly unknown[]): void {
  if (!values.includes(undefined)) return;
  throw new TypeError('values: expected values, got undefined among them');
}
