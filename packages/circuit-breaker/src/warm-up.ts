/**
 * A ramp after closing.
 *
 * A service that has just come back has cold caches and empty pools, and everybody who waited wants
 * in at once: the crowd knocks it over again. So a circuit may let a growing share of its calls
 * through, from `initialShare` to all of them over `durationMs`.
 *
 * Which calls? Chance would do, in clumps. A debt spreads them evenly and needs no randomness:
 * every call adds the share of the moment, and whenever that makes a whole one, a call is admitted
 * and paid for.
 */
import { checkNumber, checkRecord, checkShare, DELAY_MS_MAX } from './bounds.ts';

/** How a circuit lets calls in after it has closed. */
export interface WarmUpOptions {
  /** How long the ramp lasts: 1..2^31-1 ms. Raising it spares the service, and refuses longer. */
  readonly durationMs: number;
  /** The share of calls that it begins with, above 0 and at most 1. 0.1 if left out. */
  readonly initialShare?: number;
}

/** A warm-up with nothing left out. */
export type WarmUpSettings = Required<WarmUpOptions>;

/**
 * `options` with nothing left out.
 *
 * @throws RangeError if a field is out of its range.
 */
export function warmUpSettings(options: WarmUpOptions): WarmUpSettings {
  checkRecord('warmUp', options);
  const { durationMs, initialShare = 0.1 } = options;
  checkNumber('warmUp.durationMs', durationMs, 1, DELAY_MS_MAX);
  checkShare('warmUp.initialShare', initialShare);
  return { durationMs, initialShare };
}

/** The ramp of one closing. */
export class WarmUp {
  readonly #settings: WarmUpSettings;
  readonly #startMs: number;
  /** The first call is admitted: a ramp that begins with a refusal helps nobody. */
  #credit = 1;

  constructor(settings: WarmUpSettings, startMs: number) {
    this.#settings = settings;
    this.#startMs = startMs;
  }

  /**
   * The same ramp by other settings, as far along in time; `undefined` if there is none any more.
   */
  with(settings: WarmUpSettings | undefined): WarmUp | undefined {
    return settings === undefined ? undefined : new WarmUp(settings, this.#startMs);
  }

  /** Milliseconds from its beginning to `nowMs`. */
  elapsedMs(nowMs: number): number {
    return nowMs - this.#startMs;
  }

  /** Whether it is over at `nowMs`. */
  isOver(nowMs: number): boolean {
    return this.elapsedMs(nowMs) >= this.#settings.durationMs;
  }

  /** The share of calls that it lets in at `nowMs`, at most 1. */
  share(nowMs: number): number {
    const { durationMs, initialShare } = this.#settings;
    const done = Math.min(1, this.elapsedMs(nowMs) / durationMs);
    return initialShare + (1 - initialShare) * done;
  }

  /** Whether a call at `nowMs` is let in. Counts it. */
  admits(nowMs: number): boolean {
    const credit = Math.min(this.#credit, 1) + this.share(nowMs);
    const isAdmitted = credit >= 1;
    this.#credit = isAdmitted ? credit - 1 : credit;
    return isAdmitted;
  }
}
