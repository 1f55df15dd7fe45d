const CAPACITY_MIN = 16;

/**
 * Never shrinks below this: where entries come and go in bursts, it would grow for each of them.
 */
const SHRUNK_CAPACITY_MIN = 256;

const NO_ID = -1;

/** 2^32 / golden ratio: spreads neighbours and multiples of powers of two alike (Knuth, vol. 3). */
const FIBONACCI = 0x9e37_79b1;

/**
 * What waits under an id that is used once: requests in flight, proposals in the log.
 *
 * Does what a `Map` with whole numbers as keys does, for entries that come and go by the million.
 * A `Map` of V8 is the wrong thing for that: room that deletions leave is won back by moving to a
 * new table, and the old one keeps a reference to the new one. Once one such table has grown old,
 * each scavenge takes all that hung on any later table for alive. This table stays where it is.
 *
 * Open addressing, at most half full; a deletion moves later entries of a run back, so there are no
 * tombstones.
 *
 * @remarks
 * Takes 16 bytes a slot, and keeps two to sixteen slots for each entry, or 256 once it has had so
 * many. Ids that are chosen to collide make an operation take time in proportion to the number of
 * entries.
 */
export class IdTable<Value> {
  #ids = new Float64Array(CAPACITY_MIN).fill(NO_ID);
  #values = emptySlots<Value>(CAPACITY_MIN);
  #size = 0;

  /** Number of entries. */
  get size(): number {
    return this.#size;
  }

  /** The value under `id`, if there is one. */
  get(id: number): Value | undefined {
    return this.#values[this.#slotOf(id)];
  }

  /**
   * Puts `value` under `id`, in place of what is there.
   *
   * @throws RangeError if `id` is not a safe integer of at least 0.
   */
  set(id: number, value: Value): void {
    if (!Number.isSafeInteger(id) || id < 0) {
      throw new RangeError(`id: expected a safe integer >= 0, got ${id}`);
    }
    const slot = this.#slotOf(id);
    const isNew = this.#ids[slot] === NO_ID;
    this.#ids[slot] = id;
    this.#values[slot] = value;
    if (!isNew) return;
    this.#size += 1;
    if (this.#size * 2 > this.#ids.length) this.#resize(this.#ids.length * 2);
  }

  /** Takes out what is under `id`; says whether there was something. */
  delete(id: number): boolean {
    const slot = this.#slotOf(id);
    if (this.#ids[slot] === NO_ID) return false;
    this.#size -= 1;
    this.#closeGap(slot);
    const capacity = this.#ids.length;
    if (capacity > SHRUNK_CAPACITY_MIN && this.#size * 16 < capacity) this.#resize(capacity / 2);
    return true;
  }

  /** Forgets everything. */
  clear(): void {
    this.#replace(CAPACITY_MIN);
    this.#size = 0;
  }

  /** All entries as they are now, by ascending id. Costs a sort. */
  entries(): readonly (readonly [number, Value])[] {
    const found: (readonly [number, Value])[] = [];
    for (const [slot, id] of this.#ids.entries()) {
      const value = this.#values[slot];
      if (id !== NO_ID && value !== undefined) found.push([id, value]);
    }
    return found.sort(([left], [right]) => left - right);
  }

  /** All values as they are now, by ascending id. Costs a sort. */
  values(): readonly Value[] {
    return this.entries().map(([, value]) => value);
  }

  /** Where `id` is, or would go. */
  #slotOf(id: number): number {
    const ids = this.#ids;
    const mask = ids.length - 1;
    let slot = home(id, mask);
    for (;;) {
      const found = ids[slot];
      if (found === id || found === NO_ID) return slot;
      slot = (slot + 1) & mask;
    }
  }

  /** Empties `gap`, and moves back what was behind it only because it was full. */
  #closeGap(gap: number): void {
    const ids = this.#ids;
    const mask = ids.length - 1;
    let hole = gap;
    for (let slot = (gap + 1) & mask; ; slot = (slot + 1) & mask) {
      const id = ids[slot] ?? NO_ID;
      if (id === NO_ID) break;
      // It may move to the hole if its home is not between the two, seen round the ring.
      if (((slot - home(id, mask)) & mask) < ((slot - hole) & mask)) continue;
      ids[hole] = id;
      this.#values[hole] = this.#values[slot];
      hole = slot;
    }
    ids[hole] = NO_ID;
    this.#values[hole] = undefined;
  }

  #resize(capacity: number): void {
    const { ids, values } = this.#replace(capacity);
    for (const [from, id] of ids.entries()) {
      if (id === NO_ID) continue;
      const slot = this.#slotOf(id);
      this.#ids[slot] = id;
      this.#values[slot] = values[from];
    }
    // The old array may be old in the sense of the collector, too: it must hold nobody.
    values.length = 0;
  }

  #replace(capacity: number): { ids: Float64Array; values: (Value | undefined)[] } {
    const before = { ids: this.#ids, values: this.#values };
    this.#ids = new Float64Array(capacity).fill(NO_ID);
    this.#values = emptySlots(capacity);
    return before;
  }
}

function emptySlots<Value>(capacity: number): (Value | undefined)[] {
  return new Array<Value | undefined>(capacity).fill(undefined);
}

/** Where an id goes if nothing is in its way. */
function home(id: number, mask: number): number {
  const mixed = Math.imul((id | 0) ^ (id / 0x1_0000_0000), FIBONACCI);
  return (mixed ^ (mixed >>> 15)) & mask;
}
