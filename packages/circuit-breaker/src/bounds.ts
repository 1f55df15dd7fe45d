/** The longest delay that timers keep: 2^31 - 1 ms, 24.8 days. Beyond it they fire at once. */
export const DELAY_MS_MAX: number = 2 ** 31 - 1;

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

/** @throws RangeError unless `value` is a share of the whole: above 0, at most 1. */
export function checkShare(name: string, value: unknown): void {
  if (typeof value === 'number' && value > 0 && value <= 1) return;
  const expected = 'a share above 0 and at most 1 (0.5 is one half)';
  throw new RangeError(`${name}: expected ${expected}, got ${show(value)}`);
}

/** @throws RangeError unless `value` is one of `choices`. */
export function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (choices.some((choice) => choice === value)) return;
  throw new RangeError(`${name}: expected one of ${choices.join(', ')}, got ${show(value)}`);
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
