import { keyHasher } from '@quorate/hash';

import { Sketch } from '../difference/sketch.ts';

/** A set of byte strings that two nodes can make equal. */
export interface ReconcilableSet {
  /** All items, each once; read in one go when a comparison begins. Items are not changed later. */
  items(): Iterable<Uint8Array>;

  /**
   * Takes an item that a peer holds and this set did not when the comparison began. It may have it
   * by now, and may be given it twice.
   *
   * @param item - The callee's to keep.
   */
  add(item: Uint8Array): void;
}

/** A set as it was at one instant, hashed from one seed. */
export class SetSnapshot {
  readonly sketch: Sketch;
  readonly items: readonly Uint8Array[];
  /** Low half, then high half, of the hash of each item. */
  readonly hashes: Uint32Array;
  readonly #hasher: ReturnType<typeof keyHasher>;

  /**
   * O(items), and O(bytes) for the hashes.
   *
   * @throws RangeError if an item is longer than `itemBytesMax`.
   */
  constructor(set: ReconcilableSet, seed: number, itemBytesMax: number) {
    this.#hasher = keyHasher('murmur3-x86-128', seed);
    this.items = [...set.items()];
    this.hashes = new Uint32Array(2 * this.items.length);
    for (const [place, item] of this.items.entries()) {
      if (item.length > itemBytesMax) {
        throw new RangeError(`item: expected at most ${itemBytesMax} bytes, got ${item.length}`);
      }
      this.#hasher.hash(item);
      this.hashes[2 * place] = this.#hasher.low;
      this.hashes[2 * place + 1] = this.#hasher.high;
    }
    this.sketch = new Sketch(this.hashes);
  }

  /** The hash of any item, from the seed of this snapshot. */
  hashOf(item: Uint8Array): readonly [low: number, high: number] {
    this.#hasher.hash(item);
    return [this.#hasher.low >>> 0, this.#hasher.high >>> 0];
  }

  /** The items with these hashes, low half, then high half, of each. O(items). */
  find(hashes: ArrayLike<number>): Uint8Array[] {
    const wanted = new HashSet(hashes);
    return this.items.filter((_item, place) =>
      wanted.has(this.hashes[2 * place] ?? 0, this.hashes[2 * place + 1] ?? 0),
    );
  }
}

/** A set of 64-bit hashes, which are no numbers that a `Set` could hold. */
export class HashSet {
  readonly #highsOf = new Map<number, number[]>();
  #size = 0;

  /** @param hashes - Low half, then high half, of each. */
  constructor(hashes: ArrayLike<number>) {
    for (let at = 0; at < hashes.length; at += 2) {
      const [low, high] = [hashes[at] ?? 0, hashes[at + 1] ?? 0];
      const highs = this.#highsOf.get(low);
      if (highs === undefined) this.#highsOf.set(low, [high]);
      else if (highs.includes(high)) continue;
      else highs.push(high);
      this.#size += 1;
    }
  }

  get size(): number {
    return this.#size;
  }

  has(low: number, high: number): boolean {
    return this.#highsOf.get(low)?.includes(high) ?? false;
  }

  /** Whether it was there. */
  delete(low: number, high: number): boolean {
    const highs = this.#highsOf.get(low);
    const place = highs?.indexOf(high) ?? -1;
    if (highs === undefined || place < 0) return false;
    if (highs.length === 1) this.#highsOf.delete(low);
    else highs.splice(place, 1);
    this.#size -= 1;
    return true;
  }

  /** The first `count` of them, low half, then high half, of each. */
  first(count: number): number[] {
    const hashes: number[] = [];
    for (const [low, highs] of this.#highsOf) {
      for (const high of highs) {
        if (hashes.length === 2 * count) return hashes;
        hashes.push(low, high);
      }
    }
    return hashes;
  }
}
