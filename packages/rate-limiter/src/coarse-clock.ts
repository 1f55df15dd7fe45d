import type { Clock } from '@quorate/transport';
import { systemClock } from '@quorate/transport/system';

/**
 * A clock that is read once and then stands still until the event loop comes round to its timers:
 * about a millisecond, or longer while other code keeps the loop busy. Telling the time then costs
 * a few nanoseconds instead of some fifty.
 *
 * @remarks
 * It pays where many decisions are made in a millisecond; where fewer are, each costs a timer. It
 * holds one timer at most, only after it was asked, and no process open.
 *
 * Time comes late and never early. So by any instant no more has been admitted than by the clock
 * itself, and a wait is never too short. What was held back can come at once, however: an interval
 * admits what one longer by the longest standstill admits. And code that never lets timers run,
 * such as a loop over promises that are settled, waits for ever for time to pass.
 *
 * @param clock - What is read. Default: the system's monotonic clock.
 *
 * @example
 * ```ts
 * import { coarseClock, gcra, RateLimiter } from '@quorate/rate-limiter';
 *
 * const policy = gcra({ limit: 2, windowMs: 1_000 });
 * const limiter = new RateLimiter({ policy, clock: coarseClock() });
 * limiter.take('alice').kind; // => 'admitted'
 * ```
 */
export function coarseClock(clock: Clock = systemClock): Pick<Clock, 'nowMs' | 'wallTimeMs'> {
  return new CoarseClock(clock);
}

class CoarseClock implements Pick<Clock, 'nowMs' | 'wallTimeMs'> {
  readonly #clock: Clock;
  #nowMs = 0;
  #isFresh = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  nowMs(): number {
    return this.#isFresh ? this.#nowMs : this.#read();
  }

  wallTimeMs(): number {
    return this.#clock.wallTimeMs();
  }

  #read(): number {
    this.#nowMs = this.#clock.nowMs();
    const timer = this.#clock.setTimer(0, () => {
      this.#isFresh = false;
    });
    timer.unref?.();
    this.#isFresh = true;
    return this.#nowMs;
  }
}
