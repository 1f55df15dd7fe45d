/** @throws RangeError unless `value` is an integer in `min`..`max`. */
export function checkInteger(name: string, value: unknown, min: number, max: number): void {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return;
  throw new RangeError(`${name}: expected an integer in ${min}..${max}, got ${show(value)}`);
}

/** @throws RangeError unless `value` is a number in `min`..`max`, both included. */
export function checkNumber(name: string, value: unknown, min: number, max: number): void {
  if (typeof value === 'number' && value >= min && value <= max) return;
  throw new RangeError(`${name}: expected a number in ${min}..${max}, got ${show(value)}`);
}

/** @throws RangeError unless `value` is an object whose fields can be read. */
export function checkRecord(name: string, value: unknown): asserts value is object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new RangeError(`${name}: expected an object, got ${show(value)}`);
}

/** `value` as a message names it: short, whatever it is. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : typeof value;
}
