import type { Clock, Timer } from '@quorate/transport';

/** Something that wants to be woken. One object is in one queue, once. */
export interface Sleeper {
  /** When, on the scale of the clock. Changed by `WakeQueue.sleep` alone. */
  dueMs: number;
  /** Its place in the queue, -1 if it is in none. Written by the queue alone. */
  queueIndex: number;
  /** Called once it is due and has left the queue. */
  readonly wake: (nowMs: number) => void;
}

/**
 * Any number of sleepers on one timer: a binary heap in which each knows its place.
 *
 * The timer does not hold the process: when nothing else lives, nobody is left to be woken.
 */
export class WakeQueue {
  readonly #clock: Clock;
  readonly #heap: Sleeper[] = [];
  #timer: Timer | undefined;
  #timerDueMs = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sleepers in the queue. */
  get size(): number {
    return this.#heap.length;
  }

  /** Wakes `sleeper` at `dueMs`, and not when it was said before. */
  sleep(sleeper: Sleeper, dueMs: number): void {
    this.cancel(sleeper);
    sleeper.dueMs = dueMs;
    this.#heap.push(sleeper);
    this.#rise(sleeper, this.#heap.length - 1);
    if (dueMs < this.#timerDueMs) this.#arm(dueMs);
  }

  /** Lets `sleeper` sleep for ever. */
  cancel(sleeper: Sleeper): void {
    const index = sleeper.queueIndex;
    if (index < 0) return;
    sleeper.queueIndex = -1;
    const last = this.#heap.pop();
    if (last !== undefined && last !== sleeper) {
      this.#rise(last, index);
      this.#sink(last, last.queueIndex);
    }
    if (this.#heap.length > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerDueMs = Infinity;
  }

  #arm(dueMs: number): void {
    this.#timer?.cancel();
    this.#timerDueMs = dueMs;
    const delayMs = Math.max(0, dueMs - this.#clock.nowMs());
    this.#timer = this.#clock.setTimer(delayMs, () => this.#wakeAll());
    this.#timer.unref?.();
  }

  /** Wakes those that are due now; those that go to sleep again meanwhile are not. */
  #wakeAll(): void {
    this.#timer = undefined;
    this.#timerDueMs = Infinity;
    const nowMs = this.#clock.nowMs();
    const due: Sleeper[] = [];
    for (;;) {
      const [earliest] = this.#heap;
      if (earliest === undefined || earliest.dueMs > nowMs) break;
      this.cancel(earliest);
      due.push(earliest);
    }
    for (const sleeper of due) sleeper.wake(nowMs);
    const [next] = this.#heap;
    if (next !== undefined && next.dueMs < this.#timerDueMs) this.#arm(next.dueMs);
  }

  #rise(sleeper: Sleeper, index: number): void {
    let at = index;
    while (at > 0) {
      const parentIndex = (at - 1) >> 1;
      const parent = this.#heap[parentIndex];
      if (parent === undefined || parent.dueMs <= sleeper.dueMs) break;
      this.#put(parent, at);
      at = parentIndex;
    }
    this.#put(sleeper, at);
  }

  #sink(sleeper: Sleeper, index: number): void {
    let at = index;
    for (;;) {
      const child = this.#earlierChild(at);
      if (child === undefined || child.dueMs >= sleeper.dueMs) break;
      const childIndex = child.queueIndex;
      this.#put(child, at);
      at = childIndex;
    }
    this.#put(sleeper, at);
  }

  #earlierChild(index: number): Sleeper | undefined {
    const left = this.#heap[2 * index + 1];
    const right = this.#heap[2 * index + 2];
    if (left === undefined || right === undefined) return left;
    return right.dueMs < left.dueMs ? right : left;
  }

  #put(sleeper: Sleeper, index: number): void {
    this.#heap[index] = sleeper;
    sleeper.queueIndex = index;
  }
}
