/*
 * A bulkhead that finds its own size.
 *
 * How many calls a service can take at once depends on its size, its neighbours and the hour; a
 * number in a file is wrong most of the time. Each call tells something: how long it took, how many
 * ran with it, whether it was dropped. From that an algorithm learns the limit: `aimd` from drops,
 * `vegas` and `gradient2` from the latency, before anything is dropped.
 *
 * What says nothing is not learnt from. A call that its caller gave up ended early, and a refusal
 * or an error of the program ends at once; read as latencies they would say that the service is
 * fast, and the limit would rise exactly when it must not.
 */
import type { Clock, Random } from '@quorate/transport';
import { systemClock, systemRandom } from '@quorate/transport/system';

import { checkRecord } from '../bounds.ts';
import { isCallersAbort } from '../classify.ts';
import { containedAnswer } from '../contain.ts';
import { hasCode } from '../failure.ts';
import { checkFunction, checkMethods, checkRandom } from '../function-checks.ts';
import type { ConcurrencyLimit } from '../limits/limit.ts';
import { SampleWindow, type SampleWindowOptions } from '../limits/sample-window.ts';
import type { CallContext, Policy, Work } from '../policy.ts';
import { HeldContext } from './call-context.ts';
import { Places } from './places.ts';
import type { QueueOptions } from './waiting-room.ts';

/** What a failure tells about the load of the service. */
export type LoadSign =
  | 'answered' // It answered, in the time that it needs.
  | 'dropped' // It was too busy.
  | 'ignored'; // Nothing.

/** What `adaptiveConcurrency` may be told. */
export interface AdaptiveConcurrencyOptions extends QueueOptions, SampleWindowOptions {
  /** What learns the limit: `aimd()`, `vegas()`, `gradient2()`. Not shared with another policy. */
  readonly limit: ConcurrencyLimit;
  /**
   * What an error says. If left out, a timeout is 'dropped' and everything else is 'ignored': tell
   * it which of your errors mean an overloaded service. Calls given up by their caller are always
   * ignored.
   */
  readonly classify?: (error: unknown) => LoadSign;
  /** The machine's if left out. */
  readonly clock?: Clock;
  /** The machine's if left out. */
  readonly random?: Random;
}

/**
 * A policy that bounds how many calls run at once, and learns the bound.
 *
 * @throws RangeError or TypeError if an option is not as described.
 */
export function adaptiveConcurrency(options: AdaptiveConcurrencyOptions): AdaptiveConcurrency {
  return new AdaptiveConcurrency(options);
}

/** Bounds how many calls run at once by what it learns. Refuses with a `CallRefusedError`. */
export class AdaptiveConcurrency implements Policy {
  readonly #limit: ConcurrencyLimit;
  readonly #window: SampleWindow;
  readonly #classify: (error: unknown) => LoadSign;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #places: Places;
  readonly #release: () => void;

  /** See `adaptiveConcurrency`. */
  constructor(options: AdaptiveConcurrencyOptions) {
    checkRecord('options', options);
    const { limit, classify = loadSignOf, clock = systemClock, random = systemRandom } = options;
    checkMethods('limit', limit, 'observe');
    checkFunction('classify', classify);
    checkRandom(random);
    this.#limit = limit;
    this.#window = new SampleWindow(options);
    this.#classify = classify;
    this.#clock = clock;
    this.#random = random;
    const places = new Places(clock, options, () => limit.limit);
    this.#places = places;
    this.#release = () => places.release();
  }

  /** How many calls may run at once now. */
  get limit(): number {
    return this.#limit.limit;
  }

  /** Calls whose work runs. */
  get running(): number {
    return this.#places.taken;
  }

  /** Calls that wait for a place. */
  get queued(): number {
    return this.#places.queued;
  }

  /** What runs and what waits, as a share of the limit. */
  get utilization(): number {
    return (this.running + this.queued) / this.limit;
  }

  /** Runs `work` once the limit has a place for it. */
  async execute<Result>(work: Work<Result>, context: CallContext): Promise<Result> {
    if (!this.#places.tryTake()) await this.#places.wait(context.signal);
    const held = new HeldContext(context);
    const inflight = this.#places.taken;
    const startedMs = this.#clock.nowMs();
    try {
      const result = await work(held);
      this.#learn(startedMs, inflight, 'answered');
      return result;
    } catch (error) {
      this.#learn(startedMs, inflight, this.#signOf(error, context));
      throw error;
    } finally {
      held.whenQuiet(this.#release);
    }
  }

  #signOf(error: unknown, context: CallContext): LoadSign {
    const { signal } = context;
    if (isCallersAbort(signal)) return 'ignored';
    // A timeout further out: the service was too slow, whatever the work says about being stopped.
    if (signal.aborted) return 'dropped';
    return containedAnswer(() => this.#classify(error), 'ignored');
  }

  #learn(startedMs: number, inflight: number, sign: LoadSign): void {
    if (sign === 'ignored') return;
    const nowMs = this.#clock.nowMs();
    const rttMs = Math.max(0, nowMs - startedMs);
    const sample = this.#window.add({ rttMs, inflight, wasDropped: sign === 'dropped' }, nowMs);
    if (sample === undefined) return;
    this.#limit.observe(sample, this.#random);
    this.#places.handOn();
  }
}

function loadSignOf(error: unknown): LoadSign {
  return isTimeout(error) ? 'dropped' : 'ignored';
}

function isTimeout(error: unknown): boolean {
  if (hasCode(error, 'CALL_TIMED_OUT')) return true;
  return error instanceof Error && error.name === 'TimeoutError';
}
