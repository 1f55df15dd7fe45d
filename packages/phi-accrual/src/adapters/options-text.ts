/** Reads what people write behind options. */

/** What was typed is no use of the command. */
export class UsageError extends Error {}

const MS_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/**
 * The milliseconds in `text`, at least 0: `250`, `250ms`, `1.5s`, `5m`, `1h`, `30d`.
 *
 * @param name - The option, for the message.
 * @throws UsageError if it is no time.
 */
export function timeOf(name: string, text: string): number {
  const [, digits = '', unit = ''] = /^([0-9]+(?:\.[0-9]+)?)([a-z]*)$/u.exec(text) ?? [];
  const ms = Number(digits) * (MS_PER_UNIT.get(unit) ?? NaN);
  if (digits !== '' && Number.isFinite(ms)) return ms;
  throw new UsageError(`${name}: expected a time such as 250ms or 3s, got ${text}`);
}

/**
 * The share in `text`, 0..1: `0.01` or `1%`.
 *
 * @throws UsageError if it is no share.
 */
export function shareOf(name: string, text: string): number {
  const [, digits = '', percent = ''] = /^([0-9]+(?:\.[0-9]+)?)(%?)$/u.exec(text) ?? [];
  const share = Number(digits) / (percent === '' ? 1 : 100);
  if (digits !== '' && share <= 1) return share;
  throw new UsageError(`${name}: expected a share such as 0.01 or 1%, got ${text}`);
}

/**
 * The integer in `text`, at least 1.
 *
 * @throws UsageError if it is none.
 */
export function countOf(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new UsageError(`${name}: expected an integer of at least 1, got ${text}`);
}
