/*
 * A map of bounded size, in which what was set longest ago goes first.
 *
 * A `Map` keeps the order in which keys came, and its first key is its oldest. But what is deleted
 * leaves a hole until the table is made anew, and whoever asks for the first key walks over all
 * holes before it: where the oldest is deleted for every newcomer, each costs as much as a part of
 * the whole table. Here the entries are a list by age besides, and the oldest is at hand.
 */

interface Entry<Key, Value> {
  readonly key: Key;
  value: Value;
  older: Entry<Key, Value> | undefined;
  newer: Entry<Key, Value> | undefined;
}

/** A map that gives up what was set longest ago. Every call is O(1). */
export class RecentMap<Key, Value> {
  readonly #sizeMax: number;
  readonly #entries = new Map<Key, Entry<Key, Value>>();
  #oldest: Entry<Key, Value> | undefined;
  #newest: Entry<Key, Value> | undefined;

  /** @param sizeMax - How many entries there are at most. At least 1. */
  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** What was set for `key` last. Does not make it newer. */
  get(key: Key): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Sets an entry, which is the newest then. The oldest goes if there are too many. */
  set(key: Key, value: Value): void {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { key, value, older: undefined, newer: undefined };
      this.#entries.set(key, entry);
    } else {
      entry.value = value;
      this.#unlink(entry);
    }
    this.#append(entry);
    if (this.#entries.size > this.#sizeMax && this.#oldest !== undefined) {
      this.delete(this.#oldest.key);
    }
  }

  /** Takes an entry out. Whether there was one. */
  delete(key: Key): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    this.#entries.delete(key);
    this.#unlink(entry);
    return true;
  }

  /** Takes all out. */
  clear(): void {
    this.#entries.clear();
    this.#oldest = undefined;
    this.#newest = undefined;
  }

  #append(entry: Entry<Key, Value>): void {
    entry.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }

  #unlink(entry: Entry<Key, Value>): void {
    const { older, newer } = entry;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    entry.older = undefined;
    entry.newer = undefined;
  }
}
