/** `value`, which must be an object that is no array, by its keys. */
export function recordOfJson(value: unknown): Record<string, unknown> {
  if (!isRecord(value)) throw new TypeError('expected a record');
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
