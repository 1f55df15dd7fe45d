/**
 * The seeds of a run: `0..count-1`, or only the one to replay.
 *
 * @param replay - The environment variable SEED as it is: a safe integer, or empty or undefined.
 * @param count - How many seeds without a replay, at least 1.
 * @throws RangeError if `replay` is no safe integer, or `count` is not at least 1.
 *
 * @example
 * ```ts
 * import { seeds } from '@quorate/simulation';
 *
 * seeds(undefined, 3); // => [0, 1, 2]
 * seeds('17', 3); // => [17]
 * ```
 */
export function seeds(replay: string | undefined, count: number): number[] {
  if (!(Number.isSafeInteger(count) && count >= 1)) {
    throw new RangeError(`count: expected an integer, at least 1, got ${count}`);
  }
  if (replay === undefined || replay === '') {
    return Array.from({ length: count }, (_, index) => index);
  }
  const seed = Number(replay);
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`SEED: expected a safe integer, got '${replay}'`);
  }
  return [seed];
}
