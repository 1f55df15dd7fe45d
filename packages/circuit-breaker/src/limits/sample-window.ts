import { checkInteger, checkNumber, DELAY_MS_MAX } from '../bounds.ts';
import type { LimitSample } from './limit.ts';

/** How many samples become one. */
export interface SampleWindowOptions {
  /**
   * How long samples are gathered before the limit learns from them, in milliseconds. 100 if left
   * out; 0 learns from each. More is calmer, and slower to react.
   */
  readonly windowMs?: number;
  /** How many a window needs besides, 1..10^6. 10 if left out. */
  readonly windowSamples?: number;
}

/**
 * Makes one sample of many: the average time, the most that ran, and whether any was dropped.
 *
 * Single times are noise; a limit that followed each would jump with every slow answer.
 */
export class SampleWindow {
  readonly #windowMs: number;
  readonly #windowSamples: number;
  #endMs: number | undefined;
  #count = 0;
  #answeredCount = 0;
  #sumMs = 0;
  #inflight = 0;
  #wasDropped = false;

  /** @throws RangeError if an option is out of its range. */
  constructor({ windowMs = 100, windowSamples = 10 }: SampleWindowOptions) {
    checkNumber('windowMs', windowMs, 0, DELAY_MS_MAX);
    checkInteger('windowSamples', windowSamples, 1, 1_000_000);
    this.#windowMs = windowMs;
    // Learning from each means from each.
    this.#windowSamples = windowMs === 0 ? 1 : windowSamples;
  }

  /** Takes in one sample, and returns that of the window if this one completes it. */
  add(sample: LimitSample, nowMs: number): LimitSample | undefined {
    this.#endMs ??= nowMs + this.#windowMs;
    this.#count += 1;
    this.#inflight = Math.max(this.#inflight, sample.inflight);
    if (sample.wasDropped) {
      // The time of a dropped call is the caller's patience, or that of a refusal.
      this.#wasDropped = true;
    } else {
      this.#answeredCount += 1;
      this.#sumMs += sample.rttMs;
    }
    if (nowMs < this.#endMs || this.#count < this.#windowSamples) return undefined;
    return this.#close();
  }

  #close(): LimitSample {
    const rttMs = this.#answeredCount === 0 ? 0 : this.#sumMs / this.#answeredCount;
    const sample = { rttMs, inflight: this.#inflight, wasDropped: this.#wasDropped };
    this.#endMs = undefined;
    this.#count = 0;
    this.#answeredCount = 0;
    this.#sumMs = 0;
    this.#inflight = 0;
    this.#wasDropped = false;
    return sample;
  }
}
