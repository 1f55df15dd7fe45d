/*
 * `Retry-After` of RFC 9110, section 10.2.3: seconds, or a date in one of the three forms that
 * recipients must accept (section 5.6.7). Read here and not by the platform, whose parser takes
 * much else besides, engine by engine, and the oldest form for the time of where the machine is.
 */
import { DELAY_MS_MAX } from '../bounds.ts';

const seconds = /^\d{1,16}$/;
const time = String.raw`(?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2})`;
const dates: readonly RegExp[] = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  new RegExp(String.raw`^[A-Z][a-z]{2}, (?<day>\d{2}) (?<month>\w{3}) (?<year>\d{4}) ${time} GMT$`),
  // Sunday, 06-Nov-94 08:49:37 GMT
  new RegExp(
    String.raw`^[A-Z][a-z]{5,8}, (?<day>\d{2})-(?<month>\w{3})-(?<year>\d{2}) ${time} GMT$`,
  ),
  // Sun Nov  6 08:49:37 1994
  new RegExp(String.raw`^[A-Z][a-z]{2} (?<month>\w{3}) (?<day>[ \d]\d) ${time} (?<year>\d{4})$`),
];
const months: readonly string[] = [
  ...['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun'],
  ...['Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
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
  for (const form of dates) {
    const fields = form.exec(text)?.groups;
    if (fields === undefined) continue;
    const atMs = instantOf(fields);
    if (atMs !== undefined) return Math.min(DELAY_MS_MAX, Math.max(0, atMs - wallTimeMs));
  }
  return undefined;
}

/** Milliseconds since 1970; `undefined` on a day that no calendar has. */
function instantOf(fields: Readonly<Record<string, string>>): number | undefined {
  const month = months.indexOf(fields['month'] ?? '') + 1;
  const [day, hour, minute, second] = [
    Number(fields['day']),
    Number(fields['hour']),
    Number(fields['minute']),
    Number(fields['second']),
  ];
  const isTime = hour <= 23 && minute <= 59 && second <= 60;
  if (month === 0 || day < 1 || day > 31 || !isTime) return undefined;
  const days = daysSince1970(fullYear(fields['year'] ?? ''), month, day);
  return ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1_000;
}

/** Two digits are those of a year from 1970 to 2069. */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length > 2) return year;
  return year < 70 ? 2_000 + year : 1_900 + year;
}

/** In the Gregorian calendar, by years that begin in March, so that the odd day comes last. */
function daysSince1970(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const marchMonth = (month + 9) % 12;
  const leapDays =
    Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const daysBefore = Math.floor((153 * marchMonth + 2) / 5);
  return 365 * marchYear + leapDays + daysBefore + day - 1 - 719_468;
}
