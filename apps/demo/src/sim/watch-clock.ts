import type { Clock, Timer } from '@quorate/transport';

interface Waiting {
  readonly dueMs: number;
  readonly callback: () => void;
}

/**
 * Wakes those who watch a run when its time has come, but not as a part of it: what is planned here
 * is no event of the simulation, so that a run is the same whether it is watched or not.
 */
export class WatchClock implements Clock {
  readonly #timeMs: () => number;
  readonly #waiting = new Set<Waiting>();

  /** @param timeMs - The time of the run. */
  constructor(timeMs: () => number) {
    this.#timeMs = timeMs;
  }

  nowMs(): number {
    return this.#timeMs();
  }

  wallTimeMs(): number {
    return this.#timeMs();
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const waiting = { dueMs: this.#timeMs() + delayMs, callback };
    this.#waiting.add(waiting);
    return { cancel: () => void this.#waiting.delete(waiting) };
  }

  /** Calls those whose time has come. For moments between events. */
  fire(): void {
    const nowMs = this.#timeMs();
    for (const waiting of [...this.#waiting]) {
      if (waiting.dueMs <= nowMs && this.#waiting.delete(waiting)) waiting.callback();
    }
  }
}
