import type { Key } from '@quorate/hash';

const UINT64_MAX = 2n ** 64n - 1n;

/**
 * `key` for a function of text or bytes: numbers are their 8 bytes, little-endian, as `Key` has it.
 *
 * @throws RangeError if a number or a bigint is not an unsigned integer of 32 or 64 bits.
 */
export function keyInput(key: Key): string | Uint8Array {
  if (typeof key === 'string' || key instanceof Uint8Array) return key;
  if (typeof key === 'number') return bytesOf(0, checkedHalf('key', key));
  if (typeof key === 'bigint') return bytesOfBigint(key);
  return bytesOf(checkedHalf('key.high', key.high), checkedHalf('key.low', key.low));
}

function bytesOf(high: number, low: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, low, true);
  view.setUint32(4, high, true);
  return bytes;
}

function bytesOfBigint(key: bigint): Uint8Array {
  if (key < 0n || key > UINT64_MAX) {
    throw new RangeError(`key: expected an integer in 0..2^64-1, got ${key}`);
  }
  return bytesOf(Number(key >> 32n), Number(key & 0xffff_ffffn));
}

function checkedHalf(name: string, value: number): number {
  if (value >>> 0 === value) return value;
  throw new RangeError(`${name}: expected an integer in 0..2^32-1, got ${value}`);
}
