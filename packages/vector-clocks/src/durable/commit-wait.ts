import type { Clock } from '@quorate/transport';

import { isPast, timeInterval } from '../true-time/time-interval.ts';

/** How wrong the wall clock may be, and how long to wait at most. */
export interface CommitWaitOptions {
  /** By how much the wall clock may be wrong at this moment, in ms; asked before each look. */
  readonly uncertaintyMs: () => number;
  /** After how long to give up, in ms on the monotonic clock; at least 0. Never without it. */
  readonly timeoutMs?: number;
  /** Gives up at once. */
  readonly signal?: AbortSignal;
}

/** 'passed': the time certainly is over. */
export type CommitWaitOutcome = 'passed' | 'timedOut' | 'aborted';

/**
 * Waits until `atMs` has certainly passed, by a wall clock that may be wrong: the commit wait.
 *
 * @param atMs - The stamp of what nobody may see before, in ms since 1970, such as
 *   `HybridTimestamp.wallMs` or `TimeInterval.latestMs`.
 * @throws RangeError if `atMs` is not finite, `timeoutMs` is negative, or `uncertaintyMs` gives a
 *   number that is negative or not finite.
 *
 * @remarks
 * The wall clock is looked at again after every wait: if it was set back meanwhile, that is waited
 * for as well. So a clock that is set back far, or stands still, is waited for long; give a
 * timeout. Source: Corbett et al., "Spanner: Google's Globally-Distributed Database", OSDI 2012.
 *
 * @example
 * ```ts
 * import { systemClock } from '@quorate/transport/system';
 *
 * const atMs = systemClock.wallTimeMs();
 * await commitWait(systemClock, atMs, { uncertaintyMs: () => 2 }); // => 'passed'
 * ```
 */
export async function commitWait(
  clock: Clock,
  atMs: number,
  options: CommitWaitOptions,
): Promise<CommitWaitOutcome> {
  const { uncertaintyMs, timeoutMs = Infinity, signal } = options;
  if (!Number.isFinite(atMs)) {
    throw new RangeError(`atMs: expected a finite number, got ${atMs}`);
  }
  if (!(timeoutMs >= 0)) {
    throw new RangeError(`timeoutMs: expected at least 0, got ${timeoutMs}`);
  }
  const deadlineMs = clock.nowMs() + timeoutMs;
  for (;;) {
    const interval = timeInterval(clock.wallTimeMs(), uncertaintyMs());
    if (isPast(interval, atMs)) return 'passed';
    if (signal?.aborted === true) return 'aborted';
    const leftMs = deadlineMs - clock.nowMs();
    if (leftMs <= 0) return 'timedOut';
    // At least a millisecond: what is missing may be too small for a timer to see.
    const delayMs = Math.max(1, atMs - interval.earliestMs);
    await sleep(clock, Math.min(delayMs, leftMs, DELAY_MS_MAX), signal);
  }
}

/** Timers of platforms hold no more than 2^31 ms, and clocks are set. */
const DELAY_MS_MAX = 60_000;

/** Waits for `delayMs`, or until `signal` aborts. */
function sleep(clock: Clock, delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.setTimer(delayMs, end);
    signal?.addEventListener('abort', end, { once: true });
  });
}
