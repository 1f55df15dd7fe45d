import { Calendar } from './calendar.ts';
import type { ClockSettings } from './clock-options.ts';
import type { Decisions } from './decisions.ts';
import { endOfTimeUs, type Scheduler } from './scheduler.ts';
import { type LocalTime, TimerThrottle } from './timer-throttle.ts';

/**
 * The quartz and the battery-backed calendar of one machine: they outlive the processes on it.
 *
 * Local time is a straight line through an anchor. A change of drift moves the anchor to now, so
 * local time never jumps; only the calendar may.
 */
export class MachineClock implements LocalTime {
  /** When the machine wakes up for its timers. */
  readonly throttle: TimerThrottle;
  readonly #scheduler: Scheduler;
  readonly #calendar: Calendar;
  readonly #usualLatenessMsMax: number;
  #moreLatenessMsMax = 0;
  #rate: number;
  #anchorTrueUs = 0;
  #anchorLocalUs = 0;

  constructor(scheduler: Scheduler, settings: ClockSettings, decisions: Decisions) {
    this.#scheduler = scheduler;
    this.throttle = new TimerThrottle(scheduler, this);
    decisions.about('clock', 0);
    const offsetMs = (2 * decisions.float() - 1) * settings.offsetMsMax;
    this.#rate = 1 + ((2 * decisions.float() - 1) * settings.driftPpmMax) / 1_000_000;
    this.#calendar = new Calendar(settings.wallTimeStartMs + Math.round(offsetMs));
    this.#usualLatenessMsMax = settings.timerLatenessMsMax;
  }

  /** How late timers may fire that are set now, in ms. */
  get timerLatenessMsMax(): number {
    return this.#usualLatenessMsMax + this.#moreLatenessMsMax;
  }

  /** Local microseconds since the start of the simulation. Never falls. */
  localUs(): number {
    return this.#localUsAt(this.#scheduler.nowUs);
  }

  /** Milliseconds since 1970 as this machine believes. */
  wallTimeMs(): number {
    return this.#calendar.readMs(this.localUs());
  }

  trueUsAt(localUs: number): number {
    const estimate = this.#anchorTrueUs + Math.ceil((localUs - this.#anchorLocalUs) / this.#rate);
    let trueUs = Math.max(this.#scheduler.nowUs, estimate - 1);
    while (trueUs < endOfTimeUs && this.#localUsAt(trueUs) < localUs) trueUs += 1;
    return trueUs;
  }

  /** Moves the calendar by `byMs`, either way. */
  jumpWall(byMs: number): void {
    this.#calendar.jump(byMs);
  }

  /** Lets the calendar gain `byMs` over the next `overMs`. */
  smearWall(byMs: number, overMs: number): void {
    this.#calendar.smear(this.localUs(), byMs, overMs);
  }

  /** Lets the calendar stand still, until `thawWall`. */
  freezeWall(): void {
    this.#calendar.freeze(this.localUs());
  }

  /** Lets the calendar show again what it would have shown. */
  thawWall(): void {
    this.#calendar.thaw();
  }

  /** From now on this machine's second lasts 1 / (1 + ppm / 10^6) true seconds. */
  setDriftPpm(ppm: number): void {
    const localUs = this.localUs();
    this.#anchorTrueUs = this.#scheduler.nowUs;
    this.#anchorLocalUs = localUs;
    this.#rate = 1 + ppm / 1_000_000;
  }

  /** From now on timers are set that fire late by up to `byMsMax` more than they may anyway. */
  delayTimers(byMsMax: number): void {
    this.#moreLatenessMsMax = byMsMax;
  }

  /** Ends all that is wrong with it. Where the calendar has got to it stays. */
  calm(): void {
    this.setDriftPpm(0);
    this.#calendar.endSmear(this.localUs());
    this.#calendar.thaw();
    this.delayTimers(0);
    this.throttle.change(0);
  }

  #localUsAt(trueUs: number): number {
    return this.#anchorLocalUs + Math.floor((trueUs - this.#anchorTrueUs) * this.#rate);
  }
}
