/*
 * How long to wait before a retry.
 *
 * Calls that fail together come back together. If each waits the same time, the service that could
 * not take them once meets all of them at once again, and again: waiting longer moves the peak, it
 * does not lower it. What lowers it is chance. So the exponential
 *
 *     ceiling(n) = min(capMs, baseMs * factor^(n - 1))
 *
 * is not the wait but its upper end:
 *
 *     full            uniform in [0, ceiling(n))
 *     equal           ceiling(n) / 2, and as much again at most
 *     decorrelated    uniform in [baseMs, 3 * the wait before), at most capMs
 *     none            ceiling(n): for tests, and for a lone caller
 *
 * Full jitter makes the fewest calls for the same time to completion; decorrelated jitter never
 * waits less than `baseMs`, which is kinder to a service that needs a pause.
 *
 * The power is never formed: 2,000 doublings are Infinity, and Infinity times a chance of 0 is NaN,
 * which timers take for "at once". The product grows step by step and stops at the cap.
 *
 * Source: M. Brooker, "Exponential backoff and jitter", AWS Architecture Blog, 2015.
 */
import { checkChoice, checkNumber, DELAY_MS_MAX } from './bounds.ts';

/** How chance spreads the waits between retries. */
export type Jitter = 'full' | 'equal' | 'decorrelated' | 'none';

const jitters: readonly Jitter[] = ['full', 'equal', 'decorrelated', 'none'];

/** The waits between the tries of one call. */
export interface BackOff {
  /**
   * The first ceiling of the wait, in milliseconds, 0..2^31-1. About the time that one call takes:
   * less retries into the same trouble, more leaves the caller waiting.
   */
  readonly baseMs: number;
  /** No wait is longer, in milliseconds, `baseMs`..2^31-1. */
  readonly capMs: number;
  /** What the ceiling is multiplied by from one retry to the next, 1.1..10. */
  readonly factor: number;
  /** How chance spreads the waits. */
  readonly jitter: Jitter;
}

/** The waits of a retry that states none: up to 100 ms, 200 ms, 400 ms and so on to 20 s. */
export const defaultBackOff: BackOff = Object.freeze({
  baseMs: 100,
  capMs: 20_000,
  factor: 2,
  jitter: 'full',
});

/** The back-off that `given` asks for, the rest being the defaults. */
export function checkedBackOff(given: Partial<BackOff>): BackOff {
  const usual = defaultBackOff;
  const { baseMs = usual.baseMs, factor = usual.factor, jitter = usual.jitter } = given;
  checkNumber('baseMs', baseMs, 0, DELAY_MS_MAX);
  const { capMs = Math.max(usual.capMs, baseMs) } = given;
  checkNumber('capMs', capMs, baseMs, DELAY_MS_MAX);
  checkNumber('factor', factor, 1.1, 10);
  checkChoice('jitter', jitter, jitters);
  return { baseMs, capMs, factor, jitter };
}

/**
 * The wait before a retry.
 *
 * @param retry - Which one, from 1.
 * @param previousMs - The wait before the retry before this one; `baseMs` for the first.
 * @param random - In [0, 1).
 * @returns Milliseconds in 0..capMs, always finite.
 */
export function retryDelayMs(
  backOff: BackOff,
  retry: number,
  previousMs: number,
  random: number,
): number {
  const { baseMs, capMs, jitter } = backOff;
  switch (jitter) {
    case 'none':
      return ceilingMs(backOff, retry);
    case 'full':
      return random * ceilingMs(backOff, retry);
    case 'equal': {
      const half = ceilingMs(backOff, retry) / 2;
      return half + random * half;
    }
    case 'decorrelated': {
      const highMs = Math.max(baseMs, 3 * Math.min(previousMs, capMs));
      return Math.min(capMs, baseMs + random * (highMs - baseMs));
    }
  }
}

function ceilingMs({ baseMs, capMs, factor }: BackOff, retry: number): number {
  let ms = baseMs;
  // At most 226 steps: from 1 ms to 2^31 ms with the smallest factor. A base of 0 stays 0.
  for (let step = 1; step < retry && ms < capMs && ms > 0; step += 1) ms *= factor;
  return Math.min(ms, capMs);
}
