/*
 * When is the next heartbeat of a peer due?
 *
 * The obvious answer, the last arrival plus the mean interval, forgets what the sender told us: it
 * sends heartbeat s at the time s * interval of its own clock. So each arrival A is a sample of one
 * unknown, the lateness D = A - s * interval, whatever was lost in between, and the next one is
 * expected at
 *
 *   long:   mean of D over the last 1,000 heartbeats + (s + 1) * interval      (Chen's EA)
 *   short:  mean of D over the last one              + (s + 1) * interval
 *
 * The long window knows best while delays are independent; the short one follows when they are not,
 * as in congestion. Chen takes the first, Tomsic et al. the later of both, and the default model
 * goes as far from the first to the second as lateness is seen to persist (`persistence.ts`).
 *
 * Three things must not be believed:
 *
 * - An outage. A heartbeat that is off its schedule by more than an interval and more than delays
 *   ever were is an outlier: it proves life and is not learned.
 * - That outliers are outliers, if nothing else comes. After some in a row on one side, the peer
 *   lives by another schedule: the window starts again, with the interval that they show.
 * - The interval, to the last digit. The sender's clock is off by some parts in 10^5, its timers by
 *   some in 1,000, and a window of a thousand multiplies that by a thousand. Now and then the slope
 *   of D is taken out of it, if both halves of the window show one.
 *
 * Sources: Chen, Toueg and Aguilera, "On the Quality of Service of Failure Detectors", IEEE
 * Transactions on Computers 2002 (expected arrival); Tomsic, Sens, Garcia, Arantes and Sopena,
 * "2W-FD: A Failure Detector Algorithm with QoS", IPDPS 2015 (two windows). Outliers, the new start
 * and the slope are ours.
 */
import type { Arrival } from './arrival.ts';
import { ArrivalWindow, ticksPerMs } from './arrival-window.ts';
import { commonSlope } from './common-slope.ts';
import { Deviation } from './deviation.ts';
import { OutlierRow } from './outlier-row.ts';
import { Persistence } from './persistence.ts';
import { Stride } from './stride.ts';

/** How a schedule is learned. */
export interface ScheduleOptions {
  readonly intervalMs: number;
  readonly windowSize: number;
  readonly shortWindowSize: number;
  readonly relearnAfter: number;
  readonly toleratedLosses: number;
  /**
   * Which of the two windows is believed. Who measures that measures the interval, too; others take
   * it as given until it proved wrong.
   */
  readonly follows: 'long' | 'later' | 'measured';
  /** The standard deviation that is assumed before there are data, in intervals. */
  readonly priorDeviation: number;
}

/** An outlier is off by this many deviations, and by an interval. */
const OUTLIER_DEVIATIONS = 5;

/** Late ones that are no outliers must be so many times more in a row to be believed. */
const LATE_ROWS = 10;

/** How far the interval may get from the one in the options. */
const INTERVAL_RATIO_MAX = 100;

/** The first slope is taken over this many heartbeats. */
const SLOPE_AFTER = 128;

/** The same of an interval that a few heartbeats have shown. */
const SEEN_SLOPE_AFTER = 16;

const GAP_MAX = 65_535;

/** The expected arrivals of one peer, and how far it deviates from them. */
export class Schedule {
  /** When the next heartbeat is expected; `NaN` before the first. */
  expectedAtMs = 0.5;
  /** The sender's interval, as it is believed now. */
  intervalMs = 0.5;
  /** How late a heartbeat may be without being suspected: the judge's to say, before `observe`. */
  marginMs = 0.5;
  /** The standard deviation of heartbeats from when they were expected. */
  readonly deviation: Deviation;
  /** Whether the last heartbeat was learned. */
  learned = false;
  readonly #options: ScheduleOptions;
  readonly #long: ArrivalWindow;
  readonly #short: ArrivalWindow;
  /** How many numbers after the one before it each heartbeat of the long window is. */
  readonly #gaps: Uint16Array;
  readonly #persistence: Persistence = new Persistence();
  readonly #row: OutlierRow = new OutlierRow();
  readonly #stride: Stride;
  #newestGap = 0;
  /** How long after the heartbeat was due by the anchor it came. */
  #sinceDueMs = 0.5;
  /** Beyond this lateness, a heartbeat is an outlier whatever the margin is. */
  #toleranceMs = 0.5;
  #measuresInterval: boolean;
  /** Ticks count from here: heartbeat `anchorSequence` was due at `anchorMs`. */
  #anchorSequence = 0;
  #anchorMs = 0.5;
  #ticksPerMs: number;
  #learnedSequence = 0;
  /** `expectedAtMs` is about the heartbeat of this number. */
  #expectedSequence = 0;
  #sinceSlope = 0;
  /** So many heartbeats in a row were later than the mean by more than the margin. */
  #lateCount = 0;
  #slopeDue = SLOPE_AFTER;

