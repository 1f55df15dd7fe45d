import type { Clock, Timer } from '@quorate/transport';

import type { Decisions } from './decisions.ts';
import type { Incarnation } from './incarnation.ts';
import { endOfTimeUs, type Scheduler, type SimulatedEvent } from './scheduler.ts';
import { noLabel, type TraceRecorder } from './trace.ts';

/** How wrong the clocks of the nodes are. All fields default to 0 unless said otherwise. */
export interface ClockOptions {
  /** What the true wall time is when the simulation starts. The default is 2026-01-01, UTC. */
  readonly wallTimeStartMs?: number;
  /** Each node's wall clock starts off by up to this much, either way, in ms. */
  readonly offsetMsMax?: number;
  /** Each node's clock runs fast or slow by up to this, in parts per million, at most 500 000. */
  readonly driftPpmMax?: number;
  /** Each timer fires late by up to this much, in ms: a busy event loop. */
  readonly timerLatenessMsMax?: number;
}

/** The clock options with nothing left open. */
export type ClockSettings = Required<ClockOptions>;

/**
 * Fills in `options`.
 *
 * @throws RangeError if a field is out of its range.
 */
export function clockSettings(options: ClockOptions = {}): ClockSettings {
  const settings = {
    wallTimeStartMs: options.wallTimeStartMs ?? 1_767_225_600_000,
    offsetMsMax: options.offsetMsMax ?? 0,
    driftPpmMax: options.driftPpmMax ?? 0,
    timerLatenessMsMax: options.timerLatenessMsMax ?? 0,
  };
  for (const [name, value] of Object.entries(settings)) {
    if (!(Number.isFinite(value) && value >= 0)) {
      throw new RangeError(`clocks.${name}: expected at least 0, got ${String(value)}`);
    }
  }
  checkDriftPpm('clocks.driftPpmMax', settings.driftPpmMax);
  return settings;
}

/** @throws RangeError unless `ppm` is within -500 000..500 000: half to one and a half times. */
function checkDriftPpm(name: string, ppm: number): void {
  if (!(Math.abs(ppm) <= 500_000)) {
    throw new RangeError(`${name}: expected -500000..500000, got ${String(ppm)}`);
  }
}

/**
 * The quartz and the battery-backed calendar of one machine: they outlive the processes on it.
 *
 * Local time is a straight line through an anchor. A change of drift moves the anchor to now, so
 * local time never jumps; only the calendar may, by `jumpWall`.
 */
export class MachineClock {
  readonly #scheduler: Scheduler;
  #rate: number;
  #wallOffsetMs: number;
  #anchorTrueUs = 0;
  #anchorLocalUs = 0;

  constructor(scheduler: Scheduler, settings: ClockSettings, decisions: Decisions) {
    this.#scheduler = scheduler;
    decisions.about('clock', 0);
    const offsetMs = (2 * decisions.float() - 1) * settings.offsetMsMax;
    this.#rate = 1 + ((2 * decisions.float() - 1) * settings.driftPpmMax) / 1_000_000;
    this.#wallOffsetMs = settings.wallTimeStartMs + Math.round(offsetMs);
  }

  /** Local microseconds since the start of the simulation. Never falls. */
  localUs(): number {
    return this.#localUsAt(this.#scheduler.nowUs);
  }

  /** Milliseconds since 1970 as this machine believes. */
  wallTimeMs(): number {
    return this.#wallOffsetMs + Math.floor(this.localUs() / 1_000);
  }

