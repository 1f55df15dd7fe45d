/**
 * When a closed circuit opens.
 *
 * A share of failures says more than a number of them: five failures are the end of a service that
 * gets six calls, and noise to one that gets six thousand. But a share of too few calls says
 * nothing: the first failure of the day is 100 %. So a rate counts only from a minimum of calls
 * on, and below it there is no rate at all. Whichever outcome brings the window to the minimum is
 * judged, a success too.
 *
 * Failure and slowness are judged apart. A service that answers rightly after 30 seconds is as much
 * of a danger to its callers as one that fails: their threads, sockets and patience run out. So a
 * success may open a circuit, by being slow.
 *
 * A rate equal to its threshold opens: "opens at 50 %" is what people say.
 */
import { checkChoice, checkInteger, checkNumber, checkRecord, checkShare } from './bounds.ts';
import type { OutcomeCounts } from './outcome.ts';

/** Opens after a run of failures. Needs no minimum; blind to a service that fails now and then. */
export interface ConsecutiveFailuresPolicy {
  readonly kind: 'consecutiveFailures';
  /** The run that opens: 1..1,000,000. Raising it bears more noise, and costs as many calls. */
  readonly failureThreshold: number;
}

/** What the two rates have in common. */
export interface RateThresholds {
  /** The share of failures that opens, above 0 and at most 1. 0.5 if left out. */
  readonly failureThreshold?: number;
  /**
   * Calls before there is a rate: 1..1,000,000. 20 if left out. In a window of counts never more
   * than its size. Raising it bears more noise; a service with few calls is then never judged.
   */
  readonly minimumCalls?: number;
  /** What is slow, and how much of it opens. Left out, no call is timed. */
  readonly slowCalls?: SlowCallOptions;
}

/** What is slow, and how much of it opens the circuit. */
export interface SlowCallOptions {
  /** A call is slow when it takes longer than this: 0..2^31-1 ms. Exactly this long is not slow. */
  readonly slowerThanMs: number;
  /** The share of slow calls that opens, above 0 and at most 1. 1 if left out: all of them. */
  readonly threshold?: number;
}

/** Judges the last `size` calls, however old. Reads no clock. */
export interface CountWindowPolicy extends RateThresholds {
  readonly kind: 'countWindow';
  /** How many calls it looks back at: 1..1,000,000, a byte each. 100 if left out. */
  readonly size?: number;
}

/** Judges the calls of the last `durationMs`, however many. Reads the clock once for each. */
export interface TimeWindowPolicy extends RateThresholds {
  readonly kind: 'timeWindow';
  /** How far it looks back: 1..2^31-1 ms. 10,000 if left out. */
  readonly durationMs?: number;
  /** Parts in which old calls leave: 1..10,000, 32 bytes each. 10 if left out. */
  readonly bucketCount?: number;
}

/** When a closed circuit opens. Plain data, so that it can stand in a file of configuration. */
export type TripPolicy = ConsecutiveFailuresPolicy | CountWindowPolicy | TimeWindowPolicy;

/**
 * Opens after `failureThreshold` failures in a row.
 *
 * @param failureThreshold - An integer in 1..1,000,000.
 */
export function consecutiveFailures(failureThreshold: number): ConsecutiveFailuresPolicy {
  return { kind: 'consecutiveFailures', failureThreshold };
}

/** Opens by the rate of failures, or of slow calls, among the last `size` calls. */
export function countWindow(options: Omit<CountWindowPolicy, 'kind'> = {}): CountWindowPolicy {
  return { ...options, kind: 'countWindow' };
}

/** Opens by the rate of failures, or of slow calls, of the last `durationMs`. */
export function timeWindow(options: Omit<TimeWindowPolicy, 'kind'> = {}): TimeWindowPolicy {
  return { ...options, kind: 'timeWindow' };
}

