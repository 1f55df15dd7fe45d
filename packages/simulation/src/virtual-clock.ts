import type { Clock, Timer } from '@quorate/transport';

import type { ClockSettings } from './clock-options.ts';
import type { Decisions } from './decisions.ts';
import type { Incarnation } from './incarnation.ts';
import type { MachineClock } from './machine-clock.ts';
import { endOfTimeUs, type Scheduler, type SimulatedEvent } from './scheduler.ts';
import { type LocalTime, type ThrottledTimer, TimerThrottle } from './timer-throttle.ts';
import { noLabel, type TraceRecorder } from './trace.ts';

/** What a clock needs of the simulation around it. */
export interface ClockSurroundings {
  readonly scheduler: Scheduler;
  readonly trace: TraceRecorder;
  readonly settings: ClockSettings;
  /** Takes what a timer's callback threw. */
  readonly reportError: (error: unknown, incarnation: Incarnation) => void;
}

/** The clock of one life of a node. Its monotonic time starts anew with every life. */
export class VirtualClock implements Clock {
  readonly #surroundings: ClockSurroundings;
  readonly #machine: MachineClock;
  readonly #incarnation: Incarnation;
  readonly #decisions: Decisions;
  readonly #originUs: number;
  #timerCount = 0;

  /** @param decisions - Those about this life's clock, and nothing else. */
  constructor(
    surroundings: ClockSurroundings,
    machine: MachineClock,
    incarnation: Incarnation,
    decisions: Decisions,
  ) {
    this.#surroundings = surroundings;
    this.#machine = machine;
    this.#incarnation = incarnation;
    this.#decisions = decisions;
    // An origin of its own, or code that keeps monotonic time across a restart would go unnoticed.
    const upTimeUs = 1_000_000 * (1 + decisions.about('clock', 0).int(1_000_000));
    this.#originUs = machine.localUs() - upTimeUs;
  }

