import type { Clock, Timer } from '@quorate/transport';

/** One wait in a line. */
export interface Wait {
  /** When it is over. */
  readonly dueMs: number;
  /** Called once if it passes before it ends. */
  readonly onPassed: () => void;
  isOver: boolean;
}

/**
 * Any number of waits of one length on one timer: who came first is over first, so that a line
 * does.
 *
 * The timer runs only while somebody waits, and so never holds a process that has nothing to do.
 */
export class DeadlineLine {
  readonly #clock: Clock;
  readonly #lengthMs: number;
  #line: Wait[] = [];
  #waitingCount = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, lengthMs: number) {
    this.#clock = clock;
    this.#lengthMs = lengthMs;
  }

  /** Waits that are not over. */
  get size(): number {
    return this.#waitingCount;
  }

  /** Begins a wait; `onPassed` is called if nobody ends it in time. */
  begin(onPassed: () => void): Wait {
    const wait = { dueMs: this.#clock.nowMs() + this.#lengthMs, onPassed, isOver: false };
    this.#line.push(wait);
    this.#waitingCount += 1;
    this.#timer ??= this.#clock.setTimer(this.#lengthMs, () => this.#expire());
    return wait;
  }

  /** Ends a wait. Safe to call twice and after it passed. */
  end(wait: Wait): void {
    if (wait.isOver) return;
    wait.isOver = true;
    this.#waitingCount -= 1;
    if (this.#waitingCount > 0) return;
    this.#line = [];
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #expire(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.nowMs();
    const passed: Wait[] = [];
    const kept: Wait[] = [];
    for (const wait of this.#line) {
      if (wait.isOver) continue;
      (wait.dueMs <= nowMs ? passed : kept).push(wait);
    }
    this.#line = kept;
    const [next] = kept;
    if (next !== undefined) {
      const delayMs = Math.max(0, next.dueMs - nowMs);
      this.#timer = this.#clock.setTimer(delayMs, () => this.#expire());
    }
    for (const wait of passed) {
      this.end(wait);
      wait.onPassed();
    }
  }
}