/** A trip policy with nothing left out. One shape for all kinds: the hot path reads it. */
export interface TripSettings {
  /** Which window counts. */
  readonly kind: TripPolicy['kind'];
  /** Failures in a row, or a share of failures. */
  readonly failureThreshold: number;
  /** Outcomes before there is a verdict; 1 for failures in a row. */
  readonly minimumCalls: number;
  /** A share of slow calls; more than 1, which no share reaches, when they do not count. */
  readonly slowThreshold: number;
  /** What is slow; `undefined` when no call is timed. */
  readonly slowerThanMs: number | undefined;
  /** Outcomes that a window of counts holds; 0 for others. */
  readonly size: number;
  /** What a window of time looks back at; 0 for others. */
  readonly durationMs: number;
  /** Into how many parts; 0 for others. */
  readonly bucketCount: number;
}

/** What a circuit that was told nothing does: half of the last 100 calls, from 20 on. */
export const defaultTripPolicy: TripPolicy = Object.freeze({ kind: 'countWindow' });

const COUNT_MAX = 1_000_000;
const NEVER = 2;

/**
 * `policy` with nothing left out.
 *
 * @throws RangeError if a field is out of its range.
 */
export function tripSettings(policy: TripPolicy): TripSettings {
  checkRecord('trip', policy);
  checkChoice('trip.kind', policy.kind, ['consecutiveFailures', 'countWindow', 'timeWindow']);
  if (policy.kind !== 'consecutiveFailures') return rateSettings(policy);
  const { kind, failureThreshold } = policy;
  checkInteger('trip.failureThreshold', failureThreshold, 1, COUNT_MAX);
  return {
    kind,
    failureThreshold,
    minimumCalls: 1,
    slowThreshold: NEVER,
    slowerThanMs: undefined,
    size: 0,
    durationMs: 0,
    bucketCount: 0,
  };
}

function rateSettings(policy: CountWindowPolicy | TimeWindowPolicy): TripSettings {
  const { kind, failureThreshold = 0.5, minimumCalls = 20, slowCalls } = policy;
  checkShare('trip.failureThreshold', failureThreshold);
  checkInteger('trip.minimumCalls', minimumCalls, 1, COUNT_MAX);
  const slow = slowSettings(slowCalls);
  if (kind === 'timeWindow') {
    const { durationMs = 10_000, bucketCount = 10 } = policy;
    checkNumber('trip.durationMs', durationMs, 1, 2 ** 31 - 1);
    checkInteger('trip.bucketCount', bucketCount, 1, 10_000);
    return { kind, failureThreshold, minimumCalls, ...slow, size: 0, durationMs, bucketCount };
  }
  const { size = 100 } = policy;
  checkInteger('trip.size', size, 1, COUNT_MAX);
  // A window that never holds the minimum would never be judged.
  const reachable = Math.min(minimumCalls, size);
  const idle = { durationMs: 0, bucketCount: 0 };
  return { kind, failureThreshold, minimumCalls: reachable, ...slow, size, ...idle };
}

function slowSettings(
  slowCalls: SlowCallOptions | undefined,
): Pick<TripSettings, 'slowThreshold' | 'slowerThanMs'> {
  if (slowCalls === undefined) return { slowThreshold: NEVER, slowerThanMs: undefined };
  checkRecord('trip.slowCalls', slowCalls);
  const { slowerThanMs, threshold = 1 } = slowCalls;
  checkNumber('trip.slowCalls.slowerThanMs', slowerThanMs, 0, 2 ** 31 - 1);
  checkShare('trip.slowCalls.threshold', threshold);
  return { slowThreshold: threshold, slowerThanMs };
}

/** What a window says. */
export type TripVerdict =
  /** Too few calls for a rate. */
  | 'notYet'
  /** All is well enough. */
  | 'below'
  | TripReason;

/** Which threshold was reached. Failures are judged first. */
export type TripReason = 'consecutiveFailures' | 'failureRate' | 'slowRate';

/** Whether `counts` reach a threshold of `trip`. A rate equal to its threshold does. */
export function judge(trip: TripSettings, counts: OutcomeCounts): TripVerdict {
  const { total, failed, slow } = counts;
  if (trip.kind === 'consecutiveFailures') {
    return failed >= trip.failureThreshold ? 'consecutiveFailures' : 'below';
  }
  if (total < trip.minimumCalls) return 'notYet';
  // A quotient is rounded to the nearest number, as 0.1 in a source is: 3 of 30 are exactly 0.1.
  if (failed / total >= trip.failureThreshold) return 'failureRate';
  return slow / total >= trip.slowThreshold ? 'slowRate' : 'below';
}
