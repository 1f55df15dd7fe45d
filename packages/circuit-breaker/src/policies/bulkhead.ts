/*
 * At most so many calls at once, so that one slow service cannot take everything that this process
 * has: its connections, its memory, its callers' patience.
 *
 * A place is taken for as long as the work runs, not for as long as its caller waits. A timeout
 * answers the caller; the work goes on until it hears its signal, and until then it still takes
 * what the bulkhead protects. Released at the timeout, a bulkhead of one would let five run. This
 * holds wherever the timeout stands: one inside tells the layers outside what it left running.
 */
import type { Clock } from '@quorate/transport';
import { systemClock } from '@quorate/transport/system';

import { checkInteger, checkRecord } from '../bounds.ts';
import type { CallContext, Policy, Work } from '../policy.ts';
import { HeldContext } from './call-context.ts';
import { Places } from './places.ts';
import type { QueueOptions } from './waiting-room.ts';

/** What `bulkhead` may be told. */
export interface BulkheadOptions extends QueueOptions {
  /** Calls that run at once, 1..10^6. By Little's law, what you need is rate times duration. */
  readonly maxConcurrent: number;
  /** The machine's if left out. */
  readonly clock?: Clock;
}

/**
 * A policy that bounds how many calls run at once. One instance for what is to be shared out.
 *
 * @throws RangeError if an option is out of its range.
 */
export function bulkhead(options: BulkheadOptions): Bulkhead {
  return new Bulkhead(options);
}

/** Bounds how many calls run at once. Refuses with a `CallRefusedError`. */
export class Bulkhead implements Policy {
  readonly #maxConcurrent: number;
  readonly #places: Places;
  readonly #release: () => void;

  /** See `bulkhead`. */
  constructor(options: BulkheadOptions) {
    checkRecord('options', options);
    const { maxConcurrent, clock = systemClock } = options;
    checkInteger('maxConcurrent', maxConcurrent, 1, 1_000_000);
    this.#maxConcurrent = maxConcurrent;
    const places = new Places(clock, options, () => maxConcurrent);
    this.#places = places;
    this.#release = () => places.release();
  }

  /** Calls whose work runs. */
  get running(): number {
    return this.#places.taken;
  }

  /** Calls that wait for a place. */
  get queued(): number {
    return this.#places.queued;
  }

  /** What runs and what waits, as a share of the places. Above 1 while calls wait. */
  get utilization(): number {
    return (this.running + this.queued) / this.#maxConcurrent;
  }

  /** Runs `work` in a place of its own. */
  async execute<Result>(work: Work<Result>, context: CallContext): Promise<Result> {
    if (!this.#places.tryTake()) await this.#places.wait(context.signal);
    const held = new HeldContext(context);
    try {
      return await work(held);
    } finally {
      held.whenQuiet(this.#release);
    }
  }
}
