/*
 * The set of configurations the search has been in: which operations are linearized, and the state
 * they led to. Being there twice would search the same subtree twice, and there are exponentially
 * many ways to get to the same place; remembering them is what makes the search feasible at all.
 *
 * A configuration is kept as a run of 32-bit words in one growing typed array, and found through an
 * open-addressing table. Operations are linearized almost in the order of their calls, so the bits
 * of a configuration are ones up to some word, then a few mixed words, then zeros: only the mixed
 * ones are stored. A hash alone never decides: words are compared on every hit.
 *
 * Source: W. Wing and C. Gong, "Testing and verifying concurrent objects", JPDC 1993 (the search);
 * G. Lowe, "Testing for linearizability", CCPE 2017 (remembering configurations).
 */

/** Memory that all partitions of one check share. */
export interface MemoryBudget {
  /** Below 0 once something that could not be refused was larger than what was left. */
  bytesLeft: number;
}

const INITIAL_SLOTS = 1 << 5;
const INITIAL_WORDS = 1 << 7;

/** Words before the bits of an entry: hash, state, first word, word count. */
const HEADER_WORDS = 4;

/** Remembers configurations; forgets none; says so when its memory is used up. */
export class Configurations {
  readonly #budget: MemoryBudget;
  /** Entries, one after another. */
  #arena = new Int32Array(INITIAL_WORDS);
  #used = 0;
  /** For each slot, where its entry begins plus one; 0 for a free slot. */
  #slots = new Int32Array(INITIAL_SLOTS);
  #count = 0;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
    budget.bytesLeft -= 4 * (INITIAL_WORDS + INITIAL_SLOTS);
  }

  /** How many are remembered. */
  get count(): number {
    return this.#count;
  }

  /**
   * Remembers a configuration.
   *
   * @param hash - Of the bits: equal bits, equal hash.
   * @param state - The number of the state.
   * @param bits - One bit per operation; ones before word `first`, zeros after word `last`.
   * @returns 'new', 'known', or 'full' if there is no memory left; then nothing changed.
   */
  add(
    hash: number,
    state: number,
    bits: Int32Array,
    first: number,
    last: number,
  ): 'new' | 'known' | 'full' {
    const mixed = Math.imul(hash ^ Math.imul(state, 0x9e3779b1), 0x85ebca6b);
    const key = mixed ^ (mixed >>> 15);
    const mask = this.#slots.length - 1;
    let slot = key & mask;
    for (;;) {
      const entry = this.#slots[slot] ?? 0;
      if (entry === 0) break;
      if (this.#equals(entry - 1, key, state, bits, first, last)) return 'known';
      slot = (slot + 1) & mask;
    }
    const wordCount = Math.max(0, last - first + 1);
    if (this.#budget.bytesLeft < 0 || !this.#makeRoom(HEADER_WORDS + wordCount)) return 'full';
    if (mask !== this.#slots.length - 1) slot = this.#freeSlot(key);
    this.#slots[slot] = this.#used + 1;
    this.#count += 1;
    this.#append(key, state, bits, first, wordCount);
    return 'new';
  }

  #append(key: number, state: number, bits: Int32Array, first: number, wordCount: number): void {
    const arena = this.#arena;
    let at = this.#used;
    arena[at++] = key;
    arena[at++] = state;
    arena[at++] = first;
    arena[at++] = wordCount;
    for (let word = 0; word < wordCount; word += 1) arena[at++] = bits[first + word] ?? 0;
    this.#used = at;
  }

  #equals(
    entry: number,
    key: number,
    state: number,
    bits: Int32Array,
    first: number,
    last: number,
  ): boolean {
    const arena = this.#arena;
    if (arena[entry] !== key || arena[entry + 1] !== state || arena[entry + 2] !== first) {
      return false;
    }
    const wordCount = Math.max(0, last - first + 1);
    if (arena[entry + 3] !== wordCount) return false;
    for (let word = 0; word < wordCount; word += 1) {
      if (arena[entry + HEADER_WORDS + word] !== bits[first + word]) return false;
    }
    return true;
  }

  /** Grows the arena and the table as needed. */
  #makeRoom(wordCount: number): boolean {
    while (this.#used + wordCount > this.#arena.length) {
      if (!this.#take(this.#arena.length)) return false;
      const larger = new Int32Array(this.#arena.length * 2);
      larger.set(this.#arena);
      this.#arena = larger;
    }
    // At most half full, so that probes stay short.
    if ((this.#count + 1) * 2 > this.#slots.length) {
      if (!this.#take(this.#slots.length)) return false;
      this.#rehash();
    }
    return true;
  }

  #take(wordCount: number): boolean {
    const sizeBytes = wordCount * 4;
    if (sizeBytes > this.#budget.bytesLeft) return false;
    this.#budget.bytesLeft -= sizeBytes;
    return true;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let entry = 0; entry < this.#used;) {
      this.#slots[this.#freeSlot(this.#arena[entry] ?? 0)] = entry + 1;
      entry += HEADER_WORDS + (this.#arena[entry + 3] ?? 0);
    }
  }

  #freeSlot(key: number): number {
    const mask = this.#slots.length - 1;
    let slot = key & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    return slot;
  }
}
