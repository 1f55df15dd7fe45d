/*
 * FNV-1 and FNV-1a: one product and one exclusive or a byte. The simplest function that is not
 * useless, chosen where somebody has to write it down from memory; slow on long inputs, weak in
 * its high bits on short ones.
 *
 *   FNV-1:   h = (h * prime) ^ byte
 *   FNV-1a:  h = (h ^ byte) * prime
 *
 * The prime of 64 bits is 2^40 + 0x1b3. A product with it is one with 0x1b3 and a shift by 40,
 * which is a shift of the low half by 8 into the high one.
 *
 * Source: Fowler, Noll, Vo and Eastlake, draft-eastlake-fnv of the IETF.
 */
import { multiplyHigh } from './multiply.ts';
import { lengthOf, loadInput } from './scratch.ts';

const OFFSET_32 = 0x811c9dc5 | 0;
const PRIME_32 = 0x01000193;
const OFFSET_64_HIGH = 0xcbf29ce4 | 0;
const OFFSET_64_LOW = 0x84222325 | 0;
const PRIME_64_LOW = 0x1b3;

/**
 * FNV-1 of 32 bits, as an int32.
 *
 * @param input - A string is hashed as its UTF-8.
 *
 * @example
 * ```ts
 * fnv1x32('a') >>> 0; // => 0x050c5d7e
 * ```
 */
export function fnv1x32(input: string | Uint8Array): number {
  const view = loadInput(input);
  const length = lengthOf(view);
  let h = OFFSET_32;
  for (let at = 0; at < length; at += 1) h = Math.imul(h, PRIME_32) ^ view.getUint8(at);
  return h;
}

/**
 * FNV-1a of 32 bits, as an int32.
 *
 * @param input - A string is hashed as its UTF-8.
 *
 * @example
 * ```ts
 * fnv1ax32('a') >>> 0; // => 0xe40c292c
 * ```
 */
export function fnv1ax32(input: string | Uint8Array): number {
  const view = loadInput(input);
  const length = lengthOf(view);
  let h = OFFSET_32;
  for (let at = 0; at < length; at += 1) h = Math.imul(h ^ view.getUint8(at), PRIME_32);
  return h;
}

/**
 * FNV-1 of 64 bits, as `[low, high]`.
 *
 * @param input - A string is hashed as its UTF-8.
 * @param out - Receives the result, to spare an allocation.
 * @returns `out`.
 *
 * @example
 * ```ts
 * fnv1x64('a')[1]; // => 0xaf63bd4c
 * ```
 */
export function fnv1x64(
  input: string | Uint8Array,
  out: Uint32Array = new Uint32Array(2),
): Uint32Array {
  const view = loadInput(input);
  const length = lengthOf(view);
  let high = OFFSET_64_HIGH;
  let low = OFFSET_64_LOW;
  for (let at = 0; at < length; at += 1) {
    high = primeHigh(high, low);
    low = Math.imul(low, PRIME_64_LOW) ^ view.getUint8(at);
  }
  out[0] = low;
  out[1] = high;
  return out;
}

/**
 * FNV-1a of 64 bits, as `[low, high]`.
 *
 * @param input - A string is hashed as its UTF-8.
 * @param out - Receives the result, to spare an allocation.
 * @returns `out`.
 *
 * @example
 * ```ts
 * fnv1ax64('a')[1]; // => 0xaf63dc4c
 * ```
 */
export function fnv1ax64(
  input: string | Uint8Array,
  out: Uint32Array = new Uint32Array(2),
): Uint32Array {
  const view = loadInput(input);
  const length = lengthOf(view);
  let high = OFFSET_64_HIGH;
  let low = OFFSET_64_LOW;
  for (let at = 0; at < length; at += 1) {
    low ^= view.getUint8(at);
    high = primeHigh(high, low);
    low = Math.imul(low, PRIME_64_LOW);
  }
  out[0] = low;
  out[1] = high;
  return out;
}

function primeHigh(high: number, low: number): number {
  return (multiplyHigh(low, PRIME_64_LOW) + Math.imul(high, PRIME_64_LOW) + (low << 8)) | 0;
}
