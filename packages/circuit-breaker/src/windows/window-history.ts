import type { WindowSnapshot } from '../snapshot.ts';
import type { TripSettings } from '../trip-policy.ts';
import { ConsecutiveFailures } from './consecutive-failures.ts';
import { CountWindow } from './count-window.ts';
import { bitsOf, outcomeOf } from './outcome-window.ts';
import { TimeWindow } from './time-window.ts';

/** The windows that a circuit may have. */
export type CircuitWindow = ConsecutiveFailures | CountWindow | TimeWindow;

/** An empty window, as `trip` asks for it. */
export function windowFor(trip: TripSettings): CircuitWindow {
  if (trip.kind === 'consecutiveFailures') return new ConsecutiveFailures();
  if (trip.kind === 'countWindow') return new CountWindow(trip.size);
  return new TimeWindow(trip.durationMs, trip.bucketCount);
}

/** What `window` holds at `nowMs`, as data. */
export function historyOf(window: CircuitWindow, nowMs: number): WindowSnapshot {
  if (window instanceof ConsecutiveFailures) {
    return { kind: 'consecutiveFailures', length: window.counts.failed };
  }
  if (window instanceof CountWindow) {
    return { kind: 'countWindow', outcomes: window.outcomes().map(bitsOf).join('') };
  }
  return { kind: 'timeWindow', buckets: window.buckets(nowMs) };
}

/**
 * Lets `window` go on from `history`, taken `elapsedMs` ago. Windows of different kinds have
 * nothing to tell each other: the order of calls says nothing of their age, nor the other way
 * round.
 */
export function restoreHistory(
  window: CircuitWindow,
  history: WindowSnapshot,
  elapsedMs: number,
  nowMs: number,
): void {
  if (window instanceof ConsecutiveFailures && history.kind === 'consecutiveFailures') {
    window.restore(history.length);
  } else if (window instanceof CountWindow && history.kind === 'countWindow') {
    window.restore(Array.from(history.outcomes, (digit) => outcomeOf(Number(digit))));
  } else if (window instanceof TimeWindow && history.kind === 'timeWindow') {
    window.restore(history.buckets, elapsedMs, nowMs);
  } else {
    window.clear();
  }
}
