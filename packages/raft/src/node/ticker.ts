import type { Clock, Timer, Unsubscribe } from '@quorate/transport';

/** Ticks many nodes with one timer. */
export interface TickSource {
  /** Calls `onTick` at every tick, until the returned function is called. */
  subscribe(onTick: () => void): Unsubscribe;
}

/**
 * Ticks at a steady rate: lateness of one tick does not delay the ones behind it.
 *
 * After a pause of the whole process, though, missed ticks are not made up for: a burst of them
 * would take the silence of the pause for the silence of a leader.
 */
export class Ticker {
  readonly #clock: Clock;
  readonly #tickMs: number;
  readonly #onTick: () => void;
  #dueMs: number;
  #timer: Timer;

  /** Starts at once; the first tick comes after `tickMs`, which is more than 0. */
  constructor(clock: Clock, tickMs: number, onTick: () => void) {
    this.#clock = clock;
    this.#tickMs = tickMs;
    this.#onTick = onTick;
    this.#dueMs = clock.nowMs() + tickMs;
    this.#timer = clock.setTimer(tickMs, () => this.#tick());
  }

  /** Ticks no more. */
  stop(): void {
    this.#timer.cancel();
  }

  #tick(): void {
    const nowMs = this.#clock.nowMs();
    const dueMs = this.#dueMs + this.#tickMs;
    this.#dueMs = dueMs > nowMs ? dueMs : nowMs + this.#tickMs;
    this.#timer = this.#clock.setTimer(this.#dueMs - nowMs, () => this.#tick());
    this.#onTick();
  }
}
