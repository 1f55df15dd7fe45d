import type { Clock, Random } from '@quorate/transport';
import { systemClock, systemRandom } from '@quorate/transport/system';

import { checkNumber, checkRecord, DELAY_MS_MAX } from '../bounds.ts';
import { isCallersAbort } from '../classify.ts';
import { containedAnswer } from '../contain.ts';
import { hasCode } from '../failure.ts';
import { checkClock, checkFunction, checkRandom } from '../function-checks.ts';
import type { CallContext, Policy, Work } from '../policy.ts';
import { rejectSoon } from '../reject-soon.ts';
import { throttleProbability } from '../throttle-probability.ts';
import { ThrottleWindow } from '../throttle-window.ts';
import { CallRefusedError } from './errors.ts';

/** What `adaptiveThrottle` may be told. */
export interface AdaptiveThrottleOptions {
  /**
   * How many requests are sent for each that is accepted, 1..100, before some are refused here. 2
   * if left out. Lower wastes less of the service; higher notices sooner that it has recovered.
   */
  readonly k?: number;
  /** How far back it looks, in milliseconds, at least 1. 120,000 if left out. */
  readonly windowMs?: number;
  /** The largest share that is refused, 0..1. 0.9 if left out, so that recovery is noticed. */
  readonly refusedShareMax?: number;
  /**
   * Whether the service accepted a call that failed so: yes for a 404, no for a 503. If left out,
   * it accepted none that failed.
   */
  readonly isAccepted?: (error: unknown) => boolean;
  /** The machine's if left out. */
  readonly clock?: Clock;
  /** The machine's if left out. */
  readonly random?: Random;
}

/**
 * A policy that refuses calls here, once the service refuses too many there.
 *
 * @throws RangeError or TypeError if an option is not as described.
 *
 * @remarks
 * The formula and its reasons stand in throttle-probability.ts. Calls that were given up by their
 * caller, and those that a layer inside refused, say nothing about the service: they do not count.
 */
export function adaptiveThrottle(options: AdaptiveThrottleOptions = {}): AdaptiveThrottle {
  return new AdaptiveThrottle(options);
}

/** Refuses a share of the calls with a `CallRefusedError`. One instance for each service. */
export class AdaptiveThrottle implements Policy {
  readonly #settings: { readonly k: number; readonly refusedShareMax: number };
  readonly #window: ThrottleWindow;
  readonly #isAccepted: (error: unknown) => boolean;
  readonly #clock: Clock;
  readonly #random: Random;

  /** See `adaptiveThrottle`. */
  constructor(options: AdaptiveThrottleOptions) {
    checkRecord('options', options);
    const { k = 2, windowMs = 120_000, refusedShareMax = 0.9, isAccepted = never } = options;
    const { clock = systemClock, random = systemRandom } = options;
    checkNumber('k', k, 1, 100);
    checkNumber('windowMs', windowMs, 1, DELAY_MS_MAX);
    checkNumber('refusedShareMax', refusedShareMax, 0, 1);
    checkFunction('isAccepted', isAccepted);
    checkClock(clock);
    checkRandom(random);
    this.#settings = { k, refusedShareMax };
    this.#window = new ThrottleWindow(windowMs);
    this.#isAccepted = isAccepted;
    this.#clock = clock;
    this.#random = random;
  }

  /** The share of calls that is refused now. */
  get refusedShare(): number {
    this.#window.advance(this.#clock.nowMs());
    return throttleProbability(this.#window, this.#settings);
  }

  /** Runs `work`, or refuses it. */
  execute<Result>(work: Work<Result>, context: CallContext): Promise<Result> {
    const share = this.refusedShare;
    // Before the decision: a call that is refused here was asked for all the same.
    const slice = this.#window.request();
    if (share > 0 && this.#random.float() < share) {
      const percent = Math.round(share * 100);
      const message = `too little is accepted: ${percent} % are refused here`;
      return rejectSoon(new CallRefusedError('throttled', message));
    }
    return this.#send(slice, work, context);
  }

  async #send<Result>(slice: number, work: Work<Result>, context: CallContext): Promise<Result> {
    try {
      const result = await work(context);
      this.#window.accept(slice);
      return result;
    } catch (error) {
      this.#count(slice, error, context);
      throw error;
    }
  }

  #count(slice: number, error: unknown, context: CallContext): void {
    const wasSent = !hasCode(error, 'CALL_REFUSED') && !hasCode(error, 'CIRCUIT_OPEN');
    if (!wasSent || isCallersAbort(context.signal)) this.#window.forget(slice);
    else if (containedAnswer(() => this.#isAccepted(error), false)) this.#window.accept(slice);
  }
}

function never(): boolean {
  return false;
}
