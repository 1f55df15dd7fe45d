/** Keys in the first map: as many as an engine moves within some milliseconds. */
const FIRST_MAX = 16_384;

const SHARDS = 256;

/** Characters at a key's end that choose its shard: where keys of one shape differ. */
const HASHED_CHARACTERS = 6;

/**
 * From keys to slots, for millions of keys, without a pause when it grows or shrinks.
 *
 * An engine's `Map` is moved as a whole each time it doubles, which takes it a tenth of a second at
 * a million keys. So what does not fit into a first map of some ten thousand lies in 256 others,
 * each of which is moved by itself. Who has fewer keys pays nothing for that.
 *
 * What is left is the engine's own: V8 keeps one table of all strings that ever were a key of a
 * `Map`, and moves it when their number doubles, once in a process, whatever the maps are.
 *
 * Which of them is chosen by the last characters of the key. An attacker may see to it that they
 * fill unevenly, and wins the pause of a single large map: finding a key stays the engine's seeded
 * hash.
 */
export class KeyIndex {
  readonly #first = new Map<string, number>();
  #shards: readonly Map<string, number>[] | undefined;
  #shardedCount = 0;

  /** How many keys there are. */
  get size(): number {
    return this.#first.size + this.#shardedCount;
  }

  /** The slot of `key`; `undefined` if it has none. */
  get(key: string): number | undefined {
    const slot = this.#first.get(key);
    if (slot !== undefined || this.#shards === undefined) return slot;
    return this.#shards[shardOf(key)]?.get(key);
  }

  /** Gives `key`, which has none, a slot. */
  add(key: string, slot: number): void {
    if (this.#first.size < FIRST_MAX) {
      this.#first.set(key, slot);
      return;
    }
    this.#shards ??= Array.from({ length: SHARDS }, () => new Map<string, number>());
    this.#shards[shardOf(key)]?.set(key, slot);
    this.#shardedCount += 1;
  }

  /** Forgets `key`. */
  delete(key: string): void {
    if (this.#first.delete(key)) return;
    if (this.#shards?.[shardOf(key)]?.delete(key) === true) this.#shardedCount -= 1;
  }

  /** Every key with its slot. */
  *entries(): Generator<[key: string, slot: number]> {
    yield* this.#first;
    for (const shard of this.#shards ?? []) yield* shard;
  }
}

function shardOf(key: string): number {
  let hash = key.length;
  for (let index = Math.max(0, key.length - HASHED_CHARACTERS); index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x0100_0193);
  }
  return (hash ^ (hash >>> 15)) & (SHARDS - 1);
}
