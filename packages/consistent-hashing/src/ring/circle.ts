/*
 * Points on a circle of 2^32 places, each with an owner; a hash belongs to the owner of the first
 * point at or behind it, and behind the last point comes the first.
 *
 * A binary search over 160,000 points is seventeen steps, most of them misses of the cache. But the
 * points are spread evenly, as hashes are: the upper bits of a hash already tell where in the
 * sorted list its point must be. So the circle is cut into at least twice as many cells as there
 * are points. Most cells hold no point, and then all hashes in it have one owner, which the cell
 * knows; the others know where their first point is, and a step or two from there is the answer:
 *
 *     points          5                2    7          whose they are
 *     cells    [ 5 | ~0 | 2 | 2 | 2 | ~1 | 5 | 5 ]     an owner, or where to look
 *
 * One load for most hashes, at any number of nodes. A cell without points holds an owner, at least
 * 0; one with points the complement of an index, which is negative.
 *
 * Two points at one place: the owner that comes first in the order of ids has it, so that it does
 * not matter who was added when. The other's point is not gone: circles are made from all points
 * anew.
 */

/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below is in bounds, by how the cells are filled and by the last end, behind which
   there is no place. */

const PLACES = 2 ** 32;

/** Points and whose they are, side by side. */
export interface Points {
  readonly places: Uint32Array;
  readonly owners: Int32Array;
}

/** Who owns which place. A value. */
export class Circle {
  /** Where each arc ends, included, ascending; and the last place, which belongs to the first. */
  readonly #ends: Uint32Array;
  readonly #owners: Int32Array;
  readonly #cells: Int32Array;
  readonly #shift: number;

  /** @param points - In the order of their owners. Used up. */
  constructor(points: Points) {
    const { ends, owners } = arcsOf(sortedByPlace(points));
    const bits = Math.max(1, Math.ceil(Math.log2(2 * ends.length)));
    this.#ends = ends;
    this.#owners = owners;
    this.#shift = 32 - bits;
    this.#cells = cellsOf(ends, owners, bits);
  }

  /** How many places have a point. */
  get size(): number {
    return this.#ends.length - 1;
  }

  /** The owner of `place`, an int32 or a uint32; -1 on a circle without points. */
  locate(place: number): number {
    const cell = this.#cells[place >>> this.#shift]!;
    return cell >= 0 ? cell : this.#step(place, ~cell);
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
    return { ends: this.#ends.slice(0, size), owners: this.#owners.slice(0, size) };
  }

  #step(place: number, from: number): number {
    const unsigned = place >>> 0;
    let at = from;
    while (this.#ends[at]! < unsigned) at += 1;
    return this.#owners[at]!;
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

function cellsOf(ends: Uint32Array, owners: Int32Array, bits: number): Int32Array {
  const cells = new Int32Array(2 ** bits);
  const shift = 32 - bits;
  const size = ends.length - 1;
  let at = 0;
  for (let cell = 0; cell < cells.length; cell += 1) {
    const isEmpty = at === size || ends[at]! >>> shift !== cell;
    // Without any point there is no owner: -1 says to look at arc 0, and there the same is found.
    cells[cell] = isEmpty ? owners[at]! : ~at;
    while (at < size && ends[at]! >>> shift === cell) at += 1;
  }
  return cells;
}
