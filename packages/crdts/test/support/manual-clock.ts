import type { Clock, Timer } from '@quorate/transport';

interface Alarm {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A clock that a test moves. Timers run in order, and promises get their turn after each. */
export class ManualClock implements Clock {
  #nowMs: number;
  #alarms: Alarm[] = [];

  constructor(nowMs = 1_000) {
    this.#nowMs = nowMs;
  }

  /** Timers that have not run. */
  get timerCount(): number {
    return this.#alarms.length;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallTimeMs(): number {
    return this.#nowMs + 1_700_000_000_000;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    if (!Number.isFinite(delayMs) || delayMs < 0) throw new RangeError(`delayMs: got ${delayMs}`);
    const alarm = { dueMs: this.#nowMs + delayMs, callback };
    this.#alarms.push(alarm);
    this.#alarms.sort((left, right) => left.dueMs - right.dueMs);
    return {
      cancel: () => {
        this.#alarms = this.#alarms.filter((other) => other !== alarm);
      },
    };
  }

  /** Lets `byMs` pass, running what is due at its time. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    await settle();
    for (;;) {
      const [next] = this.#alarms;
      if (next === undefined || next.dueMs > untilMs) break;
      this.#alarms.shift();
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.callback();
      await settle();
    }
    this.#nowMs = untilMs;
  }
}

/** Lets promises that are settled tell those who wait for them. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
