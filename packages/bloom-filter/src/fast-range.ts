/** Below this many buckets, the product with 32 bits is exact in a double. */
const EXACT_COUNT_MAX = 0x20_0000;

/**
 * `hash` of 32 bits scaled to 0..count-1: the upper half of their product.
 *
 * @param hash - 32 bits, as an int32.
 * @param count - How many buckets there are; an integer in 1..2^31-1.
 *
 * @remarks
 * A multiplication where `hash % count` divides, and it uses the upper bits of the hash first. A
 * product past 2^53 would be rounded, up to `count` itself at worst: one bucket too far. So large
 * counts multiply in two halves of 16 bits, which is exact.
 *
 * Source: Lemire, "Fast random integer generation in an interval", ACM TOMACS 2019.
 */
export function fastRange(hash: number, count: number): number {
  if (count <= EXACT_COUNT_MAX) return ((hash >>> 0) * count * 2 ** -32) | 0;
  const low = Math.floor(((hash & 0xffff) * count) / 0x1_0000);
  return Math.floor(((hash >>> 16) * count + low) / 0x1_0000) | 0;
}
