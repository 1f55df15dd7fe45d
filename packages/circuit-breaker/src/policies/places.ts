import type { Clock } from '@quorate/transport';

import { rejectSoon } from '../reject-soon.ts';
import { CallRefusedError } from './errors.ts';
import { type QueueOptions, WaitingRoom } from './waiting-room.ts';

/**
 * A number of places for calls that run, and a bounded queue for those that want one.
 *
 * A place that becomes free is handed to the first in the queue, not put up for whoever comes: a
 * newcomer never overtakes.
 */
export class Places {
  readonly #capacity: () => number;
  readonly #room: WaitingRoom<undefined>;
  #taken = 0;

  /**
   * @param capacity - How many places there are now, at least 1.
   * @throws RangeError if an option is out of its range.
   */
  constructor(clock: Clock, options: QueueOptions, capacity: () => number) {
    this.#capacity = capacity;
    this.#room = new WaitingRoom(options, { clock, name: '', expired });
  }

  /** Places taken. */
  get taken(): number {
    return this.#taken;
  }

  /** Calls that wait. */
  get queued(): number {
    return this.#room.size;
  }

  /** Takes a place if one is free and nobody waits. */
  tryTake(): boolean {
    if (this.#room.size > 0 || this.#taken >= this.#capacity()) return false;
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
    if (this.#room.isFull) {
      const message = `${this.#taken} calls run and ${this.#room.size} wait, the most that may`;
      return rejectSoon(new CallRefusedError('bulkheadFull', message));
    }
    return this.#waitInLine(signal);
  }

  async #waitInLine(signal: AbortSignal): Promise<void> {
    await this.#room.wait(signal);
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
    while (this.#room.size > 0 && this.#taken < this.#capacity()) {
      this.#taken += 1;
      this.#room.grant(undefined);
    }
  }
}

function expired(maxWaitMs: number): Error {
  const message = `no place became free within ${maxWaitMs} ms`;
  return new CallRefusedError('queueDeadline', message);
}
