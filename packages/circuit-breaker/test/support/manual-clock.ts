import type { Clock, Timer } from '@quorate/transport';

interface ManualTimer {
  readonly dueMs: number;
  readonly callback: () => void;
  isHolding: boolean;
}

/** A clock that stands still until the test moves it, and counts who looks at it. */
export class ManualClock implements Clock {
  readonly #timers = new Set<ManualTimer>();
  #nowMs: number;
  #wallMs = 1_700_000_000_000;
  /** Times that the monotonic clock was read. */
  readCount = 0;

  constructor(nowMs = 0) {
    this.#nowMs = nowMs;
  }

  /** Timers that wait. */
  get timerCount(): number {
    return this.#timers.size;
  }

  /** Timers that wait and hold the process open. */
  get holdingCount(): number {
    return [...this.#timers].filter(({ isHolding }) => isHolding).length;
  }

  nowMs(): number {
    this.readCount += 1;
    return this.#nowMs;
  }

  wallTimeMs(): number {
    return this.#wallMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    if (!Number.isFinite(delayMs) || delayMs < 0) throw new RangeError(`delayMs: got ${delayMs}`);
    const timer = { dueMs: this.#nowMs + delayMs, callback, isHolding: true };
    this.#timers.add(timer);
    return {
      cancel: () => void this.#timers.delete(timer),
      unref: () => {
        timer.isHolding = false;
      },
    };
  }

  /** Lets `ms` pass, running what falls due in order. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const due = [...this.#timers].filter((timer) => timer.dueMs <= endMs);
      const [next] = due.toSorted((left, right) => left.dueMs - right.dueMs);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.callback();
    }
    this.#nowMs = endMs;
    this.#wallMs += ms;
  }

  /** Sets the monotonic clock, as only a broken one does. */
  jump(byMs: number): void {
    this.#nowMs += byMs;
  }

  /** Sets the wall clock, as an operator or a time server does. */
  jumpWall(byMs: number): void {
    this.#wallMs += byMs;
  }
}
