import { checkedHalf, checkedUint64, highHalf, type Key, lowHalf } from './key.ts';

/**
 * `key` as the functions that stand by themselves take it: text and bytes as they are, an integer
 * as its 8 bytes.
 *
 * @throws RangeError if a number or a bigint is not an unsigned integer of 32 or 64 bits.
 *
 * @remarks
 * Allocates for integers only. `keyHasher` needs none of it: it takes every key as it is.
 *
 * @example
 * ```ts
 * import { crc16, keyInput } from '@quorate/hash';
 *
 * keyInput(258); // => Uint8Array.of(2, 1, 0, 0, 0, 0, 0, 0)
 * crc16(keyInput('123456789')); // => 0x31c3
 * ```
 */
export function keyInput(key: Key): string | Uint8Array {
  if (typeof key === 'string' || key instanceof Uint8Array) return key;
  if (typeof key === 'number') return bytesOf(0, checkedHalf('key', key));
  if (typeof key === 'bigint') {
    const value = checkedUint64('key', key);
    return bytesOf(highHalf(value), lowHalf(value));
  }
  return bytesOf(checkedHalf('key.high', key.high), checkedHalf('key.low', key.low));
}

/** The lowest byte first. */
function bytesOf(high: number, low: number): Uint8Array {
  const bytes = new Uint8Array(8);
  for (let at = 0; at < 4; at += 1) {
    bytes[at] = low >>> (8 * at);
    bytes[4 + at] = high >>> (8 * at);
  }
  return bytes;
}
