import type { Clock, Timer } from './clock.ts';

/** Something that expires. One object may be in one queue at a time. */
export interface Deadline {
  /** On the scale of `Clock.nowMs`. Must not change while queued. */
  readonly deadlineMs: number;
  /** Where it stands in its queue, -1 when in none. Written by the queue alone. */
  queueIndex: number;
  /** Counts what was added to its queue, to keep equal deadlines in order. Written by the queue. */
  queueOrder: number;
}

/**
 * Any number of deadlines on one timer.
 *
 * A binary heap, earliest first, in which every item knows its place: most deadlines are removed
 * long before they pass, and one that stayed behind until its time would pin its request's memory.
 * Equal deadlines expire in the order in which they were added.
 *
 * @remarks
 * `add` and `remove` are O(log n). The timer is set anew only when an earlier deadline comes in;
 * when the earliest is removed it stays, and finds nothing to do.
 */
export class DeadlineQueue<Item extends Deadline> {
  readonly #clock: Clock;
  readonly #onExpired: (item: Item) => void;
  readonly #heap: Item[] = [];
  #timer: Timer | undefined;
  #timerDueMs = Infinity;
  #addedCount = 0;

  /** `onExpired` gets each item once its deadline has passed and it has left the queue. */
  constructor(clock: Clock, onExpired: (item: Item) => void) {
    this.#clock = clock;
    this.#onExpired = onExpired;
  }

  /** Items waiting. */
  get size(): number {
    return this.#heap.length;
  }

  /** Lets `item` expire at its deadline unless it is removed before. */
  add(item: Item): void {
    this.#addedCount += 1;
    item.queueOrder = this.#addedCount;
    this.#heap.push(item);
    this.#rise(item, this.#heap.length - 1);
    if (item.deadlineMs < this.#timerDueMs) this.#arm(item.deadlineMs);
  }

  /** Keeps `item` from expiring. Does nothing if it is in no queue. */
  remove(item: Item): void {
    const index = item.queueIndex;
    if (index < 0) return;
    item.queueIndex = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === item) return;
    this.#rise(last, index);
    this.#sink(last, last.queueIndex);
  }

  /** Forgets every item and stops the timer. */
  clear(): void {
    for (const item of this.#heap) item.queueIndex = -1;
    this.#heap.length = 0;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerDueMs = Infinity;
  }

  #arm(dueMs: number): void {
    this.#timer?.cancel();
    this.#timerDueMs = dueMs;
    const delayMs = Math.max(0, dueMs - this.#clock.nowMs());
    this.#timer = this.#clock.setTimer(delayMs, () => this.#expire());
  }

  #expire(): void {
    this.#timer = undefined;
    this.#timerDueMs = Infinity;
    const nowMs = this.#clock.nowMs();
    for (;;) {
      const earliest = this.#heap[0];
      if (earliest === undefined) return;
      if (earliest.deadlineMs > nowMs) {
        // A callback may have added an item, and with it an earlier timer.
        if (earliest.deadlineMs < this.#timerDueMs) this.#arm(earliest.deadlineMs);
        return;
      }
      this.remove(earliest);
      this.#onExpired(earliest);
    }
  }

  /** Puts `item` at `index` or, past later ones, nearer to the front. */
  #rise(item: Item, index: number): void {
    let at = index;
    while (at > 0) {
      const parentIndex = (at - 1) >> 1;
      const parent = this.#heap[parentIndex];
      if (parent === undefined || !isBefore(item, parent)) break;
      this.#put(parent, at);
      at = parentIndex;
    }
    this.#put(item, at);
  }

  /** Puts `item` at `index` or, past earlier ones, further back. */
  #sink(item: Item, index: number): void {
    let at = index;
    for (;;) {
      const child = this.#earlierChild(at);
      if (child === undefined || !isBefore(child, item)) break;
      const childIndex = child.queueIndex;
      this.#put(child, at);
      at = childIndex;
    }
    this.#put(item, at);
  }

  #earlierChild(index: number): Item | undefined {
    const left = this.#heap[2 * index + 1];
    const right = this.#heap[2 * index + 2];
    if (left === undefined || right === undefined) return left;
    return isBefore(right, left) ? right : left;
  }

  #put(item: Item, index: number): void {
    this.#heap[index] = item;
    item.queueIndex = index;
  }
}

function isBefore(left: Deadline, right: Deadline): boolean {
  if (left.deadlineMs !== right.deadlineMs) return left.deadlineMs < right.deadlineMs;
  return left.queueOrder < right.queueOrder;
}
