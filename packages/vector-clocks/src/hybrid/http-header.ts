import { formatTimestamp, type HybridTimestamp, parseTimestamp } from './hybrid-timestamp.ts';

/** The name of the header, in lower case. Not registered: rename it where it is in the way. */
export const HYBRID_TIME_HEADER = 'hybrid-time';

/** Says how the rest is written, for the day on which another way is needed. */
const PREFIX = 'h1-';

/**
 * `timestamp` as the value of a header: a token of RFC 9651, `h1-` and 16 hexadecimal digits.
 *
 * @throws RangeError if it is no timestamp.
 *
 * @example
 * ```ts
 * formatHybridHeader({ wallMs: 1_767_225_600_000, counter: 0 }); // => 'h1-019b76daa8000000'
 * ```
 */
export function formatHybridHeader(timestamp: HybridTimestamp): string {
  return PREFIX + formatTimestamp(timestamp);
}

/**
 * The timestamp in a header.
 *
 * @param value - As `Headers.get` or `IncomingMessage.headers` gives it.
 * @returns `undefined` if there is none, there are several, or it is written in another way: a
 *   request without it is as good as any. What it returns was still made by whoever sent it, so
 *   give it to `HybridClock.receive`, which refuses what is too far ahead.
 */
export function parseHybridHeader(value: unknown): HybridTimestamp | undefined {
  if (typeof value !== 'string' || !value.startsWith(PREFIX)) return undefined;
  return parseTimestamp(value.slice(PREFIX.length));
}
