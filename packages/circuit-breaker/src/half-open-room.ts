/**
 * Where callers wait while all trial calls of a half-open circuit are on their way.
 *
 * Refusing them is the rule: a crowd that waits behind one call is a crowd that storms in when it
 * ends. Where a refusal is dearer than a short wait, a few may wait for a short while. They are
 * served in their order, by whoever makes room: the permit is taken for them there and then, so
 * that no newcomer overtakes, and each goes on from a promise of its own, in the asynchronous
 * context of its own caller.
 */
import { type Clock, type Deadline, DeadlineQueue } from '@quorate/transport';

import { checkInteger, checkNumber, checkRecord, DELAY_MS_MAX } from './bounds.ts';
import { type AbortWaiter, unwatchAbort, watchAbort } from './policies/abort-watch.ts';
import type { QueueOptions } from './policies/places.ts';
import { quietClock } from './policies/quiet-clock.ts';
import { type Waiter, WaitingLine } from './waiting-line.ts';

/** Callers that wait for a trial permit. */
export class HalfOpenRoom {
  readonly #maxQueue: number;
  readonly #maxWaitMs: number;
  readonly #clock: Clock;
  readonly #line = new WaitingLine<RoomWaiter>();
  readonly #deadlines: DeadlineQueue<RoomWaiter>;

  /**
   * @param expired - Makes the error of who has waited for too long.
   * @throws RangeError if an option is out of its range.
   */
  constructor(options: QueueOptions, clock: Clock, expired: () => Error) {
    checkRecord('halfOpenQueue', options);
    const { maxQueue = 0, maxWaitMs = 1_000 } = options;
    checkInteger('halfOpenQueue.maxQueue', maxQueue, 0, 1_000_000);
    checkNumber('halfOpenQueue.maxWaitMs', maxWaitMs, Number.MIN_VALUE, DELAY_MS_MAX);
    this.#maxQueue = maxQueue;
    this.#maxWaitMs = maxWaitMs;
    this.#clock = clock;
    this.#deadlines = new DeadlineQueue(quietClock(clock), (waiter) => {
      this.#leave(waiter);
      waiter.refuse(expired());
    });
  }

  /** How many wait. */
  get size(): number {
    return this.#line.size;
  }

  /** Whether one more may wait. */
  get isFull(): boolean {
    return this.#line.size >= this.#maxQueue;
  }

  /**
   * Waits for a permit.
   *
   * @returns A promise of its generation. Rejects with the reason of `signal`, or with an error.
   */
  wait(signal: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const deadlineMs = this.#clock.nowMs() + this.#maxWaitMs;
      const waiter: RoomWaiter = {
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

  /** Gives the permit of `generation` to the one who waits longest. */
  grant(generation: number): void {
    this.#shift()?.grant(generation);
  }

  /** Refuses the one who waits longest. */
  refuse(error: Error): void {
    this.#shift()?.refuse(error);
  }

  #shift(): RoomWaiter | undefined {
    const waiter = this.#line.shift();
    if (waiter !== undefined) this.#leave(waiter);
    // A timer for nobody would run on until its deadline.
    if (this.#line.size === 0) this.#deadlines.clear();
    return waiter;
  }

  /** Takes `waiter` out of every table. */
  #leave(waiter: RoomWaiter): void {
    this.#line.leave(waiter);
    this.#deadlines.remove(waiter);
    unwatchAbort(waiter.signal, waiter);
  }
}

interface RoomWaiter extends Waiter<RoomWaiter>, Deadline, AbortWaiter {
  readonly signal: AbortSignal;
  readonly grant: (generation: number) => void;
  readonly refuse: (error: unknown) => void;
}
