/**
 * The trial calls of one half-open period: a few of them, whose outcomes decide.
 *
 * ```text
 *   permitted 10   |#######...|  7 admitted, 3 left
 *   came back 4    |oxoo      |  3 well, 1 failed
 * ```
 *
 * Three ways to get stuck, and what is done about each. A trial that says nothing (its caller gave
 * up) takes a permit and brings no verdict: it gives the permit back, though never more of them
 * than outcomes are missing, or the circuit would admit more than it may. One that never ends holds
 * the verdict up for ever: once all are admitted, and the last of them too long ago, the missing
 * ones are taken for lost. And once so many have failed that no success can make up for them, the
 * rest would only hurt a service that is down: the verdict falls at once.
 */
import type { CircuitSettings } from './circuit-options.ts';
import type { CountedOutcome, OutcomeCounts } from './outcome.ts';
import type { TripReason } from './trip-policy.ts';
import { CountWindow } from './windows/count-window.ts';

/** What trial calls say: not yet anything, that the service is well, or what is wrong with it. */
export type TrialVerdict = 'notYet' | 'passed' | TripReason;

/** The settings that decide about trial calls. */
export type TrialSettings = Pick<
  CircuitSettings,
  'trip' | 'permittedCalls' | 'trialMinimum' | 'halfOpenWaitMsMax'
>;

/** The trial calls of one half-open period. */
export class TrialCalls {
  readonly #settings: TrialSettings;
  readonly #window: CountWindow;
  #left: number;
  #lastAdmittedMs = 0;

  constructor(settings: TrialSettings) {
    this.#settings = settings;
    this.#window = new CountWindow(settings.permittedCalls);
    this.#left = settings.permittedCalls;
  }

  /** Outcomes of those that came back. */
  get counts(): OutcomeCounts {
    return this.#window.counts;
  }

  /** Whether all of them are on their way or back. */
  get isFull(): boolean {
    return this.#left === 0;
  }

  /** Admits one more at `nowMs`, if one is left. */
  tryAdmit(nowMs: number): boolean {
    if (this.#left === 0) return false;
    this.#left -= 1;
    this.#lastAdmittedMs = nowMs;
    return true;
  }

  /** One that was admitted ended, and says nothing. */
  giveBack(): void {
    const missing = this.#settings.permittedCalls - this.counts.total;
    this.#left = Math.min(this.#left + 1, missing);
  }

  /** One that was admitted ended, with `outcome`. */
  record(outcome: CountedOutcome): void {
    this.#window.record(outcome);
  }

  /** From when on those that are missing are lost; infinity as long as one is left to admit. */
  get lostAtMs(): number {
    if (this.#left > 0) return Number.POSITIVE_INFINITY;
    return this.#lastAdmittedMs + this.#settings.halfOpenWaitMsMax;
  }

  /** What those that came back say. */
  verdict(): TrialVerdict {
    const { trip, trialMinimum } = this.#settings;
    const { total, failed, slow } = this.counts;
    if (trip.kind === 'consecutiveFailures' && failed > 0) return 'consecutiveFailures';
    // Judged against the minimum, not the calls so far: see above.
    const judged = Math.max(total, trialMinimum);
    if (failed / judged >= trip.failureThreshold) return 'failureRate';
    if (slow / judged >= trip.slowThreshold) return 'slowRate';
    return total >= trialMinimum ? 'passed' : 'notYet';
  }

  /** The same calls under other settings: as many were admitted, and came back. */
  with(settings: TrialSettings): TrialCalls {
    const trials = new TrialCalls(settings);
    const admitted = this.#settings.permittedCalls - this.#left;
    trials.#left = Math.max(0, settings.permittedCalls - admitted);
    trials.#lastAdmittedMs = this.#lastAdmittedMs;
    trials.#window.restore(this.#window.outcomes());
    return trials;
  }
}
