/*
 * Buckets of which some are gone. Jump, and a plain remainder, find a bucket among n; if it is
 * gone, somebody else must take its keys, and evenly, and the keys of all others must stay.
 *
 * When a bucket goes and w are left, remember w for it. A key that meets the bucket draws again,
 * among w places: those that a line of the buckets had after that removal, when the last in line
 * had stepped into the gap. So place d of the line is bucket d if it was there at that time; if d
 * was gone already, it is whoever stepped into its gap, which is bucket w(d), or whoever stepped
 * into that one's gap:
 *
 *     buckets   0 1 2 3 4 5      2 goes: w(2) = 5, and 5 steps into the gap
 *     line      0 1 5 3 4        then 5 goes: w(5) = 4, and 4 steps into its gap
 *     line      0 1 4 3          place 2, with four left: w(2) = 5, gone; w(5) = 4. It is bucket 4
 *
 * If the bucket found is gone as well, having gone later, draw again with its own w, which is less:
 * so it ends. A bucket comes back by undoing the last removal, and all is as it was before. That is
 * why the order of removals is part of the state, and travels in snapshots: two who removed the
 * same buckets in another order disagree.
 *
 * Sources: Mendelson, Vargaftik, Barabash, Lorenz, Keslassy, Orda, "AnchorHash: a scalable
 * consistent hash", IEEE/ACM ToN 2021, whose K is w here; Coluzzi, Brocco, Antonucci, Leidi,
 * "MementoHash", arXiv:2306.09783, 2024, which puts jump in front and lets the number of buckets
 * grow.
 */
import { invariant } from '../invariant.ts';
import { avalanche } from '../replicas.ts';

/** More take longer to copy than is good for one change. */
export const SIZE_MAX = 1_048_576;

const PRESENT = -1;

/** Which of `size` buckets are there, and in which order the others went. A value. */
export class BucketHistory {
  readonly size: number;
  /** The buckets that are gone, in the order in which they went. */
  readonly removed: readonly number[];
  /** How many were left when a bucket had gone; -1 while it is there. */
  readonly #left: Int32Array;

  /** @throws RangeError if `removed` is not some of the buckets, each once. */
  constructor(size: number, removed: readonly number[]) {
    if (!Number.isInteger(size) || size < 0 || size > SIZE_MAX) {
      throw new RangeError(`buckets: expected an integer in 0..${SIZE_MAX}, got ${size}`);
    }
    this.size = size;
    this.removed = removed;
    this.#left = new Int32Array(size).fill(PRESENT);
    removed.forEach((bucket, before) => {
      if (this.#left[bucket] !== PRESENT) {
        throw new RangeError(`removed: expected buckets that differ, got ${bucket}`);
      }
      this.#left[bucket] = size - before - 1;
    });
  }

  /** How many buckets are there. */
  get working(): number {
    return this.size - this.removed.length;
  }

  has(bucket: number): boolean {
    return this.#left[bucket] === PRESENT;
  }

  /** The bucket that has the keys of `bucket` now: itself if it is there. One must be. */
  follow(bucket: number, high: number, low: number): number {
    const lefts = this.#left;
    // Unsigned on both sides, a remainder is one instruction; of doubles it is a call.
    let at = bucket;
    let left = lefts[at] ?? PRESENT;
    while (left > 0) {
      const draw = avalanche(high ^ Math.imul(low ^ at, 0x9e3779b1) ^ Math.imul(at, 0x85ebca6b));
      let place = (draw >>> 0) % (left >>> 0);
      let stepped = lefts[place] ?? PRESENT;
      while (stepped >= left) {
        place = stepped;
        stepped = lefts[place] ?? PRESENT;
      }
      at = place;
      left = stepped;
    }
    return at;
  }

  /** The history after `bucket` went. */
  without(bucket: number): BucketHistory {
    invariant(this.has(bucket), 'only a bucket that is there goes');
    return new BucketHistory(this.size, [...this.removed, bucket]);
  }

  /** The history before the last removal, and the bucket that is back. */
  restored(): { readonly history: BucketHistory; readonly bucket: number } {
    const bucket = this.removed.at(-1);
    invariant(bucket !== undefined, 'only a bucket that went comes back');
    return { history: new BucketHistory(this.size, this.removed.slice(0, -1)), bucket };
  }
}