  nowMs(): number {
    return (this.#machine.localUs() - this.#originUs) / 1_000;
  }

  wallTimeMs(): number {
    return this.#machine.wallTimeMs();
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    checkTimerDelay(delayMs);
    // Code of a life that is over may still run into here; it must not act.
    if (!this.#incarnation.isAlive) return inertTimer;
    this.#timerCount += 1;
    const { scheduler, trace, reportError } = this.#surroundings;
    const machine = this.#machine;
    const leastMs = Math.max(delayMs, machine.throttle.delayMsMin);
    const dueUs = this.#dueLocalUs(leastMs) + this.#latenessUs(this.#timerCount);
    const timer = new VirtualTimer({
      scheduler,
      trace,
      reportError,
      machine,
      incarnation: this.#incarnation,
      dueUs,
      mark: this.#timerCount,
      callback,
    });
    timer.plan();
    return timer;
  }

  /** The first local instant at which `delayMs` have passed on this clock, as its readings say. */
  #dueLocalUs(delayMs: number): number {
    const setAtMs = this.nowMs();
    let dueUs = Math.ceil((setAtMs + delayMs) * 1_000) + this.#originUs;
    if (dueUs >= endOfTimeUs) return endOfTimeUs;
    // Rounding may leave the difference of two readings a hair below the delay asked for.
    const passedMs = (): number => (dueUs - this.#originUs) / 1_000 - setAtMs;
    while (passedMs() < delayMs) dueUs += 1;
    return dueUs;
  }

  #latenessUs(timerIndex: number): number {
    const maxMs = this.#machine.timerLatenessMsMax;
    if (maxMs === 0) return 0;
    return Math.round(this.#decisions.about('timer', timerIndex).float() * maxMs * 1_000);
  }
}

function checkTimerDelay(delayMs: number): void {
  if (Number.isFinite(delayMs) && delayMs >= 0) return;
  throw new RangeError(`delayMs: expected a finite number, at least 0, got ${delayMs}`);
}

const inertTimer: Timer = { cancel: () => undefined };

/** What timers run on. */
interface TimerMachine extends LocalTime {
  readonly throttle: TimerThrottle;
}

interface VirtualTimerParts {
  readonly scheduler: Scheduler;
  readonly trace: TraceRecorder;
  readonly reportError: (error: unknown, incarnation: Incarnation) => void;
  readonly machine: TimerMachine;
  readonly incarnation: Incarnation;
  /** When it fires, on the machine's local time. */
  readonly dueUs: number;
  readonly mark: number;
  readonly callback: () => void;
}

class VirtualTimer implements Timer, SimulatedEvent, ThrottledTimer {
  readonly #parts: VirtualTimerParts;
  #slot = -1;
  #isCancelled = false;
  #isDue = false;

  constructor(parts: VirtualTimerParts) {
    this.#parts = parts;
  }

  plan(): void {
    const { scheduler, machine, incarnation, dueUs } = this.#parts;
    this.#slot = scheduler.plan(machine.trueUsAt(dueUs), this, incarnation.label.hash);
  }

  planAt(atUs: number): void {
    const { scheduler, incarnation } = this.#parts;
    scheduler.cancel(this.#slot, this);
    this.#slot = scheduler.plan(atUs, this, incarnation.label.hash);
  }

  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#parts.scheduler.cancel(this.#slot, this);
    this.#parts.machine.throttle.forget(this);
  }

  fire(): boolean {
    const { scheduler, trace, incarnation, mark, callback } = this.#parts;
    if (this.#isCancelled) return false;
    // Once due it stays due, however long it waits for a node that is paused or slow.
    this.#isDue ||= this.#becomesDue();
    if (!this.#isDue || !incarnation.admits(this)) return false;
    this.#isCancelled = true;
    trace.add(scheduler.nowUs, 'timer', incarnation.label, noLabel, 0, mark, noLabel);
    try {
      callback();
    } catch (error) {
      this.#parts.reportError(error, incarnation);
    }
    return true;
  }

  /** Whether its time has come. If not, it will ask again. */
  #becomesDue(): boolean {
    const { scheduler, machine, dueUs } = this.#parts;
    // There is no later.
    if (scheduler.nowUs >= endOfTimeUs) return true;
    // The machine's clock was slowed since the timer was planned: local time is not there yet.
    if (machine.localUs() < dueUs) {
      this.plan();
      return false;
    }
    return machine.throttle.admits(this, dueUs);
  }
}

/** The clock of the test itself: true time since the start, for clients that are no nodes. */
export class TrueClock implements Clock {
  readonly #surroundings: ClockSurroundings;
  readonly #incarnation: Incarnation;
  readonly #machine: TimerMachine;

  /** @param incarnation - A life that never ends, in whose name errors are reported. */
  constructor(surroundings: ClockSurroundings, incarnation: Incarnation) {
    this.#surroundings = surroundings;
    this.#incarnation = incarnation;
    const { scheduler } = surroundings;
    const time: LocalTime = { localUs: () => scheduler.nowUs, trueUsAt: (localUs) => localUs };
    this.#machine = { ...time, throttle: new TimerThrottle(scheduler, time) };
  }

  nowMs(): number {
    return this.#surroundings.scheduler.nowUs / 1_000;
  }

  wallTimeMs(): number {
    return this.#surroundings.settings.wallTimeStartMs + Math.floor(this.nowMs());
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const { scheduler, trace, reportError } = this.#surroundings;
    checkTimerDelay(delayMs);
    const timer = new VirtualTimer({
      scheduler,
      trace,
      reportError,
      machine: this.#machine,
      incarnation: this.#incarnation,
      dueUs: Math.min(Math.ceil((this.nowMs() + delayMs) * 1_000), endOfTimeUs),
      mark: 0,
      callback,
    });
    timer.plan();
    return timer;
  }
}
