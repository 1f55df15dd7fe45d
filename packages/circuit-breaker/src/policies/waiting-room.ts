/**
 * Where calls wait until there is room for them: at a bulkhead for a place, at a half-open circuit
 * for the permit of a trial call.
 *
 * Refusing them is the rule: a crowd that waits is a crowd that storms in. Where a refusal is
 * dearer than a short wait, a few may wait for a short while. They are served in their order, by
 * whoever makes room: what they wait for is taken for them there and then, so that no newcomer
 * overtakes. Each goes on from a promise of its own, in the asynchronous context of its own caller
 * and not in that of the call that made room.
 */
import { type Clock, type Deadline, DeadlineQueue } from '@quorate/transport';

import { checkInteger, checkNumber, checkRecord, DELAY_MS_MAX } from '../bounds.ts';
import { checkClock } from '../function-checks.ts';
import { type Waiter, WaitingLine } from '../waiting-line.ts';
import { type AbortWaiter, unwatchAbort, watchAbort } from './abort-watch.ts';
import { quietClock } from './quiet-clock.ts';

/** How calls wait for room. */
export interface QueueOptions {
  /** Calls that may wait, 0..10^6. 0, so none, if left out. */
  readonly maxQueue?: number;
  /**
   * How long one waits at most, in milliseconds, above 0. 1,000 if left out. A call that waited for
   * longer is of no use to its caller any more, and would keep the others waiting.
   */
  readonly maxWaitMs?: number;
}

/** What a room is made of. */
export interface WaitingRoomParts {
  readonly clock: Clock;
  /** What the options are called in messages: '' where they are those of a policy. */
  readonly name: '' | 'halfOpenQueue';
  /** Makes the error of who has waited for `maxWaitMs`. */
  readonly expired: (maxWaitMs: number) => Error;
}

/** Calls that wait, the longest first, for something that is granted as a value. */
export class WaitingRoom<Grant> {
  readonly #maxQueue: number;
  readonly #maxWaitMs: number;
  readonly #clock: Clock;
  readonly #line = new WaitingLine<RoomWaiter<Grant>>();
  readonly #deadlines: DeadlineQueue<RoomWaiter<Grant>>;

  /** @throws RangeError if an option is out of its range. */
  constructor(options: QueueOptions, { clock, name, expired }: WaitingRoomParts) {
    checkRecord(name === '' ? 'options' : name, options);
    const { maxQueue = 0, maxWaitMs = 1_000 } = options;
    const prefix = name === '' ? '' : `${name}.`;
    checkInteger(`${prefix}maxQueue`, maxQueue, 0, 1_000_000);
    checkNumber(`${prefix}maxWaitMs`, maxWaitMs, Number.MIN_VALUE, DELAY_MS_MAX);
    checkClock(clock);
    this.#maxQueue = maxQueue;
    this.#maxWaitMs = maxWaitMs;
    this.#clock = clock;
    this.#deadlines = new DeadlineQueue(quietClock(clock), (waiter) => {
      this.#leave(waiter);
      waiter.refuse(expired(maxWaitMs));
    });
  }

  /** How many wait. */
  get size(): number {
    return this.#line.size;
  }

  /** Whether no more may wait. */
  get isFull(): boolean {
    return this.#line.size >= this.#maxQueue;
  }

  /**
   * Waits.
   *
   * @returns A promise of what is granted. Rejects with the reason of `signal`, or with an error.
   */
  wait(signal: AbortSignal): Promise<Grant> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const deadlineMs = this.#clock.nowMs() + this.#maxWaitMs;
      const waiter: RoomWaiter<Grant> = {
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

  /** Lets in the one who waits longest. */
  grant(granted: Grant): void {
    this.#shift()?.grant(granted);
  }

  /** Refuses the one who waits longest. */
  refuse(error: Error): void {
    this.#shift()?.refuse(error);
  }

  /** Lets its timer run off for nobody no longer. For rooms that stay empty as a rule. */
  rest(): void {
    if (this.#line.size === 0) this.#deadlines.clear();
  }

  #shift(): RoomWaiter<Grant> | undefined {
    const waiter = this.#line.shift();
    if (waiter !== undefined) this.#leave(waiter);
    return waiter;
  }

  /** Takes `waiter` out of every table. */
  #leave(waiter: RoomWaiter<Grant>): void {
    this.#line.leave(waiter);
    this.#deadlines.remove(waiter);
    unwatchAbort(waiter.signal, waiter);
  }
}

interface RoomWaiter<Grant> extends Waiter<RoomWaiter<Grant>>, Deadline, AbortWaiter {
  readonly signal: AbortSignal;
  readonly grant: (granted: Grant) => void;
  readonly refuse: (error: unknown) => void;
}
