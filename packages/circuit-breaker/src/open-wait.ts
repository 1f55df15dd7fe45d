/**
 * How long an open circuit waits before it tries again.
 *
 * Most outages are blips, so the first wait is short. One that lasts is not helped by being asked
 * every five seconds, so each opening in a row waits longer, up to a cap. And a thousand clients
 * whose circuits opened in the same instant must not come back in the same instant: the jitter
 * takes a random part off each wait. It shortens and never lengthens, so that waits at the cap stay
 * spread, and the cap is a cap.
 *
 * ```text
 *   wait(n, draw) = min(cap, initial * factor^(n - 1)) * (1 - jitter * draw),   draw in [0, 1)
 * ```
 */
import { checkNumber, checkRecord, DELAY_MS_MAX } from './bounds.ts';

/** Waits that grow with each opening in a row. */
export interface ExponentialWait {
  /** The first wait: 0..2^31-1 ms. */
  readonly initialMs: number;
  /** By what each wait is longer than the one before: 1..1,000. 2 if left out. */
  readonly factor?: number;
  /** The longest wait: `initialMs`..2^31-1 ms. 60,000, or `initialMs` if that is more. */
  readonly maxMs?: number;
  /** The share of a wait that chance may take off: 0..1. 0.2 if left out. */
  readonly jitter?: number;
}

/** How long an open circuit waits: always as long, to the millisecond, or longer each time. */
export type OpenWait = number | ExponentialWait;

/** An open wait with nothing left out. */
export type OpenWaitSettings = Required<ExponentialWait>;

/**
 * What a circuit that was told nothing waits: 5 s, 10 s, 20 s, 40 s, 60 s, each up to 20 % less.
 */
export const defaultOpenWait: ExponentialWait = Object.freeze({ initialMs: 5_000 });

/**
 * `wait` with nothing left out.
 *
 * @throws RangeError if a field is out of its range.
 */
export function openWaitSettings(wait: OpenWait): OpenWaitSettings {
  if (typeof wait !== 'object') {
    checkNumber('openForMs', wait, 0, DELAY_MS_MAX);
    return { initialMs: wait, factor: 1, maxMs: wait, jitter: 0 };
  }
  checkRecord('openForMs', wait);
  const { initialMs, factor = 2, jitter = 0.2 } = wait;
  checkNumber('openForMs.initialMs', initialMs, 0, DELAY_MS_MAX);
  const { maxMs = Math.max(initialMs, 60_000) } = wait;
  checkNumber('openForMs.factor', factor, 1, 1_000);
  checkNumber('openForMs.maxMs', maxMs, initialMs, DELAY_MS_MAX);
  checkNumber('openForMs.jitter', jitter, 0, 1);
  return { initialMs, factor, maxMs, jitter };
}

/**
 * The wait of the `opening`th opening in a row.
 *
 * @param opening - Counted from 1.
 * @param draw - A random number in [0, 1).
 * @returns Milliseconds, finite and at most `maxMs`, whatever `opening` is.
 */
export function openWaitMs(wait: OpenWaitSettings, opening: number, draw: number): number {
  // The power overflows to Infinity after a thousand openings; the minimum brings it back. An
  // initial wait of 0 would then be NaN.
  if (wait.initialMs === 0) return 0;
  const grownMs = wait.initialMs * wait.factor ** (opening - 1);
  return Math.min(wait.maxMs, grownMs) * (1 - wait.jitter * draw);
}