  /** The first true instant whose local time is at least `localUs`. */
  trueUsAt(localUs: number): number {
    const estimate = this.#anchorTrueUs + Math.ceil((localUs - this.#anchorLocalUs) / this.#rate);
    let trueUs = Math.max(this.#scheduler.nowUs, estimate - 1);
    while (trueUs < endOfTimeUs && this.#localUsAt(trueUs) < localUs) trueUs += 1;
    return trueUs;
  }

  /** Moves the calendar by `byMs`, either way. */
  jumpWall(byMs: number): void {
    this.#wallOffsetMs += Math.round(byMs);
  }

  /** From now on this machine's second lasts 1 / (1 + ppm / 10^6) true seconds. */
  setDriftPpm(ppm: number): void {
    const localUs = this.localUs();
    this.#anchorTrueUs = this.#scheduler.nowUs;
    this.#anchorLocalUs = localUs;
    this.#rate = 1 + ppm / 1_000_000;
  }

  #localUsAt(trueUs: number): number {
    return this.#anchorLocalUs + Math.floor((trueUs - this.#anchorTrueUs) * this.#rate);
  }
}

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
    const dueUs = this.#dueLocalUs(delayMs) + this.#latenessUs(this.#timerCount);
    const { scheduler, trace, reportError } = this.#surroundings;
    const timer = new VirtualTimer({
      scheduler,
      trace,
      reportError,
      machine: this.#machine,
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
    const maxMs = this.#surroundings.settings.timerLatenessMsMax;
    if (maxMs === 0) return 0;
    return Math.round(this.#decisions.about('timer', timerIndex).float() * maxMs * 1_000);
  }
}

function checkTimerDelay(delayMs: number): void {
  if (Number.isFinite(delayMs) && delayMs >= 0) return;
  throw new RangeError(`delayMs: expected a finite number, at least 0, got ${delayMs}`);
}

const inertTimer: Timer = { cancel: () => undefined };

/** Local time, and when it will be what. */
interface Timekeeper {
  localUs(): number;
  trueUsAt(localUs: number): number;
}

function trueTime(scheduler: Scheduler): Timekeeper {
  return { localUs: () => scheduler.nowUs, trueUsAt: (localUs) => localUs };
}

interface VirtualTimerParts {
  readonly scheduler: Scheduler;
  readonly trace: TraceRecorder;
  readonly reportError: (error: unknown, incarnation: Incarnation) => void;
  readonly machine: Timekeeper;
  readonly incarnation: Incarnation;
  /** When it fires, on the machine's local time. */
  readonly dueUs: number;
  readonly mark: number;
  readonly callback: () => void;
}

class VirtualTimer implements Timer, SimulatedEvent {
  readonly #parts: VirtualTimerParts;
  #slot = -1;
  #isCancelled = false;

  constructor(parts: VirtualTimerParts) {
    this.#parts = parts;
  }

  plan(): void {
    const { scheduler, machine, incarnation, dueUs } = this.#parts;
    this.#slot = scheduler.plan(machine.trueUsAt(dueUs), this, incarnation.label.hash);
  }

  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#parts.scheduler.cancel(this.#slot, this);
  }

  fire(): boolean {
    const { scheduler, trace, machine, incarnation, dueUs, mark, callback } = this.#parts;
    if (this.#isCancelled || !incarnation.admits(this)) return false;
    // The machine's clock was slowed since the timer was planned: local time is not there yet.
    if (machine.localUs() < dueUs && scheduler.nowUs < endOfTimeUs) {
      this.plan();
      return false;
    }
    this.#isCancelled = true;
    trace.add(scheduler.nowUs, 'timer', incarnation.label, noLabel, 0, mark, noLabel);
    try {
      callback();
    } catch (error) {
      this.#parts.reportError(error, incarnation);
    }
    return true;
  }
}

/** The clock of the test itself: true time since the start, for clients that are no nodes. */
export class TrueClock implements Clock {
  readonly #surroundings: ClockSurroundings;
  readonly #incarnation: Incarnation;

  /** @param incarnation - A life that never ends, in whose name errors are reported. */
  constructor(surroundings: ClockSurroundings, incarnation: Incarnation) {
    this.#surroundings = surroundings;
    this.#incarnation = incarnation;
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
      machine: trueTime(scheduler),
      incarnation: this.#incarnation,
      dueUs: Math.min(Math.ceil((this.nowMs() + delayMs) * 1_000), endOfTimeUs),
      mark: 0,
      callback,
    });
    timer.plan();
    return timer;
  }
}
