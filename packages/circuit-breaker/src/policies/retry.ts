/*
 * Tries again what failed and may go well another time.
 *
 *     try 1 -- fails -- wait -- try 2 -- fails -- wait, longer -- try 3 -- fails -- its error
 *                        ^                          ^
 *                        no token in the budget: the error of the try, at once
 *                        the caller gives up: its reason, at once
 *
 * Three things end a series early. The budget, because retries of everybody together are what turns
 * a slow service into a dead one (see retry-budget.ts). The caller, who does not wait for a pause
 * to end. And a service that asks to be left alone for longer than the caller wants to wait: to
 * come back sooner would be to be refused again.
 *
 * A call that an open circuit refuses was no try: nothing was sent. It does not count, pays
 * nothing, and is made again once the circuit may admit it. Otherwise three refusals within
 * milliseconds would be all that a patient caller gets.
 */
import type { Clock, Random } from '@quorate/transport';
import { systemClock, systemRandom } from '@quorate/transport/system';

import { checkInteger, checkNumber, checkRecord, DELAY_MS_MAX } from '../bounds.ts';
import { contained, containedAnswer } from '../contain.ts';
import { hasCode, retryAfterMsOf } from '../failure.ts';
import {
  checkClock,
  checkFunction,
  checkOptionalFunction,
  checkRandom,
} from '../function-checks.ts';
import type { CallContext, Policy, Work } from '../policy.ts';
import { checkBudget, type RetryBudget } from '../retry-budget.ts';
import { type BackOff, checkedBackOff, retryDelayMs } from '../retry-delay.ts';
import { payOnce, TryContext } from './call-context.ts';
import { pause } from './pause.ts';

/** A retry that is about to be waited for. */
export interface RetryEvent {
  /** Which try follows, from 2. */
  readonly nextTry: number;
  /** After how long. */
  readonly waitMs: number;
  /** Why: what the try before threw. */
  readonly error: unknown;
}

/** What `retry` may be told. */
export interface RetryOptions extends Partial<BackOff> {
  /** Tries of one call, the first included, 1..1,000. 3 if left out. */
  readonly maxAttempts?: number;
  /** What all retries together may add to the load. None if left out: give one. */
  readonly budget?: RetryBudget;
  /**
   * Whether another try may go better. If left out, everything but refusals of this process that
   * are no open circuit: to come back at once is what they refuse.
   */
  readonly isRetryable?: (error: unknown) => boolean;
  /** For how long the service asks to be left alone. If left out, `retryAfterMs` of the error. */
  readonly retryAfterMs?: (error: unknown) => number | undefined;
  /**
   * The longest wait that the service or a circuit may ask for, in milliseconds, 0..2^31-1. Who
   * asks for more ends the series at once. `capMs` if left out.
   */
  readonly retryAfterMsMax?: number;
  /** Hears of each retry before its wait. What it throws is dropped. */
  readonly onRetry?: (event: RetryEvent) => void;
  /** The machine's if left out. */
  readonly clock?: Clock;
  /** The machine's if left out. */
  readonly random?: Random;
}

/**
 * A policy that runs the work again after a failure.
 *
 * Only for work that does no harm when it is done twice.
 *
 * @throws RangeError or TypeError if an option is not as described.
 */
export function retry(options: RetryOptions = {}): Policy {
  return new Retry(options);
}

/** How far one call has come. */
interface Course {
  tries: number;
  /** Times that an open circuit refused it. */
  refusals: number;
  /** Whether it did the last time. */
  wasRefused: boolean;
  previousMs: number;
}

