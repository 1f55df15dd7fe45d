/**
 * Events in circles, doubly linked, out of which any can be taken and put back in constant time.
 *
 * An event that is removed keeps its own links, so that putting it back needs nothing but its
 * number: undone in the reverse order, any removals leave the circles as they were. That is all a
 * search needs that tries one thing after another.
 *
 * ```text
 *   head ⇄ 1 ⇄ 2 ⇄ 3 ⇄ head      remove(2)      head ⇄ 1 ⇄ 3 ⇄ head     2 still knows 1 and 3
 * ```
 *
 * Source: D. Knuth, "Dancing links", 2000.
 */
export class EventList {
  readonly #after: Int32Array;
  readonly #before: Int32Array;

  /** @param size - Above all numbers of events and heads. Each is a circle of its own at first. */
  constructor(size: number) {
    this.#after = Int32Array.from({ length: size }, (_, event) => event);
    this.#before = this.#after.slice();
  }

  /** What follows `event`; behind the last, the head. */
  next(event: number): number {
    return this.#after[event] ?? 0;
  }

  /** What stands before `event`; before the first, the head. */
  previous(event: number): number {
    return this.#before[event] ?? 0;
  }

  /** Puts `event`, which is in no circle, at the end of that of `head`. */
  append(head: number, event: number): void {
    this.#before[event] = this.#before[head] ?? 0;
    this.#after[event] = head;
    this.putBack(event);
  }

  /** Takes `event` out. */
  remove(event: number): void {
    const before = this.#before[event] ?? 0;
    const after = this.#after[event] ?? 0;
    this.#after[before] = after;
    this.#before[after] = before;
  }

  /** Undoes the last `remove` that is not undone, which was of `event`. */
  putBack(event: number): void {
    this.#after[this.#before[event] ?? 0] = event;
    this.#before[this.#after[event] ?? 0] = event;
  }
}
