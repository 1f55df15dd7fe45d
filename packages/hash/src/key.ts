/** 64 bits as two halves, each an integer in 0..2^32-1. */
export interface Key64 {
  readonly high: number;
  readonly low: number;
}

/**
 * What is hashed: a string of bytes, said in one of five ways.
 *
 * @remarks
 * A `string` is its UTF-8; a lone surrogate becomes U+FFFD, as `TextEncoder` has it. A `number` is
 * an integer in 0..2^32-1, a `bigint` one in 0..2^64-1, and a `Key64` its two halves; each is the
 * same 8 bytes, little-endian. So `7`, `7n`, `{ high: 0, low: 7 }` and those 8 bytes are one key,
 * and `'1'` and `1` are two. Strings are not normalised: "é" may be two keys.
 */
export type Key = string | Uint8Array | number | bigint | Key64;

const UINT64_MAX = 0xffff_ffff_ffff_ffffn;

/** `value` as the same 32 bits, signed. */
export function checkedHalf(name: string, value: number): number {
  if (value >>> 0 === value) return value | 0;
  throw new RangeError(`${name}: expected an integer in 0..2^32-1, got ${value}`);
}

/** `value`, if it fits 64 bits. */
export function checkedUint64(name: string, value: bigint): bigint {
  if (value >= 0n && value <= UINT64_MAX) return value;
  throw new RangeError(`${name}: expected an integer in 0..2^64-1, got ${value}`);
}

/** Bits 32..63, signed. */
export function highHalf(value: bigint): number {
  return Number(BigInt.asIntN(32, value >> 32n));
}

/** Bits 0..31, signed. */
export function lowHalf(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}
