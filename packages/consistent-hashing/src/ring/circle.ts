/*
 * Points on a circle of 2^32 places, each with an owner; a hash belongs to the owner of the first
 * point at or behind it, and behind the last point comes the first.
 *
 * A binary search over 160,000 points is seventeen steps, most of them misses of the cache. But the
 * points are spread evenly, as hashes are: the upper bits of a hash already tell where in the
 * sorted list its point must be. So the circle is cut into at least as many cells as there are
 * points, and each cell knows how many points lie before it:
 *
 *     points          5                2    7
 *     cells    [ 0 | 0 | 1 | 1 | 1 | 1 | 3 | 3 ]
 *
 * From there it is a step or two, at any number of nodes. How many no processor can guess, and a
 * wrong guess costs as much as three steps; so three are always taken, each by as much as the sign
 * of a difference says, 0 or 1, and only what is left is a loop. What else a lookup costs is misses
 * of the cache, so all of it is small: cells count from the first point of their group of 64, in a
 * byte.
 *
 * Two points at one place: the owner that comes first in the order of ids has it, so that it does
 * not matter who was added when. The other's point is not gone: circles are made from all points
 * anew.
 */

/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below is in bounds, by how the cells are filled and by the last end, behind which
   there is no place. */

const PLACES = 2 ** 32;

/** 64 cells are a group. */
const GROUP_BITS = 6;

/** Points and whose they are, side by side. */
export interface Points {
  readonly places: Uint32Array;
  readonly owners: Int32Array;
}

/** Who owns which place. A value. */
export class Circle {
  /** Where each arc ends, included, ascending; and the last place, which belongs to the first. */
  readonly #ends: Uint32Array;
  /** The same memory: differences of int32 have a sign. */
  readonly #signedEnds: Int32Array;
  readonly #owners: Int16Array | Int32Array;
  /** How many points of its group lie before each cell. */
  readonly #cells: Uint8Array | Int32Array;
  /** How many points lie before each group of cells. */
  readonly #groups: Int32Array;
  readonly #shift: number;
  /** Whether two ends may be so far apart that the sign of a difference lies. */
  readonly #isSparse: boolean;

  /** @param points - In the order of their owners. Used up. */
  constructor(points: Points) {
    const { ends, owners } = arcsOf(sortedByPlace(points));
    const bits = Math.max(GROUP_BITS, Math.ceil(Math.log2(ends.length)));
    const { cells, groups } = cellsOf(ends, bits);
    this.#ends = ends;
    this.#signedEnds = new Int32Array(ends.buffer);
    this.#owners = narrowed(owners, Int16Array.from(owners));
    this.#shift = 32 - bits;
    this.#cells = narrowed(cells, Uint8Array.from(cells));
    this.#groups = groups;
    this.#isSparse = ends.some((end, index) => end - (ends[index - 1] ?? -1) >= 2 ** 31);
  }

  /** How many places have a point. */
  get size(): number {
    return this.#ends.length - 1;
  }

  /** The owner of `place`, an int32 or a uint32; -1 on a circle without points. */
  locate(place: number): number {
    if (this.#isSparse) return this.#owners[this.#search(place >>> 0)]!;
    const ends = this.#signedEnds;
    const target = place | 0;
    const cell = target >>> this.#shift;
    let at = this.#groups[cell >>> GROUP_BITS]! + this.#cells[cell]!;
    at -= ((ends[at]! - target) | 0) >> 31;
    at -= ((ends[at]! - target) | 0) >> 31;
    at -= ((ends[at]! - target) | 0) >> 31;
    while (((ends[at]! - target) | 0) < 0) at += 1;
    return this.#owners[at]!;
  }

  /** The owners of the points from `place` on, once around, each as often as it has points. */
  *walk(place: number): Generator<number> {
    const { size } = this;
    const start = this.#search(place >>> 0);
    for (let step = 0; step < size; step += 1) yield this.#owners[(start + step) % size]!;
  }

  /** The ends of all arcs, and their owners, as copies. */
  arcs(): { readonly ends: Uint32Array; readonly owners: Int32Array } {
    const { size } = this;
    return {
      ends: this.#ends.slice(0, size),
      owners: Int32Array.from(this.#owners.subarray(0, size)),
    };
  }

  /** The first point at or behind `place`; `size` if there is none. */
  #search(place: number): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ends[middle]! < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Bits that one pass of the sort looks at: three passes for 32. */
const DIGIT_BITS = 11;
const DIGITS = 2 ** DIGIT_BITS;

/**
 * The same points in the order of their places, those at one place in the order they came in.
 *
 * Dealt out by their lowest bits, then by the middle ones, then by the highest, each time in the
 * order of the time before: linear, whatever the places are. Both pairs of arrays are used.
 */
function sortedByPlace(points: Points): Points {
  const { length } = points.places;
  let from = points;
  let to: Points = { places: new Uint32Array(length), owners: new Int32Array(length) };
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    dealOut(from, to, shift);
    [from, to] = [to, from];
  }
  return from;
}

function dealOut(from: Points, to: Points, shift: number): void {
  const { length } = from.places;
  const starts = new Uint32Array(DIGITS + 1);
  for (let at = 0; at < length; at += 1) {
    starts[((from.places[at]! >>> shift) & (DIGITS - 1)) + 1]! += 1;
  }
  for (let digit = 1; digit < DIGITS; digit += 1) starts[digit]! += starts[digit - 1]!;
  for (let at = 0; at < length; at += 1) {
    const place = from.places[at]!;
    const digit = (place >>> shift) & (DIGITS - 1);
    const into = starts[digit]!;
    starts[digit] = into + 1;
    to.places[into] = place;
    to.owners[into] = from.owners[at]!;
  }
}

/** One arc for each place that has a point, and one more for the places behind the last. */
function arcsOf(sorted: Points): { ends: Uint32Array; owners: Int32Array } {
  const { length } = sorted.places;
  const ends = new Uint32Array(length + 1);
  const owners = new Int32Array(length + 1).fill(-1);
  let size = 0;
  for (let at = 0; at < length; at += 1) {
    const place = sorted.places[at]!;
    if (size > 0 && ends[size - 1] === place) continue;
    ends[size] = place;
    owners[size] = sorted.owners[at]!;
    size += 1;
  }
  ends[size] = PLACES - 1;
  owners[size] = owners[0]!;
  return { ends: ends.slice(0, size + 1), owners: owners.slice(0, size + 1) };
}

function cellsOf(
  ends: Uint32Array,
  bits: number,
): { readonly cells: Int32Array; readonly groups: Int32Array } {
  const cells = new Int32Array(2 ** bits);
  const groups = new Int32Array(2 ** (bits - GROUP_BITS));
  const shift = 32 - bits;
  const size = ends.length - 1;
  let at = 0;
  for (let cell = 0; cell < cells.length; cell += 1) {
    const group = cell >>> GROUP_BITS;
    if (group << GROUP_BITS === cell) groups[group] = at;
    cells[cell] = at - groups[group]!;
    while (at < size && ends[at]! >>> shift === cell) at += 1;
  }
  return { cells, groups };
}

/** `narrow` if it holds the same numbers. */
function narrowed<Narrow extends Uint8Array | Int16Array>(
  numbers: Int32Array,
  narrow: Narrow,
): Narrow | Int32Array {
  return narrow.every((number, index) => number === numbers[index]) ? narrow : numbers;
}
