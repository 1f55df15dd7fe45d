import { checkedHalf, checkedUint64, highHalf, lowHalf, type Key } from './key.ts';
import { encode, loadBytes, loadHalves, loadString, scratch, TOO_LONG, viewOf } from './scratch.ts';

/** The functions that a `KeyHasher` may be. The name says which bits come out, for ever. */
export type HashId =
  'murmur3-x86-128' | 'xxh64' | 'murmur3-x64-128' | 'siphash-1-3' | 'siphash-2-4';

/**
 * 64 bits of a key, left in `high` and `low`.
 *
 * @remarks
 * Every method hashes at once and returns nothing: the result stands in two fields, since a number
 * of 2^31 or more that crosses a call may be boxed on the heap. Read them before the next call. No
 * method but `hash` looks at what kind of key it got, and none allocates, except for strings past
 * 1,024 and bytes past 256, which need one view. The same key gives the same bits by every method.
 *
 * @example
 * ```ts
 * import { keyHasher } from '@quorate/hash';
 *
 * const hasher = keyHasher();
 * hasher.hash('hello');
 * [hasher.high, hasher.low]; // => [-611197193, 723797152]
 * ```
 */
export interface KeyHasher {
  /** Which function this is. */
  readonly id: HashId;
  /** The same as one byte, for file formats. It never changes; `hashIdOf` goes back. */
  readonly code: number;
  /** The seed as bytes, little-endian: 4, 8 or 16, as the function has it. A copy. */
  readonly seed: Uint8Array;
  /** Bits 32..63 of the last hash, as an int32: `>>> 0` makes it unsigned. */
  readonly high: number;
  /** Bits 0..31 of the last hash, as an int32. */
  readonly low: number;
  /**
   * Hashes any key.
   *
   * @throws RangeError if a number or a bigint is not an unsigned integer of 32 or 64 bits.
   */
  hash(key: Key): void;
  /** Hashes the UTF-8 of `text`. */
  hashString(text: string): void;
  /**
   * Hashes `bytes[start..end)`.
   *
   * @param start - First byte, included; 0 without it.
   * @param end - Excluded; all bytes without it. Both are trusted to lie within `bytes`.
   */
  hashBytes(bytes: Uint8Array, start?: number, end?: number): void;
  /** Hashes the 8 bytes of `value`, of which only the lower 32 bits are looked at. */
  hashUint32(value: number): void;
  /** Hashes the 8 bytes of two halves, of which only 32 bits each are looked at. */
  hash64(high: number, low: number): void;
}

/** What all functions share: every kind of key becomes words in a view. */
export abstract class ViewHasher implements KeyHasher {
  abstract readonly id: HashId;
  abstract readonly code: number;
  high = 0;
  low = 0;

  abstract get seed(): Uint8Array;

  /** Hashes `view[start..end)`; the scratch has sixteen zeros behind `end`, others may not. */
  protected abstract hashView(view: DataView, start: number, end: number): void;

  hash(key: Key): void {
    if (typeof key === 'string') this.hashString(key);
    else if (typeof key === 'number') this.hash64(0, checkedHalf('key', key));
    else if (typeof key === 'bigint') this.#hashBigint(key);
    else if (key instanceof Uint8Array) this.hashBytes(key);
    else this.hash64(checkedHalf('key.high', key.high), checkedHalf('key.low', key.low));
  }

  hashString(text: string): void {
    const length = loadString(text);
    if (length === TOO_LONG) this.hashBytes(encode(text));
    else this.hashView(scratch, 0, length);
  }

  hashBytes(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    const length = loadBytes(bytes, start, end);
    if (length === TOO_LONG) this.hashView(viewOf(bytes, start, end), 0, end - start);
    else this.hashView(scratch, 0, length);
  }

  hashUint32(value: number): void {
    this.hash64(0, value);
  }

  hash64(high: number, low: number): void {
    loadHalves(high, low);
    this.hashView(scratch, 0, 8);
  }

  #hashBigint(key: bigint): void {
    const value = checkedUint64('key', key);
    this.hash64(highHalf(value), lowHalf(value));
  }
}
