import { KeyShard } from './key-shard.ts';

/** Keys in the first map: as many as an engine moves within a millisecond or two. */
const FIRST_MAX = 4_096;

/** A power of two; the first bits of a hash choose one. */
const SHARDS = 256;
const SHARD_SHIFT = 24;

/** Keys of a page of names. */
const NAMES_SHIFT = 12;
const NAMES_MASK = 2 ** NAMES_SHIFT - 1;

/** Characters of a long key that count for its hash, at its beginning and at its end each. */
const HASHED_CHARACTERS = 64;

/**
 * From keys to slots and back, for millions of keys, without a pause when it grows or shrinks.
 *
 * Few keys lie in the engine's `Map`, which finds a string in some nanoseconds by the hash that the
 * engine keeps with it. Many do not: a `Map` is moved as a whole each time it doubles, and V8 also
 * enters each string that a `Map` was asked for into a table of its own, which takes a tenth of a
 * second to move at a million of them. So more keys than the first map is for lie in 256 shards,
 * each of which is moved by itself, by a hash of ours.
 *
 * That hash has no seed: who chooses keys may have many lie in one shard, and wins the pause of a
 * single large map for it.
 */
export class KeyIndex {
  #first = new Map<string, number>();
  #shards: readonly KeyShard[] | undefined;
  /** The key of each slot, in pages: one array would be moved whenever it is full. */
  readonly #names: (string | undefined)[][] = [];
  #size = 0;

  /** How many keys there are. */
  get size(): number {
    return this.#size;
  }

  /** The slot of `key`; 0 if it has none. */
  slotOf(key: string): number {
    if (this.#shards === undefined) return this.#first.get(key) ?? 0;
    const hash = hashOf(key);
    return this.#shards[hash >>> SHARD_SHIFT]?.find(hash, key) ?? 0;
  }

  /** The key that has `slot`. */
  keyOf(slot: number): string | undefined {
    return this.#names[slot >> NAMES_SHIFT]?.[slot & NAMES_MASK];
  }

  /**
   * Gives `key`, which has none, a slot that no key has.
   *
   * @param slot - At least 1.
   */
  add(key: string, slot: number): void {
    this.#rename(slot, key);
    this.#size += 1;
    if (this.#shards === undefined && this.#size > FIRST_MAX) this.#split();
    if (this.#shards === undefined) this.#first.set(key, slot);
    else addTo(this.#shards, key, slot);
  }

  /** Forgets the key that has `slot`. */
  delete(slot: number): void {
    const key = this.keyOf(slot);
    if (key === undefined) return;
    if (this.#shards === undefined) this.#first.delete(key);
    else {
      const hash = hashOf(key);
      this.#shards[hash >>> SHARD_SHIFT]?.delete(hash, key, slot);
    }
    this.#rename(slot, undefined);
    this.#size -= 1;
  }

  /** Every key with its slot. */
  *entries(): Generator<[key: string, slot: number]> {
    for (const [page, names] of this.#names.entries()) {
      for (const [at, key] of names.entries()) {
        if (key !== undefined) yield [key, (page << NAMES_SHIFT) + at];
      }
    }
  }

  #split(): void {
    const shards = Array.from({ length: SHARDS }, () => new KeyShard(this));
    for (const [key, slot] of this.#first) addTo(shards, key, slot);
    this.#shards = shards;
    this.#first = new Map();
  }

  #rename(slot: number, key: string | undefined): void {
    const names = (this.#names[slot >> NAMES_SHIFT] ??= []);
    names[slot & NAMES_MASK] = key;
  }
}

function addTo(shards: readonly KeyShard[], key: string, slot: number): void {
  const hash = hashOf(key);
  shards[hash >>> SHARD_SHIFT]?.add(hash, key, slot);
}

/** FNV-1a over the UTF-16 code units, then mixed: spread is all that is asked of it. */
function hashOf(key: string): number {
  const { length } = key;
  const isLong = length > 2 * HASHED_CHARACTERS;
  const head = isLong ? HASHED_CHARACTERS : length;
  let hash = length;
  for (let index = 0; index < head; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x0100_0193);
  }
  for (let index = isLong ? length - HASHED_CHARACTERS : length; index < length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x0100_0193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
  hash = Math.imul(hash ^ (hash >>> 13), 0x297a_2d39);
  return hash ^ (hash >>> 15);
}
