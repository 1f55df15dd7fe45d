import type { Clock, Timer } from '../../src/clock.ts';

interface ManualTimer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A clock that stands still until the test moves it. */
export class ManualClock implements Clock {
  readonly #timers = new Set<ManualTimer>();
  #nowMs: number;
  /** Timers ever set. */
  setCount = 0;

  constructor(nowMs = 0) {
    this.#nowMs = nowMs;
  }

  get pendingCount(): number {
    return this.#timers.size;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallTimeMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    if (!Number.isFinite(delayMs) || delayMs < 0) throw new RangeError(`delayMs: got ${delayMs}`);
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    this.setCount += 1;
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** Lets `ms` pass, running what falls due in order. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      // A set keeps the order of insertion, and sorting is stable: ties run as they were set.
      const due = [...this.#timers].filter((timer) => timer.dueMs <= endMs);
      const [next] = due.toSorted((left, right) => left.dueMs - right.dueMs);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.callback();
    }
    this.#nowMs = endMs;
  }

  /** Lets `ms` pass without running anything, as a process does that is frozen. */
  freeze(ms: number): void {
    this.#nowMs += ms;
  }
}
