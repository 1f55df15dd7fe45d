/*
 * Which interval and margin does a detector need, so that it is as fast and as right as required?
 *
 * The obvious way is to guess: heartbeats each second, a timeout of three. Whether that makes a
 * mistake an hour or a year nobody knows. Chen, Toueg and Aguilera turn it round: say how fast a
 * crash must be detected, how rarely a mistake may be made and how soon it must be mended, and what
 * the network does, and the interval and the margin follow.
 *
 * Nothing is assumed of the distribution of delays but its variance V. Let T be the detection time
 * less the mean delay. A peer that sends every n ms, and is suspected a ms after the expected
 * arrival, is detected within n + a, so a = T - n. Heartbeat s is due at its freshness point; a
 * mistake begins there only if this one, and all that were sent since and should have come by then,
 * did not. The j-th of them has had t(j) = T - j n beyond its mean delay, and misses it if it was
 * lost, with the chance p, or delayed by more; by Cantelli's inequality the chance of that is
 *
 *   q(j) = p + (1 - p) V / (V + t(j)^2) = (V + p t(j)^2) / (V + t(j)^2)
 *
 * One freshness point comes every n ms, hence the time between mistakes is at least
 *
 *   f(n) = n / (q(1) q(2) ... q(k)),       k = ceil(T / n) - 1
 *
 * A mistake ends when a heartbeat comes that is still fresh: each is with a chance of at least g =
 * (1 - p) T^2 / (V + T^2), so that a mistake lasts n / g at most on average. The largest n up to
 * min(T, g times the duration allowed) with f(n) as required costs the fewest messages.
 *
 * It holds while delays and losses are independent of each other. Bursts of losses are not: then
 * the bound is exceeded by whatever the bursts add.
 *
 * Source: Chen, Toueg and Aguilera, "On the Quality of Service of Failure Detectors", IEEE
 * Transactions on Computers 2002: the procedure for an unknown distribution of delays, relative to
 * the mean delay. Derived anew above.
 */
import { checkNumber, checkRecord } from './bounds.ts';

/** What a detector must do, and on what network. */
export interface QosRequirement {
  /** A crash is suspected within this time; 1..86,400,000 ms. */
  readonly detectionTimeMs: number;
  /** Mistakes are at least so far apart on average; 1..1e15 ms. A month is 2.6e9. */
  readonly mistakeRecurrenceMs: number;
  /** A mistake is over after so long on average; 1..86,400,000 ms. */
  readonly mistakeDurationMs: number;
  /** The share of heartbeats that are lost, 0..1. */
  readonly lossRate: number;
  /** The standard deviation of the delay; 0..86,400,000 ms. */
  readonly delayDeviationMs: number;
  /** The mean delay, which is part of the detection time; 0..86,400,000 ms. Default: 0. */
  readonly delayMeanMs?: number;
}

/** Settings for the detectors `chen` and `two-window`, or why there are none. */
export type QosOutcome =
  | {
      readonly kind: 'met';
      /** Send a heartbeat so often. */
      readonly intervalMs: number;
      /** `marginMs` of the detector: above 0. */
      readonly marginMs: number;
      /** Mistakes are at least so far apart on average, whatever the distribution of delays is. */
      readonly mistakeRecurrenceMs: number;
      /** A mistake is over after at most so long on average. */
      readonly mistakeDurationMs: number;
    }
  | { readonly kind: 'unattainable'; readonly reason: string };

/** At most so many heartbeats within the detection time: more would not be heartbeats. */
const HEARTBEATS_MAX = 1_000;

/** The largest interval is found to this share. */
const STEP = 1 - 1 / 1_024;

const DAY_MS = 86_400_000;

