/*
 * Where the three slots of a key are, in a binary fuse filter.
 *
 * The table is a row of segments. A key's first slot lies anywhere but in the last two segments,
 * its second and third at some place of the two segments that follow:
 *
 *   segment   0       1       2       3       4       5
 *          +-------+-------+-------+-------+-------+-------+
 *          |       |   0   |  1    |     2 |       |       |
 *          +-------+-------+-------+-------+-------+-------+
 *
 * So three slots are never the same one, and keys near each other use slots near each other.
 *
 * The hash is mixed once more, with the seed of the filter: another seed is another filter. Each
 * step of the mix can be undone, so different hashes stay different.
 *
 * Source: Graf and Lemire, "Binary fuse filters: fast and smaller than xor filters", ACM JEA 2022;
 * the sizes are those of its authors' program. Departs from it in the mix, which takes 32 bits.
 */
import { fastRange } from '../fast-range.ts';
import { naturalLog } from '../natural-log.ts';

/** The natural logarithm of 3.33, to whose base segments grow. */
const LN_333 = 1.202_972_304_001_416;
const LN_MILLION = 13.815_510_557_964_274;

/** The logarithm of the smallest segments. */
export const SEGMENT_LOG_MIN = 2;

/** Segments are a power of two that is not larger. */
export const SEGMENT_LOG_MAX = 18;

/** The shape of a table. */
export interface FuseShape {
  /** The binary logarithm of the slots in a segment, 2..18. */
  readonly segmentLog: number;
  /** In how many segments a first slot may lie, at least 1; the table has two more. */
  readonly segmentCount: number;
}

/** The shape that peels with high probability for `itemCount` distinct hashes. */
export function fuseShape(itemCount: number): FuseShape {
  if (itemCount <= 1) return { segmentLog: SEGMENT_LOG_MIN, segmentCount: 1 };
  const log = naturalLog(itemCount);
  const segmentLog = Math.min(SEGMENT_LOG_MAX, Math.floor(log / LN_333 + 2.25));
  const factor = Math.max(1.125, 0.875 + (0.25 * LN_MILLION) / log);
  const segments = Math.ceil(Math.round(itemCount * factor) / 2 ** segmentLog);
  return { segmentLog, segmentCount: Math.max(1, segments - 2) };
}

/** How many slots a table of this shape has. */
export function slotCountOf(shape: FuseShape): number {
  return (shape.segmentCount + 2) * 2 ** shape.segmentLog;
}

/** The upper half of the mix of one hash half with one seed half. */
export function mixUpper(high: number, seedHigh: number): number {
  const mixed = Math.imul(high ^ seedHigh, 0x85eb_ca6b);
  return mixed ^ (mixed >>> 15);
}

/** The lower half, given the upper one. */
export function mixLower(low: number, upper: number, seedLow: number): number {
  const mixed = Math.imul((low + upper) ^ seedLow, 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}

/** The first slot, from the upper half and the lower. */
export function firstSlot(upper: number, lower: number, slotCount: number): number {
  return fastRange(Math.imul(upper ^ lower, 0x9e37_79b1), slotCount);
}

/** Bits for the third slot and the fingerprint, as an int32. */
export function mixRest(upper: number, lower: number): number {
  const mixed = Math.imul(upper + (lower >>> 16), 0x2c1b_3c6d) ^ lower;
  return mixed ^ (mixed >>> 13);
}

/** What a filter keeps of a key: 32 bits, of which it takes the lowest. */
export function fingerprintOf(upper: number, lower: number): number {
  const mixed = Math.imul(lower ^ (upper >>> 11), 0x297a_2d39);
  return mixed ^ (mixed >>> 15) ^ upper;
}