class Retry implements Policy {
  readonly #backOff: BackOff;
  readonly #maxAttempts: number;
  readonly #budget: RetryBudget | undefined;
  readonly #isRetryable: (error: unknown) => boolean;
  readonly #retryAfterMs: (error: unknown) => number | undefined;
  readonly #retryAfterMsMax: number;
  readonly #onRetry: ((event: RetryEvent) => void) | undefined;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(options: RetryOptions) {
    checkRecord('options', options);
    const backOff = checkedBackOff(options);
    const { maxAttempts = 3, retryAfterMsMax = backOff.capMs } = options;
    const { isRetryable = isNoRefusal, retryAfterMs = retryAfterMsOf } = options;
    const { budget, clock = systemClock, random = systemRandom } = options;
    checkInteger('maxAttempts', maxAttempts, 1, 1_000);
    checkNumber('retryAfterMsMax', retryAfterMsMax, 0, DELAY_MS_MAX);
    checkFunction('isRetryable', isRetryable);
    checkFunction('retryAfterMs', retryAfterMs);
    checkOptionalFunction('onRetry', options.onRetry);
    if (budget !== undefined) checkBudget(budget);
    checkClock(clock);
    checkRandom(random);
    this.#backOff = backOff;
    this.#maxAttempts = maxAttempts;
    this.#budget = budget;
    this.#isRetryable = isRetryable;
    this.#retryAfterMs = retryAfterMs;
    this.#retryAfterMsMax = retryAfterMsMax;
    this.#onRetry = options.onRetry;
    this.#clock = clock;
    this.#random = random;
  }

  async execute<Result>(work: Work<Result>, context: CallContext): Promise<Result> {
    if (this.#budget !== undefined) payOnce(this.#budget, context);
    let course: Course | undefined;
    let current = context;
    for (;;) {
      let waitMs: number | undefined;
      try {
        return await work(current);
      } catch (error) {
        course ??= newCourse(this.#backOff);
        waitMs = this.#waitMs(course, error, context);
        if (waitMs === undefined) throw error;
        this.#tell({ nextTry: course.tries + 1, waitMs, error });
      }
      await pause(this.#clock, waitMs, context.signal);
      // After a refusal the same try is still to come.
      if (!course.wasRefused) current = new TryContext(context, course.tries + 1);
    }
  }

  /** How long to wait before the work is run again; undefined if it is not. */
  #waitMs(course: Course, error: unknown, context: CallContext): number | undefined {
    if (context.signal.aborted) return undefined;
    course.wasRefused = hasCode(error, 'CIRCUIT_OPEN');
    if (course.wasRefused) return this.#afterRefusalMs(course, error);
    course.tries += 1;
    if (course.tries >= this.#maxAttempts) return undefined;
    if (!containedAnswer(() => this.#isRetryable(error), false)) return undefined;
    const askedMs = this.#askedMs(error);
    if (askedMs > this.#retryAfterMsMax) return undefined;
    if (this.#budget?.tryWithdraw(this.#clock.nowMs()) === false) return undefined;
    const ownMs = this.#ownMs(course);
    return askedMs > 0 ? Math.max(ownMs, this.#spreadMs(askedMs)) : ownMs;
  }

  /** For how long the service asks to be left alone; 0 if it does not, or says nonsense. */
  #askedMs(error: unknown): number {
    const answer = containedAnswer(() => this.#retryAfterMs(error), undefined) ?? 0;
    return answer > 0 ? answer : 0;
  }

  #afterRefusalMs(course: Course, error: unknown): number | undefined {
    course.refusals += 1;
    const openForMs = retryAfterMsOf(error);
    // A circuit that is forced open does not say for how long.
    if (openForMs === undefined || openForMs > this.#retryAfterMsMax) return undefined;
    return course.refusals >= this.#maxAttempts ? undefined : this.#spreadMs(openForMs);
  }

  #ownMs(course: Course): number {
    const { tries, previousMs } = course;
    course.previousMs = retryDelayMs(this.#backOff, tries, previousMs, this.#random.float());
    return course.previousMs;
  }

  /** `ms` and a little more, lest all who were told the same come back at the same instant. */
  #spreadMs(ms: number): number {
    if (this.#backOff.jitter === 'none') return ms;
    return Math.min(DELAY_MS_MAX, ms + this.#random.float() * this.#backOff.baseMs);
  }

  #tell(event: RetryEvent): void {
    const listener = this.#onRetry;
    if (listener !== undefined) contained(() => listener(event));
  }
}

function newCourse({ baseMs }: BackOff): Course {
  return { tries: 0, refusals: 0, wasRefused: false, previousMs: baseMs };
}

function isNoRefusal(error: unknown): boolean {
  return !hasCode(error, 'CALL_REFUSED') && !hasCode(error, 'CIRCUIT_BREAKER_DISPOSED');
}
