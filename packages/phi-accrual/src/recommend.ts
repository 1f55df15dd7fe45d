/*
 * Settings of the default detector from a recording of heartbeats.
 *
 * A recording says what the network and the peer do, pauses included, but not how much patience is
 * worth. So the caller says how many mistakes would have been acceptable, and gets the least
 * patience that would have made no more.
 *
 * With a threshold and no pause, each heartbeat of the recording was needed a while earlier or
 * later than the detector would have suspected: need = lateness - threshold in deviations. The
 * pause is the need that is exceeded as often as mistakes are acceptable. Where the need is below 0
 * everywhere else, the threshold itself is lowered to what was needed.
 */
import { checkInteger, checkNumber, checkRecord } from './bounds.ts';
import { createDetector } from './create-detector.ts';
import { normalDeviations, normalPhi } from './tails/normal.ts';

/** One heartbeat of a recording. */
export interface RecordedHeartbeat {
  /** The sender's number, more than that of the one before. */
  readonly sequence: number;
  /** In ms, not before the one before. */
  readonly arrivedAtMs: number;
}

/** What would have been acceptable. */
export interface RecommendOptions {
  /** The interval at which they were sent; 1..86,400,000 ms. */
  readonly intervalMs: number;
  /** How many mistakes the detector may make on the recording; an integer of at least 0. */
  readonly mistakesMax: number;
  /** The highest threshold to recommend, 1..1,000. Beyond it there is a pause. Default: 8. */
  readonly thresholdMax?: number;
}

/** Settings for `createDetector`, and what they would have done. */
export interface Recommendation {
  readonly threshold: number;
  readonly acceptablePauseMs: number;
  /** The mean silence after which a peer would have been suspected on the recording. */
  readonly meanSilenceMs: number;
  /** How many heartbeats it rests on; too few if it is not many times the window. */
  readonly heartbeatCount: number;
}

/** No recommendation goes below this: a phi of 1 is one mistake in ten heartbeats. */
const THRESHOLD_MIN = 1;

/**
 * The least threshold and pause of the default detector with which it would have made at most
 * `mistakesMax` mistakes on a recording.
 *
 * @param heartbeats - In the order of arrival, without duplicates and those that a later one
 *   overtook.
 * @throws RangeError if an option is out of its range, a heartbeat is out of order, or there are
 *   fewer than two.
 *
 * @remarks It knows what was recorded and no more: leave room for what was not. O(n log n).
 *
 * @example
 * ```ts
 * const heartbeats = Array.from({ length: 1_000 }, (_, beat) => ({
 *   sequence: beat,
 *   arrivedAtMs: 1_000 * beat + (beat === 500 ? 900 : 0),
 * }));
 * const patient = recommend(heartbeats, { intervalMs: 1_000, mistakesMax: 0 });
 * Math.round(patient.acceptablePauseMs / 10); // => 41
 * recommend(heartbeats, { intervalMs: 1_000, mistakesMax: 1 }).acceptablePauseMs; // => 0
 * ```
 */
export function recommend(
  heartbeats: Iterable<RecordedHeartbeat>,
  options: RecommendOptions,
): Recommendation {
  const thresholdMax = checkedThreshold(options);
  const deviations = normalDeviations(thresholdMax);
  const replayed = replay(heartbeats, options.intervalMs);
  const needs = replayed.map(({ lateMs, deviationMs }) => lateMs - deviations * deviationMs);
  const pauseMs = exceededBy(needs, options.mistakesMax);
  const ratios = replayed.map(({ lateMs, deviationMs }) => lateMs / deviationMs);
  const needed = normalPhi(exceededBy(ratios, options.mistakesMax));
  const threshold = Math.max(THRESHOLD_MIN, Math.min(thresholdMax, needed * (1 + 1e-9)));
  const acceptablePauseMs = Math.max(0, pauseMs * (1 + 1e-9));
  return {
    threshold,
    acceptablePauseMs,
    meanSilenceMs: meanSilenceOf(replayed, normalDeviations(threshold)) + acceptablePauseMs,
    heartbeatCount: replayed.length + 1,
  };
}

/** A heartbeat and what was expected of it. */
interface Replayed {
  readonly lateMs: number;
  readonly deviationMs: number;
  /** From the heartbeat before to the expected arrival. */
  readonly waitMs: number;
}

function replay(heartbeats: Iterable<RecordedHeartbeat>, intervalMs: number): readonly Replayed[] {
  const detector = createDetector({ intervalMs });
  const replayed: Replayed[] = [];
  for (const { sequence, arrivedAtMs } of heartbeats) {
    const estimate = detector.estimate();
    detector.heartbeat(sequence, arrivedAtMs);
    if (estimate === undefined) continue;
    const { expectedAtMs, deviationMs, lastArrivedAtMs } = estimate;
    const waitMs = expectedAtMs - lastArrivedAtMs;
    replayed.push({ lateMs: arrivedAtMs - expectedAtMs, deviationMs, waitMs });
  }
  if (replayed.length > 0) return replayed;
  throw new RangeError('heartbeats: expected at least 2, got fewer');
}

/** The value that `count` of `values` exceed. */
function exceededBy(values: readonly number[], count: number): number {
  const sorted = values.toSorted((left, right) => right - left);
  return sorted[count] ?? sorted.at(-1) ?? 0;
}

function meanSilenceOf(replayed: readonly Replayed[], deviations: number): number {
  let sumMs = 0;
  for (const { waitMs, deviationMs } of replayed) sumMs += waitMs + deviations * deviationMs;
  return sumMs / replayed.length;
}

function checkedThreshold(options: RecommendOptions): number {
  checkRecord('options', options);
  const thresholdMax = options.thresholdMax ?? 8;
  checkInteger('mistakesMax', options.mistakesMax, 0, Number.MAX_SAFE_INTEGER);
  checkNumber('thresholdMax', thresholdMax, THRESHOLD_MIN, 1_000);
  return thresholdMax;
}
