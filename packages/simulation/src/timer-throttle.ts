import type { Scheduler } from './scheduler.ts';

/** Local time of a machine, and when it will be what. */
export interface LocalTime {
  localUs(): number;
  /** The first true instant whose local time is at least `localUs`. */
  trueUsAt(localUs: number): number;
}

/** A timer that can be told to ask again at some instant. */
export interface ThrottledTimer {
  /** Plans this timer anew, for `atUs` of true time. */
  planAt(atUs: number): void;
}

/**
 * Wakes a machine for its timers only now and then, as a browser does in a hidden tab: a timer that
 * is due waits for the next wake-up, and all that wait fire then, in the order in which they were
 * due.
 *
 * ```text
 *   due          a  b           c                d
 *   wakes up  |        |        |        |        |        |
 *   fires              a b      c                 d
 * ```
 */
export class TimerThrottle {
  readonly #scheduler: Scheduler;
  readonly #time: LocalTime;
  /** Those that are due and wait, in the order in which they were due. */
  readonly #held = new Set<ThrottledTimer>();
  #everyUs = 0;

  constructor(scheduler: Scheduler, time: LocalTime) {
    this.#scheduler = scheduler;
    this.#time = time;
  }

  /** The shortest delay of a timer: one of 0 set at a wake-up is not for the same wake-up. */
  get delayMsMin(): number {
    return this.#everyUs === 0 ? 0 : 1;
  }

  /** Wakes the machine every `everyMs` of its local time from now on; 0: at any time. */
  change(everyMs: number): void {
    this.#everyUs = Math.round(everyMs * 1_000);
    const held = [...this.#held];
    this.#held.clear();
    for (const timer of held) timer.planAt(this.#scheduler.nowUs);
  }

  /** Whether `timer`, which was due at local time `dueUs`, fires now. If not, it asks again. */
  admits(timer: ThrottledTimer, dueUs: number): boolean {
    if (this.#everyUs === 0) return true;
    const wasHeld = this.#held.delete(timer);
    const wokeUpUs = Math.floor(this.#time.localUs() / this.#everyUs) * this.#everyUs;
    const isAwake = wokeUpUs >= dueUs;
    // Due at the wake-up itself, it stands behind those that were due before.
    if (isAwake && (wasHeld || this.#held.size === 0)) return true;
    this.#held.add(timer);
    const { nowUs } = this.#scheduler;
    timer.planAt(isAwake ? nowUs : this.#time.trueUsAt(wokeUpUs + this.#everyUs));
    return false;
  }

  /** `timer` was cancelled. */
  forget(timer: ThrottledTimer): void {
    this.#held.delete(timer);
  }
}