/**
 * The longest interval between heartbeats, and the margin with it, that meet `requirement`.
 *
 * @returns `unattainable` with a sentence if no interval of at least a thousandth of the detection
 *   time does.
 * @throws RangeError that names the field which is out of its range.
 *
 * @remarks The result holds for every distribution of delays with this deviation, and so is
 * cautious: real networks do better by orders of magnitude. Measures a million terms at most.
 *
 * @example
 * ```ts
 * const outcome = configure({
 *   detectionTimeMs: 30_000,
 *   mistakeRecurrenceMs: 30 * 86_400_000,
 *   mistakeDurationMs: 60_000,
 *   lossRate: 0.01,
 *   delayDeviationMs: 20,
 * });
 * outcome.kind === 'met' && Math.round(outcome.intervalMs / 100); // => 100
 * ```
 */
export function configure(requirement: QosRequirement): QosOutcome {
  checkRequirement(requirement);
  const { detectionTimeMs, delayMeanMs = 0, lossRate, delayDeviationMs } = requirement;
  const timeMs = detectionTimeMs - delayMeanMs;
  if (timeMs <= 0) {
    return unattainable(`a heartbeat alone takes ${delayMeanMs} ms, the mean delay`);
  }
  const network: Network = { timeMs, lossRate, variance: delayDeviationMs * delayDeviationMs };
  const freshness = ((1 - lossRate) * timeMs * timeMs) / (network.variance + timeMs * timeMs);
  const longestMs = Math.min(timeMs, freshness * requirement.mistakeDurationMs);
  const intervalMs = longestInterval(network, longestMs, requirement.mistakeRecurrenceMs);
  if (intervalMs === undefined) {
    return unattainable(
      `with a thousand heartbeats within ${timeMs} ms, mistakes may still be closer than ` +
        `${requirement.mistakeRecurrenceMs} ms or last longer than ` +
        `${requirement.mistakeDurationMs} ms`,
    );
  }
  return {
    kind: 'met',
    intervalMs,
    marginMs: timeMs - intervalMs,
    mistakeRecurrenceMs: Math.exp(logRecurrence(network, intervalMs)),
    mistakeDurationMs: intervalMs / freshness,
  };
}

interface Network {
  readonly timeMs: number;
  readonly lossRate: number;
  readonly variance: number;
}

/**
 * The recurrence is no monotone function of the interval: it is tried from the longest down, in
 * steps of a thousandth.
 */
function longestInterval(
  network: Network,
  longestMs: number,
  recurrenceMs: number,
): number | undefined {
  const target = Math.log(recurrenceMs);
  const shortestMs = network.timeMs / HEARTBEATS_MAX;
  // A margin of 0 is none.
  let intervalMs = Math.min(longestMs, network.timeMs * STEP);
  while (intervalMs >= shortestMs) {
    if (logRecurrence(network, intervalMs) >= target) return intervalMs;
    intervalMs *= STEP;
  }
  return undefined;
}

/** The logarithm of f: the product itself leaves the range of doubles. */
function logRecurrence({ timeMs, lossRate, variance }: Network, intervalMs: number): number {
  let log = Math.log(intervalMs);
  const count = Math.ceil(timeMs / intervalMs) - 1;
  for (let j = 1; j <= count; j += 1) {
    const square = (timeMs - j * intervalMs) ** 2;
    // Without loss and variance, a heartbeat never misses its freshness point.
    log += Math.log((variance + square) / (variance + lossRate * square));
  }
  return Math.min(log, 700);
}

function checkRequirement(requirement: QosRequirement): void {
  checkRecord('requirement', requirement);
  checkNumber('detectionTimeMs', requirement.detectionTimeMs, 1, DAY_MS);
  checkNumber('mistakeRecurrenceMs', requirement.mistakeRecurrenceMs, 1, 1e15);
  checkNumber('mistakeDurationMs', requirement.mistakeDurationMs, 1, DAY_MS);
  checkNumber('lossRate', requirement.lossRate, 0, 1);
  checkNumber('delayDeviationMs', requirement.delayDeviationMs, 0, DAY_MS);
  checkNumber('delayMeanMs', requirement.delayMeanMs ?? 0, 0, DAY_MS);
}

function unattainable(reason: string): QosOutcome {
  return { kind: 'unattainable', reason: `not to be met: ${reason}` };
}
