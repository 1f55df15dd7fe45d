import { crc16, type Key, keyInput } from '@quorate/hash';

import type { KeyBits } from '../placement.ts';

/** How many slots a Redis cluster has. */
export const REDIS_SLOT_COUNT = 16_384;

const OPEN = 0x7b; // "{"
const CLOSE = 0x7d; // "}"

/**
 * The slot of a key in a Redis cluster, 0..16383.
 *
 * @throws RangeError if `key` is no key.
 *
 * @remarks
 * CRC-16 (XMODEM) of the key, or, if there is a "{" and behind it a "}", of what stands between the
 * first "{" and the first "}" behind it, unless that is nothing. Clients put keys that belong
 * together into one slot by it. A number is not its digits but its 8 bytes, as everywhere here: for
 * Redis write `String(id)`.
 *
 * @example
 * ```ts
 * import { redisSlot } from '@quorate/consistent-hashing';
 *
 * redisSlot('foobar'); // => 12325
 * redisSlot('abc{foobar}'); // => 12325
 * ```
 */
export function redisSlot(key: Key): number {
  const input = keyInput(key);
  const hashed = typeof input === 'string' ? tagOfText(input) : tagOfBytes(input);
  return crc16(hashed) % REDIS_SLOT_COUNT;
}

/** The slot of a key, as the upper bits of `low`. */
export class RedisBits implements KeyBits {
  readonly high = 0;
  low = 0;

  hash(key: Key): void {
    this.low = redisSlot(key) << 18;
  }
}

function tagOfText(text: string): string {
  const open = text.indexOf('{');
  if (open < 0) return text;
  const close = text.indexOf('}', open + 1);
  return close > open + 1 ? text.slice(open + 1, close) : text;
}

function tagOfBytes(bytes: Uint8Array): Uint8Array {
  const open = bytes.indexOf(OPEN);
  if (open < 0) return bytes;
  const close = bytes.indexOf(CLOSE, open + 1);
  return close > open + 1 ? bytes.subarray(open + 1, close) : bytes;
}
