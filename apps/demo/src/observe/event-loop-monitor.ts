import type { Clock, Timer } from '@quorate/transport';

const intervalMs = 500;

/** How late timers run: the sign of a process that is busy, starved or was stopped for a while. */
export class EventLoopMonitor {
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #delayMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#schedule();
  }

  /** How late the last timer ran, in ms. At least 0. */
  get delayMs(): number {
    return this.#delayMs;
  }

  close(): void {
    this.#timer?.cancel();
  }

  #schedule(): void {
    const dueMs = this.#clock.nowMs() + intervalMs;
    this.#timer = this.#clock.setTimer(intervalMs, () => {
      this.#delayMs = Math.max(0, this.#clock.nowMs() - dueMs);
      this.#schedule();
    });
  }
}
