/**
 * Bits 32..63 of the product of two unsigned words, as an int32.
 *
 * @remarks
 * The product of two halves of 16 bits has 32, and leaves room for one more half:
 * 0xffff * 0xffff + 0xffff = 0xffff_0000. So school multiplication needs no wider number, and the
 * sums below never lose a carry.
 */
export function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const other = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (other >>> 16)) | 0;
}

/** 1 if `sum`, the lower 32 bits of `addend` and something, came out smaller: a carry. */
export function carryOf(sum: number, addend: number): number {
  return sum >>> 0 < addend >>> 0 ? 1 : 0;
}

/**
 * Bits 32..63 of the product of two words of 64 bits; bits 0..31 are `Math.imul(aLow, bLow)`.
 *
 * @remarks
 * The product of the two high halves lies beyond bit 63, and of the mixed ones only the lower half
 * counts.
 */
export function productHigh(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  return (multiplyHigh(aLow, bLow) + Math.imul(aHigh, bLow) + Math.imul(aLow, bHigh)) | 0;
}
