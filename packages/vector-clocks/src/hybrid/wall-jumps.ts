/*
 * Notices that the wall clock was set.
 *
 * A hybrid clock follows its wall clock forward, wherever that goes: set to tomorrow by mistake and
 * back a second later, it leaves l a day ahead, and other nodes refuse what this one stamps. Nobody
 * can undo that; somebody should know.
 *
 * The obvious guard compares the wall clock with the last timestamp given. But after an idle night
 * it is far ahead of that, and nothing is wrong. What tells a jump from a night is a second clock,
 * one that is never set: between two looks, both must have moved by as much.
 *
 *     wall       +8 h            +8 h
 *     monotonic  +8 h: a night   +3 s: a jump
 *
 * They do differ a little, because NTP lets the wall clock run fast or slow until it is right,
 * by at most 500 parts per million; so much is allowed for. Every look begins a new comparison.
 *
 * A machine that slept shows a jump too where its monotonic clock sleeps with it, as on Linux.
 */

/** What is no jump yet. Everything may be left out. */
export interface WallJumpOptions {
  /** A difference between the clocks that is no jump, in ms; 0 or more. 500 without it. */
  readonly toleranceMs?: number;
  /** How fast the wall clock may gain or lose, in parts per million. 500 without it. */
  readonly driftPpm?: number;
}

/**
 * Compares how far two clocks of one machine have moved.
 *
 * @example
 * ```ts
 * const jumps = new WallJumps();
 * jumps.observe(1_000_000, 0); // => 0
 * jumps.observe(30_000_000, 29_000_000); // => 0
 * jumps.observe(33_601_000, 29_001_000); // => 3_600_000
 * ```
 */
export class WallJumps {
  readonly #toleranceMs: number;
  readonly #driftPpm: number;
  #wallMs = Number.NaN;
  #nowMs = Number.NaN;

  /** @throws RangeError if an option is negative or no number. */
  constructor({ toleranceMs = 500, driftPpm = 500 }: WallJumpOptions = {}) {
    for (const [name, value] of Object.entries({ toleranceMs, driftPpm })) {
      if (!(value >= 0)) throw new RangeError(`${name}: expected at least 0, got ${value}`);
    }
    this.#toleranceMs = toleranceMs;
    this.#driftPpm = driftPpm;
  }

  /**
   * Looks at both clocks.
   *
   * @param wallMs - The wall clock, in ms since 1970.
   * @param nowMs - The monotonic clock, in ms.
   * @returns By how much the wall clock has jumped since the last look, in ms: below 0 if it was
   *   set back, 0 if it was not set, and at the first look.
   * @throws RangeError if one is not finite; nothing is compared with it later.
   */
  observe(wallMs: number, nowMs: number): number {
    for (const [name, value] of Object.entries({ wallMs, nowMs })) {
      if (!Number.isFinite(value)) {
        throw new RangeError(`${name}: expected a finite number, got ${value}`);
      }
    }
    const elapsedMs = nowMs - this.#nowMs;
    const jumpMs = wallMs - this.#wallMs - elapsedMs;
    this.#wallMs = wallMs;
    this.#nowMs = nowMs;
    const allowedMs = this.#toleranceMs + (Math.max(0, elapsedMs) * this.#driftPpm) / 1_000_000;
    return Math.abs(jumpMs) > allowedMs ? jumpMs : 0;
  }
}
