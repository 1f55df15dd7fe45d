/**
 * The future of a simulation: values ordered by time, by rank among equal times, and by insertion
 * among equal ranks. Rank and insertion make one number, so that ties cost one comparison.
 *
 * A binary heap (Williams, "Algorithm 232: Heapsort", CACM 1964) whose keys lie in typed arrays in
 * heap order, so that a comparison touches two neighbouring numbers and no object. Every value has
 * a slot that says where in the heap it stands; that makes the removal of a cancelled timer
 * O(log n) instead of leaving it to rot until its time comes.
 *
 * ```text
 *   heap position    0      1      2      3 …        times, sequences, slots: moved together
 *                    |      |
 *   slots            7      2                        positions[7] = 0, positions[2] = 1
 * ```
 */
export class EventQueue<Value> {
  #times = new Float64Array(64);
  #sequences = new Float64Array(64);
  #slots = new Int32Array(64);
  #positions = new Int32Array(64);
  readonly #values: (Value | undefined)[] = [];
  readonly #freeSlots: number[] = [];
  #size = 0;
  #nextSequence = 0;

  /** How many values wait. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds `value` at `time`, behind everything already there for the same time and rank. O(log n).
   *
   * @param time - Any number but NaN.
   * @param rank - 0..2^16-1; lower goes first among values of the same time. The default is 0.
   * @returns The slot to give to `remove`.
   */
  add(time: number, value: Value, rank = 0): number {
    const slot = this.#freeSlots.pop() ?? this.#values.length;
    this.#values[slot] = value;
    if (this.#size === this.#slots.length || slot >= this.#positions.length) this.#grow();
    const sequence = rank * sequencesPerRank + this.#nextSequence++;
    this.#siftUp(this.#size++, time, sequence, slot);
    return slot;
  }

  /** The earliest time, or Infinity when nothing waits. */
  nextTime(): number {
    return this.#size === 0 ? Infinity : (this.#times[0] ?? Infinity);
  }

  /** Takes the earliest value out. O(log n). */
  pop(): Value | undefined {
    if (this.#size === 0) return undefined;
    return this.#removeAt(0);
  }

  /**
   * Takes out `value`, which `add` put into `slot`. O(log n).
   *
   * @returns Whether it was still there: a slot is reused once its value has left.
   */
  remove(slot: number, value: Value): boolean {
    if (this.#values[slot] !== value) return false;
    this.#removeAt(this.#positions[slot] ?? 0);
    return true;
  }

  #removeAt(position: number): Value | undefined {
    const slot = this.#slots[position] ?? 0;
    const value = this.#values[slot];
    this.#values[slot] = undefined;
    this.#freeSlots.push(slot);

    const last = --this.#size;
    if (position !== last) {
      const time = this.#times[last] ?? 0;
      const sequence = this.#sequences[last] ?? 0;
      const moved = this.#slots[last] ?? 0;
      if (position > 0 && this.#isBefore(time, sequence, (position - 1) >> 1)) {
        this.#siftUp(position, time, sequence, moved);
      } else {
        this.#siftDown(position, time, sequence, moved);
      }
    }
    return value;
  }

  #isBefore(time: number, sequence: number, position: number): boolean {
    const other = this.#times[position] ?? 0;
    return time < other || (time === other && sequence < (this.#sequences[position] ?? 0));
  }

  #siftUp(from: number, time: number, sequence: number, slot: number): void {
    let position = from;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (!this.#isBefore(time, sequence, parent)) break;
      this.#move(parent, position);
      position = parent;
    }
    this.#place(position, time, sequence, slot);
  }

  #siftDown(from: number, time: number, sequence: number, slot: number): void {
    const size = this.#size;
    let position = from;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= size) break;
      const right = child + 1;
      if (
        right < size &&
        this.#isBefore(this.#times[right] ?? 0, this.#sequences[right] ?? 0, child)
      ) {
        child = right;
      }
      if (this.#isBefore(time, sequence, child)) break;
      this.#move(child, position);
      position = child;
    }
    this.#place(position, time, sequence, slot);
  }

  #move(source: number, target: number): void {
    const slot = this.#slots[source] ?? 0;
    this.#place(target, this.#times[source] ?? 0, this.#sequences[source] ?? 0, slot);
  }

  #place(position: number, time: number, sequence: number, slot: number): void {
    this.#times[position] = time;
    this.#sequences[position] = sequence;
    this.#slots[position] = slot;
    this.#positions[slot] = position;
  }

  #grow(): void {
    const capacity = 2 * this.#slots.length;
    this.#times = copyInto(new Float64Array(capacity), this.#times);
    this.#sequences = copyInto(new Float64Array(capacity), this.#sequences);
    this.#slots = copyInto(new Int32Array(capacity), this.#slots);
    this.#positions = copyInto(new Int32Array(capacity), this.#positions);
  }
}

/** How many values may be added before ranks would mix: 2^37, a day at a million a second. */
const sequencesPerRank = 137_438_953_472;

function copyInto<Column extends Float64Array | Int32Array>(
  target: Column,
  source: Column,
): Column {
  target.set(source);
  return target;
}
