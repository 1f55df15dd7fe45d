/** @throws RangeError unless `value` is in 1..`max`, and a multiple of `step`. */
export function checkRange(name: string, value: number, max: number, step: number = value): void {
  if (value >= 1 && value <= max && value % step === 0) return;
  throw new RangeError(`${name}: expected 1..${max}, got ${value}`);
}