  constructor(options: ScheduleOptions) {
    this.#options = options;
    this.#long = new ArrivalWindow(options.windowSize);
    this.#short = new ArrivalWindow(options.shortWindowSize);
    this.#gaps = new Uint16Array(options.windowSize);
    this.#stride = new Stride(options.toleratedLosses, options.relearnAfter);
    this.deviation = new Deviation(options.priorDeviation * options.intervalMs);
    this.#measuresInterval = options.follows === 'measured';
    this.intervalMs = options.intervalMs;
    this.#ticksPerMs = ticksPerMs(options.intervalMs);
    this.expectedAtMs = NaN;
  }

  /** How many heartbeats it has learned from. */
  get sampleCount(): number {
    return this.#long.count;
  }

  /** Takes a heartbeat in. */
  observe(arrival: Arrival): void {
    this.learned = false;
    if (arrival.gap === 0) this.#restart(arrival);
    else this.#place(arrival);
    this.#expect(arrival);
  }

  /** Forgets everything. */
  reset(): void {
    this.#long.clear();
    this.#short.clear();
    this.#stride.reset();
    this.#persistence.reset();
    this.#measuresInterval = this.#options.follows === 'measured';
    this.intervalMs = this.#options.intervalMs;
    this.deviation.reset(this.#options.priorDeviation * this.intervalMs);
    this.expectedAtMs = NaN;
  }

  #place(arrival: Arrival): void {
    const since = (arrival.sequence - this.#anchorSequence) * this.intervalMs;
    this.#sinceDueMs = arrival.atMs - this.#anchorMs - since;
    arrival.latenessMs = this.#sinceDueMs - this.#long.mean / this.#ticksPerMs;
    this.#short.push(Math.round(this.#sinceDueMs * this.#ticksPerMs) + 0);
    this.#stride.push(arrival);
    if (!arrival.teaches) return;
    this.#lateCount = arrival.latenessMs > this.marginMs ? this.#lateCount + 1 : 0;
    const isOutlier = Math.abs(arrival.latenessMs) > Math.max(this.marginMs, this.#toleranceMs);
    if (isOutlier) this.#doubt(arrival);
    else if (this.#lateCount >= LATE_ROWS * this.#options.relearnAfter) this.#restart(arrival);
    else this.#learn(arrival);
  }

  #learn(arrival: Arrival): void {
    this.#row.count = 0;
    const gap = arrival.sequence - this.#learnedSequence;
    if (gap > GAP_MAX) {
      this.#restart(arrival);
      return;
    }
    const ahead = (arrival.sequence - this.#expectedSequence) * this.intervalMs;
    this.learned = true;
    arrival.errorMs = arrival.atMs - this.expectedAtMs - ahead;
    this.deviation.push(arrival);
    if (this.#options.follows === 'measured') this.#persistence.push(arrival, this.deviation);
    this.#long.push(Math.round(this.#sinceDueMs * this.#ticksPerMs) + 0);
    this.#newestGap = this.#newestGap + 1 === this.#gaps.length ? 0 : this.#newestGap + 1;
    this.#gaps[this.#newestGap] = gap;
    this.#learnedSequence = arrival.sequence;
    this.#sinceSlope += 1;
    if (this.#sinceSlope >= this.#slopeDue) this.#straighten();
  }

  /** What is off the schedule is not learned; if nothing else comes, the schedule is wrong. */
  #doubt(arrival: Arrival): void {
    const { priorDeviation, relearnAfter } = this.#options;
    this.#row.push(arrival, this.intervalMs);
    if (this.#row.count < relearnAfter) return;
    const seenMs = this.#row.intervalMs(this.intervalMs);
    if (!this.#isCredible(seenMs)) return;
    if (seenMs !== this.intervalMs) {
      this.intervalMs = seenMs;
      this.deviation.reset(priorDeviation * seenMs);
      this.#persistence.reset();
    }
    this.#restart(arrival);
  }

  #isCredible(intervalMs: number): boolean {
    const ratio = intervalMs / this.#options.intervalMs;
    return ratio >= 1 / INTERVAL_RATIO_MAX && ratio <= INTERVAL_RATIO_MAX;
  }

  #restart(arrival: Arrival): void {
    const { sequence, atMs } = arrival;
    this.#measuresInterval ||= arrival.gap > 0;
    this.#long.clear();
    this.#short.clear();
    this.#ticksPerMs = ticksPerMs(this.intervalMs);
    this.#anchorSequence = sequence;
    this.#anchorMs = atMs;
    this.#learnedSequence = sequence;
    this.#newestGap = 0;
    this.#gaps[0] = 0;
    this.#long.push(0);
    this.#short.push(0);
    this.#row.count = 0;
    this.#lateCount = 0;
    this.#slopeDue = Math.min(
      arrival.gap === 0 ? SLOPE_AFTER : SEEN_SLOPE_AFTER,
      this.#long.capacity,
    );
    this.#sinceSlope = 0;
    arrival.latenessMs = 0;
  }

  #expect({ sequence, atMs, latenessMs }: Arrival): void {
    const stride = this.#stride.value;
    this.#expectedSequence = sequence + stride;
    const ahead = (this.#expectedSequence - this.#anchorSequence) * this.intervalMs;
    const longMs = this.#anchorMs + ahead + this.#long.mean / this.#ticksPerMs;
    const shortMs = this.#anchorMs + ahead + this.#short.mean / this.#ticksPerMs;
    const tolerance = Math.max(this.intervalMs, OUTLIER_DEVIATIONS * this.deviation.value);
    this.#toleranceMs = tolerance;
    const { follows } = this.#options;
    if (-latenessMs > tolerance) {
      // Far too early, the schedule is another one: it must not put off the detection of a crash.
      this.expectedAtMs = atMs + stride * this.intervalMs;
    } else if (follows === 'long') {
      this.expectedAtMs = longMs;
    } else if (follows === 'later' || latenessMs > tolerance) {
      this.expectedAtMs = Math.max(longMs, shortMs);
    } else {
      // A heartbeat that came early promises nothing: where delays jump, the next one may be late.
      const share = shortMs > longMs ? this.#persistence.lateShare : 0;
      this.expectedAtMs = longMs + share * (shortMs - longMs);
    }
  }

  /** Takes the slope of the lateness out of it, and moves the anchor to where the window is. */
  #straighten(): void {
    this.#sinceSlope = 0;
    this.#slopeDue = Math.min(2 * this.#slopeDue, this.#long.capacity);
    const stepAt = (age: number): number => this.#gapAt(age);
    const measured = this.#measuresInterval ? commonSlope(this.#long, stepAt) : 0;
    const slope = this.#isCredible(this.intervalMs + measured / this.#ticksPerMs) ? measured : 0;
    const level = Math.round(this.#long.mean);
    const ahead = (this.#learnedSequence - this.#anchorSequence) * this.intervalMs;
    this.#anchorMs += ahead + level / this.#ticksPerMs;
    this.#anchorSequence = this.#learnedSequence;
    this.intervalMs += slope / this.#ticksPerMs;
    let behind = 0;
    this.#long.adjust((age) => {
      const shift = Math.round(slope * behind) - level + 0;
      behind += this.#gapAt(age);
      return shift;
    });
    this.#short.adjust((age) => Math.round(slope * age) - level + 0);
  }

  #gapAt(age: number): number {
    const index = this.#newestGap - age;
    return this.#gaps[index < 0 ? index + this.#gaps.length : index] ?? 0;
  }
}
