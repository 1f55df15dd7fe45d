import type { Random } from '@quorate/transport';

import { checkInteger, checkRecord } from '../bounds.ts';

/** What one call, or a window of them, tells about the service. */
export interface LimitSample {
  /** How long the service took, in milliseconds. 0 on a clock that is too coarse to tell. */
  readonly rttMs: number;
  /** Calls that ran when it began, this one included. */
  readonly inflight: number;
  /** Whether it was dropped for overload: refused by the service, or not answered in time. */
  readonly wasDropped: boolean;
}

/**
 * How many calls may run at once, learnt from how they go.
 *
 * Calls that were given up by their caller are no samples: they ended early, and would read as a
 * fast service.
 */
export interface ConcurrencyLimit {
  /** An integer, at least 1. */
  readonly limit: number;
  /** Learns from one sample. */
  observe(sample: LimitSample, random: Random): void;
}

/** Within which a limit moves. */
export interface LimitRange {
  /** The limit at the start, minLimit..maxLimit. 20 if left out. */
  readonly initialLimit?: number;
  /** The limit never falls below, 1..10^6. 1 if left out. */
  readonly minLimit?: number;
  /** The limit never rises above, minLimit..10^6. Bounds the damage of a wrong guess. */
  readonly maxLimit?: number;
}

/** `range` with the defaults for what it leaves out, checked. */
export function checkedLimitRange(
  range: LimitRange,
  maxLimitDefault: number,
): Required<LimitRange> {
  checkRecord('options', range);
  const { minLimit = 1 } = range;
  checkInteger('minLimit', minLimit, 1, 1_000_000);
  const { maxLimit = Math.max(maxLimitDefault, minLimit) } = range;
  checkInteger('maxLimit', maxLimit, minLimit, 1_000_000);
  const { initialLimit = Math.min(maxLimit, Math.max(20, minLimit)) } = range;
  checkInteger('initialLimit', initialLimit, minLimit, maxLimit);
  return { initialLimit, minLimit, maxLimit };
}

/** `value`, or the end of the range that it lies beyond. */
export function clamped(value: number, { minLimit, maxLimit }: Required<LimitRange>): number {
  return Math.min(maxLimit, Math.max(minLimit, value));
}

/**
 * Whether so few calls ran that the limit was not what held them back.
 *
 * A limit that grew on such samples would be the largest allowed after a quiet night, and protect
 * nothing in the morning.
 */
export function isIdle(inflight: number, limit: number): boolean {
  return inflight * 2 < limit;
}
