import { type Clock, type Deadline, DeadlineQueue } from '@quorate/transport';

import { checkInteger, checkNumber, DELAY_MS_MAX } from '../bounds.ts';
import { checkClock } from '../function-checks.ts';
import { type Waiter, WaitingLine } from '../waiting-line.ts';
import { type AbortWaiter, unwatchAbort, watchAbort } from './abort-watch.ts';
import { CallRefusedError, refused } from './errors.ts';
import { quietClock } from './quiet-clock.ts';

/** How calls wait for a place. */
export interface QueueOptions {
  /** Calls that may wait for a place, 0..10^6. 0, so none, if left out. */
  readonly maxQueue?: number;
  /**
   * How long one waits at most, in milliseconds, above 0. 1,000 if left out. A call that waited for
   * longer is of no use to its caller any more, and would keep the others waiting.
   */
  readonly maxWaitMs?: number;
}

/**
 * A number of places for calls that run, and a bounded queue for those that want one.
 *
 * A place that becomes free is handed to the first in the queue, not put up for whoever comes: a
 * newcomer never overtakes. The waiting call goes on from a promise of its own, so it runs in the
 * asynchronous context of its caller and not in that of the call that made room.
 */
export class Places {
  readonly #capacity: () => number;
  readonly #maxQueue: number;
  readonly #maxWaitMs: number;
  readonly #clock: Clock;
  readonly #line = new WaitingLine<PlaceWaiter>();
  readonly #deadlines: DeadlineQueue<PlaceWaiter>;
  #taken = 0;

  /**
   * @param capacity - How many places there are now, at least 1.
   * @throws RangeError if an option is out of its range.
   */
  constructor(
    clock: Clock,
    { maxQueue = 0, maxWaitMs = 1_000 }: QueueOptions,
    capacity: () => number,
  ) {
    checkInteger('maxQueue', maxQueue, 0, 1_000_000);
    checkNumber('maxWaitMs', maxWaitMs, Number.MIN_VALUE, DELAY_MS_MAX);
    checkClock(clock);
    this.#capacity = capacity;
    this.#maxQueue = maxQueue;
    this.#maxWaitMs = maxWaitMs;
    this.#clock = clock;
    this.#deadlines = new DeadlineQueue(quietClock(clock), (waiter) => this.#expire(waiter));
  }

  /** Places taken. */
  get taken(): number {
    return this.#taken;
  }

  /** Calls that wait. */
  get queued(): number {
    return this.#line.size;
  }

  /** Takes a place if one is free and nobody waits. */
  tryTake(): boolean {
    if (this.#line.size > 0 || this.#taken >= this.#capacity()) return false;
    this.#taken += 1;
    return true;
  }

  /**
   * Waits for a place.
   *
   * @returns A promise that resolves once the place is taken, and rejects with a `CallRefusedError`
   *   or the reason of `signal`.
   */
  wait(signal: AbortSignal): Promise<void> {
    if (this.#line.size >= this.#maxQueue) {
      const message = `${this.#taken} calls run and ${this.#line.size} wait, the most that may`;
      return refused('bulkheadFull', message);
    }
    return this.#waitInLine(signal);
  }

  async #waitInLine(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.#granted(signal);
    if (!signal.aborted) return;
    // It was granted, and its caller gave up before it could go on.
    this.release();
    signal.throwIfAborted();
  }

  /** Gives a place back, to the first who waits. */
  release(): void {
    this.#taken -= 1;
    this.handOn();
  }

  /** Gives out the places that are free, after there have become more. */
  handOn(): void {
    while (this.#line.size > 0 && this.#taken < this.#capacity()) {
      const waiter = this.#line.shift();
      if (waiter === undefined) return;
      this.#taken += 1;
      this.#leave(waiter);
      waiter.grant();
    }
  }

  #granted(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const deadlineMs = this.#clock.nowMs() + this.#maxWaitMs;
      const waiter: PlaceWaiter = {
        ...{ next: undefined, previous: undefined, isWaiting: false },
        ...{ deadlineMs, queueIndex: -1, queueOrder: 0 },
        signal,
        grant: resolve,
        refuse: reject,
        onAborted: (reason) => {
          this.#leave(waiter);
          waiter.refuse(reason);
        },
      };
      this.#line.join(waiter);
      this.#deadlines.add(waiter);
      watchAbort(signal, waiter);
    });
  }

  #expire(waiter: PlaceWaiter): void {
    this.#leave(waiter);
    const message = `no place became free within ${this.#maxWaitMs} ms`;
    waiter.refuse(new CallRefusedError('queueDeadline', message));
  }

  /** Takes `waiter` out of every table. */
  #leave(waiter: PlaceWaiter): void {
    this.#line.leave(waiter);
    this.#deadlines.remove(waiter);
    unwatchAbort(waiter.signal, waiter);
  }
}

interface PlaceWaiter extends Waiter<PlaceWaiter>, Deadline, AbortWaiter {
  readonly signal: AbortSignal;
  readonly grant: () => void;
  readonly refuse: (error: unknown) => void;
}
