/*
 * Texts between any two texts: places among siblings that never have to be renumbered.
 *
 * A key is a fraction in base 62, written without "0." in front. Between two of them there is
 * always another one; the keys get longer where many are put at one place, by a digit for each 6 of
 * them, and at the end by one for each 61.
 */
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * A key above `low` and below `high`. It never ends in 0, so that there is one below it.
 *
 * @param low - Empty for the beginning.
 * @param high - `undefined` for the end. If it is not above `low`, as among keys that were made at
 *   once, it is the end too.
 */
export function keyBetween(low: string, high: string | undefined): string {
  if (high === undefined || high <= low) return keyAbove(low);
  let key = '';
  // Once a digit is below that of `high`, the rest may be anything.
  let isBelow = false;
  for (let at = 0; isBelow || at < high.length; at += 1) {
    const from = digitAt(low, at);
    const to: number = isBelow ? DIGITS.length : digitAt(high, at);
    if (to - from > 1) return key + DIGITS.charAt((from + to) >> 1);
    key += DIGITS.charAt(from);
    isBelow ||= from < to;
  }
  // No key is like `high`: somebody else made it up.
  return keyAbove(low);
}

function keyAbove(low: string): string {
  let at = 0;
  while (low.charAt(at) === 'z') at += 1;
  return low.slice(0, at) + DIGITS.charAt(digitAt(low, at) + 1);
}

function digitAt(key: string, at: number): number {
  return Math.max(0, DIGITS.indexOf(key.charAt(at) || '0'));
}
