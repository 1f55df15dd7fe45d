/**
 * Which of ten thousand deadlines comes next, without asking each.
 *
 * The problem. Every peer has an instant from which on it is suspected. Looking at all of them ten
 * times a second finds those that are due a tenth of a second late, and costs the same when nothing
 * happens, which is nearly always.
 *
 * The idea is the oldest in the book: a binary heap, the earliest deadline on top, and one timer
 * for it. But a heartbeat moves a deadline, and heartbeats are what there is most of. So whoever
 * uses the heap is lazy: a heartbeat that moves its deadline to *later*, as all but a few do,
 * leaves the heap alone. What stands there is then too early. When it comes up, the true deadline
 * is computed, and if it is not due the entry sinks to its place: once for each time-out of a peer
 * instead of once for each heartbeat.
 *
 * ```text
 *   heartbeat       true deadline 9,200      the heap still says 5,100
 *   at 5,100        9,200 is not due yet     the entry moves to 9,200
 *   heartbeat …
 * ```
 *
 * Deadlines are kept by *slot*, a small integer that stands for a peer, in three typed arrays: the
 * deadlines in heap order, the slots in heap order, and where in the heap each slot is.
 *
 * Source: Williams, "Algorithm 232: Heapsort", Communications of the ACM 7(6), 1964.
 */
import { invariant } from '../invariant.ts';

/** Slots that there is room for at first. It doubles when needed. */
const SLOTS_AT_FIRST = 16;

/** Deadlines by slot, the earliest first. */
export class DeadlineHeap {
  #atMs = new Float64Array(SLOTS_AT_FIRST);
  #slotAt = new Int32Array(SLOTS_AT_FIRST);
  /** Where in the heap a slot is, -1 if nowhere. */
  #placeOf = new Int32Array(SLOTS_AT_FIRST).fill(-1);
  #size = 0;

  /** How many slots have a deadline. */
  get size(): number {
    return this.#size;
  }

  /** The earliest deadline; `Infinity` if there is none. O(1). */
  get nextMs(): number {
    return this.#size === 0 ? Infinity : (this.#atMs[0] ?? Infinity);
  }

  /** The slot of the earliest deadline; -1 if there is none. O(1). */
  get nextSlot(): number {
    return this.#size === 0 ? -1 : (this.#slotAt[0] ?? -1);
  }

  /** The deadline of `slot`; `Infinity` if it has none. O(1). */
  atMs(slot: number): number {
    const place = this.#placeOf[slot] ?? -1;
    return place < 0 ? Infinity : (this.#atMs[place] ?? Infinity);
  }

  /**
   * Gives `slot` a deadline, or moves it.
   *
   * @param slot - An integer, 0..2^30; memory grows with the largest.
   * @param atMs - Any number but NaN.
   * @remarks O(log size). Allocates when a slot is larger than any before.
   */
  set(slot: number, atMs: number): void {
    invariant(!Number.isNaN(atMs), 'a deadline is a number');
    if (slot >= this.#placeOf.length) this.#grow(slot);
    let place = this.#placeOf[slot] ?? -1;
    if (place < 0) {
      place = this.#size;
      this.#size += 1;
    }
    this.#sink(this.#rise(place, atMs), slot, atMs);
  }

  /** Takes away the deadline of `slot`, if it has one. O(log size). */
  remove(slot: number): void {
    const place = this.#placeOf[slot] ?? -1;
    if (place < 0) return;
    this.#placeOf[slot] = -1;
    this.#size -= 1;
    if (place === this.#size) return;
    const lastMs = this.#atMs[this.#size] ?? Infinity;
    const lastSlot = this.#slotAt[this.#size] ?? -1;
    this.#sink(this.#rise(place, lastMs), lastSlot, lastMs);
  }

  /** Moves later ones down from above `place` until `atMs` fits. @returns Where it fits. */
  #rise(place: number, atMs: number): number {
    let at = place;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const aboveMs = this.#atMs[above] ?? -Infinity;
      if (aboveMs <= atMs) break;
      this.#put(at, this.#slotAt[above] ?? -1, aboveMs);
      at = above;
    }
    return at;
  }

  /** Moves earlier ones up from below `place` until `atMs` fits, and puts it there. */
  #sink(place: number, slot: number, atMs: number): void {
    let at = place;
    for (let below = 2 * at + 1; below < this.#size; below = 2 * at + 1) {
      const other = below + 1;
      const isOtherEarlier = other < this.#size && this.#at(other) < this.#at(below);
      const earlier = isOtherEarlier ? other : below;
      const earlierMs = this.#at(earlier);
      if (earlierMs >= atMs) break;
      this.#put(at, this.#slotAt[earlier] ?? -1, earlierMs);
      at = earlier;
    }
    this.#put(at, slot, atMs);
  }

  #at(place: number): number {
    return this.#atMs[place] ?? Infinity;
  }

  #put(place: number, slot: number, atMs: number): void {
    this.#atMs[place] = atMs;
    this.#slotAt[place] = slot;
    this.#placeOf[slot] = place;
  }

  #grow(slot: number): void {
    const length = 2 ** Math.ceil(Math.log2(slot + 1));
    const atMs = new Float64Array(length);
    atMs.set(this.#atMs);
    const slotAt = new Int32Array(length);
    slotAt.set(this.#slotAt);
    const placeOf = new Int32Array(length).fill(-1);
    placeOf.set(this.#placeOf);
    this.#atMs = atMs;
    this.#slotAt = slotAt;
    this.#placeOf = placeOf;
  }
}
