/*
 * `Retry-After` of RFC 9110, section 10.2.3: seconds, or a date. The three forms of dates that
 * recipients must accept (section 5.6.7) are told apart by their shape, since what else a parser of
 * dates accepts differs between engines.
 */
import { DELAY_MS_MAX } from '../bounds.ts';

const seconds = /^\d{1,16}$/;
const dates: readonly RegExp[] = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  // Sunday, 06-Nov-94 08:49:37 GMT
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  // Sun Nov  6 08:49:37 1994
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/**
 * How long `header` asks to be left alone.
 *
 * @param wallTimeMs - The wall clock, which dates are measured by.
 * @returns 0..2^31-1 ms; `undefined` without a header or with one that is no `Retry-After`. A date
 *   that has passed is 0.
 */
export function retryAfterMsIn(
  header: string | null | undefined,
  wallTimeMs: number,
): number | undefined {
  if (typeof header !== 'string') return undefined;
  const text = header.trim();
  if (seconds.test(text)) return Math.min(DELAY_MS_MAX, Number(text) * 1_000);
  if (!dates.some((form) => form.test(text))) return undefined;
  // The oldest form names no zone; it is GMT, not where this machine is.
  const atMs = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  if (Number.isNaN(atMs)) return undefined;
  return Math.min(DELAY_MS_MAX, Math.max(0, atMs - wallTimeMs));
}
