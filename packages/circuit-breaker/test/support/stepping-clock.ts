import type { Clock, Timer } from '@quorate/transport';

interface SteppingTimer {
  readonly dueMs: number;
  readonly callback: () => void;
  isQuiet: boolean;
}

/** A clock that stands still until a test moves it, and lets promises settle on the way. */
export class SteppingClock implements Clock {
  readonly #timers = new Set<SteppingTimer>();
  #nowMs = 0;
  /** Timers ever set. */
  setCount = 0;
  /** Times the clock was read. */
  readCount = 0;

  /** Timers that wait. */
  get pendingCount(): number {
    return this.#timers.size;
  }

  /** Timers that wait and hold the process open. */
  get holdingCount(): number {
    return [...this.#timers].filter(({ isQuiet }) => !isQuiet).length;
  }

  nowMs(): number {
    this.readCount += 1;
    return this.#nowMs;
  }

  wallTimeMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    if (!Number.isFinite(delayMs) || delayMs < 0) throw new RangeError(`delayMs: got ${delayMs}`);
    const timer = { dueMs: this.#nowMs + delayMs, callback, isQuiet: false };
    this.#timers.add(timer);
    this.setCount += 1;
    return {
      cancel: () => void this.#timers.delete(timer),
      unref: () => {
        timer.isQuiet = true;
      },
    };
  }

  /** Lets `ms` pass, running what falls due in order, each with all that follows from it. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      await turn();
      const due = [...this.#timers].filter((timer) => timer.dueMs <= endMs);
      const [next] = due.toSorted((left, right) => left.dueMs - right.dueMs);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.callback();
    }
    this.#nowMs = endMs;
    await turn();
  }

  /** Lets `ms` pass without running anything, as a process does that stands still. */
  freeze(ms: number): void {
    this.#nowMs += ms;
  }
}

/** Lets every promise settle that can without a timer. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
