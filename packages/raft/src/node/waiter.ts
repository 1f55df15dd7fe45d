import { type Clock, type Deadline, DeadlineQueue } from '@quorate/transport';

import type { WaitOptions } from './outcomes.ts';

const TIMEOUT_MS_DEFAULT = 10_000;

/** Why a waiter gave up before its outcome was known. */
export type GaveUp = 'timeout' | 'aborted';

/**
 * Callers who wait, with one timer for all of their deadlines: most are settled long before, and a
 * timer of the platform for each costs more than the rest of a small proposal.
 */
export class WaitingRoom {
  readonly #clock: Clock;
  readonly #deadlines: DeadlineQueue<Waiting>;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#deadlines = new DeadlineQueue(clock, (waiting) => waiting.onExpired());
  }

  /** `onExpired` is called in `timeoutMs`, unless the caller leaves before. */
  enter(timeoutMs: number, onExpired: () => void): Waiting {
    const deadlineMs = this.#clock.nowMs() + timeoutMs;
    const waiting = { deadlineMs, queueIndex: -1, queueOrder: 0, onExpired };
    this.#deadlines.add(waiting);
    return waiting;
  }

  /** The last to leave stops the timer, which would hold the process open. Idempotent. */
  leave(waiting: Waiting): void {
    this.#deadlines.remove(waiting);
    if (this.#deadlines.size === 0) this.#deadlines.clear();
  }
}

interface Waiting extends Deadline {
  readonly onExpired: () => void;
}

/**
 * One caller waiting for one outcome: settled exactly once, whatever comes first of the outcome,
 * the deadline and the abort. Whichever it is, deadline and listener are gone afterwards.
 */
export class Waiter<Outcome> {
  readonly promise: Promise<Outcome>;
  readonly #room: WaitingRoom;
  readonly #waiting: Waiting;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: () => void;
  readonly #resolve: (outcome: Outcome) => void;
  #isSettled = false;

  /**
   * @param onGiveUp - Called at the deadline or the abort, to settle and to forget the waiter.
   * @throws RangeError if `timeoutMs` is not a finite number above 0.
   */
  constructor(room: WaitingRoom, options: WaitOptions, onGiveUp: (reason: GaveUp) => void) {
    const { timeoutMs = TIMEOUT_MS_DEFAULT, signal } = options;
    if (!Number.isFinite(timeoutMs) || timeoutMs <= 0) {
      throw new RangeError(`timeoutMs: expected a finite number above 0, got ${timeoutMs}`);
    }
    const { promise, resolve } = newDeferred<Outcome>();
    this.promise = promise;
    this.#resolve = resolve;
    this.#signal = signal;
    this.#onAbort = () => onGiveUp('aborted');
    this.#room = room;
    this.#waiting = room.enter(timeoutMs, () => onGiveUp('timeout'));
    signal?.addEventListener('abort', this.#onAbort);
  }

  /** Hands the outcome to the caller. Nothing happens from the second call on. */
  settle(outcome: Outcome): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#room.leave(this.#waiting);
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#resolve(outcome);
  }
}

interface Deferred<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
}

function newDeferred<Value>(): Deferred<Value> {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
