import type { Clock, Timer } from '@quorate/transport';

/**
 * The one timer of a breaker that is asked for one: it turns an open circuit half open on time,
 * for those who want to see the event. It does not hold the process open.
 */
export class HalfOpenTimer {
  readonly #clock: Clock;
  readonly #onDue: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Runs off in `waitMs` and at no other time; never if it is `undefined`. */
  set(waitMs: number | undefined): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (waitMs === undefined) return;
    this.#timer = this.#clock.setTimer(waitMs, this.#onDue);
    this.#timer.unref?.();
  }
}
