/** Something that waits. In one line at a time. */
export interface Waiter<Self> {
  /** The one behind it. Written by the line alone. */
  next: Self | undefined;
  /** The one before it. Written by the line alone. */
  previous: Self | undefined;
  /** Whether it stands in a line. Written by the line alone. */
  isWaiting: boolean;
}

/**
 * First come, first served, and anyone may leave from anywhere.
 *
 * A list linked through the waiters: most of a long queue may leave at once, when their caller
 * gives up, and an array would be searched and moved for each.
 *
 * @remarks
 * Everything is O(1).
 */
export class WaitingLine<Item extends Waiter<Item>> {
  #first: Item | undefined;
  #last: Item | undefined;
  #size = 0;

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** Lets `item`, which is in no line, wait behind all others. */
  join(item: Item): void {
    item.previous = this.#last;
    item.next = undefined;
    item.isWaiting = true;
    if (this.#last === undefined) this.#first = item;
    else this.#last.next = item;
    this.#last = item;
    this.#size += 1;
  }

  /** Takes out the one that waits longest. */
  shift(): Item | undefined {
    const first = this.#first;
    if (first !== undefined) this.leave(first);
    return first;
  }

  /** Takes out `item`, wherever it stands. Does nothing if it does not wait. */
  leave(item: Item): void {
    if (!item.isWaiting) return;
    const { previous, next } = item;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    // A waiter that is kept by its caller must not keep its neighbours alive.
    item.previous = undefined;
    item.next = undefined;
    item.isWaiting = false;
    this.#size -= 1;
  }
}
