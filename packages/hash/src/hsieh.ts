/*
 * Hsieh's SuperFastHash: two halves of 16 bits a step, shifted against each other. Of historical
 * interest, and an option of libmemcached, which begins at 0 where the original begins at the
 * length, and takes a single last byte as unsigned.
 *
 * Source: Paul Hsieh, "Hash functions", 2004; libmemcached, libhashkit/hsieh.cc.
 */
import { lengthOf, loadInput } from './scratch.ts';

/**
 * SuperFastHash, as an int32.
 *
 * @param input - A string is hashed as its UTF-8.
 * @returns 0 for no bytes.
 *
 * @example
 * ```ts
 * superFastHash(''); // => 0
 * ```
 */
export function superFastHash(input: string | Uint8Array): number {
  const view = loadInput(input);
  const length = lengthOf(view);
  if (length === 0) return 0;
  return hashHalves(view, length, length, view.getInt8(length - 1));
}

/**
 * libmemcached's `hsieh`, as an int32.
 *
 * @param input - A string is hashed as its UTF-8.
 * @returns 0 for no bytes.
 *
 * @example
 * ```ts
 * libmemcachedHsieh(''); // => 0
 * ```
 */
export function libmemcachedHsieh(input: string | Uint8Array): number {
  const view = loadInput(input);
  const length = lengthOf(view);
  if (length === 0) return 0;
  return hashHalves(view, length, 0, view.getUint8(length - 1));
}

/**
 * Both functions, and SMHasher's, by where they begin, for at least one byte. `last` is the last
 * byte as it counts if it stands alone.
 */
export function hashHalves(view: DataView, length: number, start: number, last: number): number {
  let h = start;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    h = (h + view.getUint16(at, true)) | 0;
    h = (h << 16) ^ ((view.getUint16(at + 2, true) << 11) ^ h);
    h = (h + (h >>> 11)) | 0;
  }
  h = takeRest(view, at, length, h, last);
  h ^= h << 3;
  h = (h + (h >>> 5)) | 0;
  h ^= h << 4;
  h = (h + (h >>> 17)) | 0;
  h ^= h << 25;
  return (h + (h >>> 6)) | 0;
}

/** The third byte is signed, since it is of C's type `char`. */
function takeRest(view: DataView, at: number, length: number, start: number, last: number): number {
  const rest = length - at;
  if (rest === 0) return start;
  if (rest === 1) {
    let h = (start + last) | 0;
    h ^= h << 10;
    return (h + (h >>> 1)) | 0;
  }
  let h = (start + view.getUint16(at, true)) | 0;
  if (rest === 2) {
    h ^= h << 11;
    return (h + (h >>> 17)) | 0;
  }
  h ^= h << 16;
  h ^= view.getInt8(at + 2) << 18;
  return (h + (h >>> 11)) | 0;
}
