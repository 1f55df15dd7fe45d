/*
 * What a failure tells about itself, read from its properties: errors may come from another copy of
 * this package, from an adapter, or from a caller who knows the convention.
 */

/** How long the sender of `error` asks to be left alone, if it says so in `retryAfterMs`. */
export function retryAfterMsOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('retryAfterMs' in error)) return undefined;
  const { retryAfterMs } = error;
  if (typeof retryAfterMs !== 'number' || !(retryAfterMs >= 0)) return undefined;
  return retryAfterMs;
}

/** Whether `error` carries `code`, as the errors of this package do. */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
