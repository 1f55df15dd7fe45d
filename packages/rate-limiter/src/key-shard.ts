/** Places of an empty shard. */
const FIRST_PLACES = 64;

/** Places that a key may lie in, from that of its hash on. Most lie within the first few. */
const PROBES = 64;

/** Says what key a slot has. */
export interface KeyNames {
  keyOf(slot: number): string | undefined;
}

/**
 * From the hashes of keys to their slots: a part of a `KeyIndex`, with open addressing.
 *
 * ```text
 *   … │ hash slot │ hash slot │ 0 0 │ …     a key lies at the place of its hash or soon behind,
 *        ▲                       ▲          and no gap is between
 *        hash & mask             here a search ends
 * ```
 *
 * Hashes are kept beside the slots, so that a search reads the one string that it finds, and
 * growing reads none. At least half of the places are empty.
 *
 * Whoever chooses keys of one hash fills the places that they may lie in; what does not fit lies in
 * a `Map`, whose hash is seeded.
 *
 * Source: Knuth, TAOCP 3, 6.4, algorithms L and R: linear probing, and removal without gravestones.
 */
export class KeyShard {
  readonly #names: KeyNames;
  /** Hash and slot of each place; slot 0 is none. */
  #cells = new Int32Array(2 * FIRST_PLACES);
  #mask = FIRST_PLACES - 1;
  /** Places in use. */
  #used = 0;
  #crowded: Map<string, number> | undefined;

  constructor(names: KeyNames) {
    this.#names = names;
  }

  /** The slot of `key`; 0 if it has none. */
  find(hash: number, key: string): number {
    const cells = this.#cells;
    const mask = this.#mask;
    for (let probe = 0; probe < PROBES; probe += 1) {
      const place = 2 * ((hash + probe) & mask);
      const slot = cells[place + 1] ?? 0;
      if (slot === 0) break;
      if (cells[place] === hash && this.#names.keyOf(slot) === key) return slot;
    }
    return this.#crowded?.get(key) ?? 0;
  }

  /**
   * Adds `key`, which is not here.
   *
   * @param slot - At least 1, and named `key` by now.
   */
  add(hash: number, key: string, slot: number): void {
    if (2 * this.#used > this.#mask) this.#resize(2 * (this.#mask + 1));
    this.#put(hash, key, slot);
  }

  /** Forgets `key`, which is here and has `slot`. */
  delete(hash: number, key: string, slot: number): void {
    if (this.#crowded?.delete(key) === true) return;
    this.#close(this.#placeOf(hash, slot));
    this.#used -= 1;
    const places = this.#mask + 1;
    if (places > FIRST_PLACES && 8 * this.#used < places) this.#resize(places / 2);
  }

  #put(hash: number, key: string, slot: number): void {
    const place = this.#placeOf(hash, 0);
    if (place < 0) {
      this.#crowded ??= new Map();
      this.#crowded.set(key, slot);
      return;
    }
    this.#cells[2 * place] = hash;
    this.#cells[2 * place + 1] = slot;
    this.#used += 1;
  }

  /** Where `slot` lies among the places of `hash`; -1 if it does not. */
  #placeOf(hash: number, slot: number): number {
    for (let probe = 0; probe < PROBES; probe += 1) {
      const place = (hash + probe) & this.#mask;
      if (this.#cells[2 * place + 1] === slot) return place;
    }
    return -1;
  }

  /** Empties a place, and moves up what lies behind it and may lie there. */
  #close(from: number): void {
    const cells = this.#cells;
    const mask = this.#mask;
    let gap = from;
    for (let place = (gap + 1) & mask; cells[2 * place + 1] !== 0; place = (place + 1) & mask) {
      const distance = (place - (cells[2 * place] ?? 0)) & mask;
      if (distance < ((place - gap) & mask)) continue;
      cells[2 * gap] = cells[2 * place] ?? 0;
      cells[2 * gap + 1] = cells[2 * place + 1] ?? 0;
      gap = place;
    }
    cells[2 * gap + 1] = 0;
  }

  #resize(places: number): void {
    const before = this.#cells;
    this.#cells = new Int32Array(2 * places);
    this.#mask = places - 1;
    this.#used = 0;
    for (let place = 0; place < before.length; place += 2) {
      const slot = before[place + 1] ?? 0;
      if (slot > 0) this.#put(before[place] ?? 0, this.#names.keyOf(slot) ?? '', slot);
    }
  }
}
