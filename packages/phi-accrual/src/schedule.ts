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
 * as in congestion. The later of the two is right in both cases.
 *
 * Three things must not be believed:
 *
 * - An outage. A heartbeat that is off its schedule by more than an interval and more than delays
 *   ever were is an outlier: it proves life and is not learned.
 * - That outliers are outliers, if nothing else comes. After some in a row on one side, the peer
 *   lives by another schedule: the window starts again from them, with the interval they show. A
 *   backlog that is delivered at once is no new schedule, although it is a row of late heartbeats:
 *   each is less late than the one before, and who catches up has not changed.
 * - The interval, to the last digit. The sender's clock is off by some parts in 10^5, its timers by
 *   some in 1,000, and a window of a thousand multiplies that by a thousand. Now and then the slope
 *   of D is taken out of it, if both halves of the window show one.
 *
 * A peer of whose heartbeats most are lost is on schedule and late every time. After some late ones
 * in a row, so many losses are expected, until one comes sooner.
 *
 * Sources: Chen, Toueg and Aguilera, "On the Quality of Service of Failure Detectors", IEEE
 * Transactions on Computers 2002 (expected arrival); Tomsic, Sens, Garcia, Arantes and Sopena,
 * "2W-FD: A Failure Detector Algorithm with QoS", IPDPS 2015 (two windows). Outliers, the new start
 * and the slope are ours.
 */
import type { Arrival } from './arrival.ts';
import { ArrivalWindow } from './arrival-window.ts';
import { commonSlope } from './common-slope.ts';

/** How a schedule is learned. */
export interface ScheduleOptions {
  readonly intervalMs: number;
  readonly windowSize: number;
  readonly shortWindowSize: number;
  readonly relearnAfter: number;
  readonly toleratedLosses: number;
  /** Whether the sender's interval is measured, or is what the protocol says. */
  readonly interval: 'measured' | 'given';
  /** The standard deviation that is assumed before there are data, in intervals. */
  readonly priorDeviation: number;
}

/** The prior counts as so many heartbeats. */
const PRIOR_WEIGHT = 4;

/** An outlier is off by this many deviations, and by an interval. */
const OUTLIER_DEVIATIONS = 6;

/** How far the interval may be from the one in the options. */
const INTERVAL_RATIO_MAX = 100;

/** A new start takes the interval it saw if it differs by more than this share. */
const INTERVAL_CHANGE_MIN = 1 / 16;

/** The first slope is taken over this many heartbeats. */
const SLOPE_AFTER = 16;

const TICKS_PER_MS = 16;
const MINUTE_MS = 60_000;
const GAP_MAX = 65_535;

/** The expected arrivals of one peer, and how far it deviates from them. */
export class Schedule {
  /** When the next heartbeat is expected. */
  expectedAtMs: number;
  /** The standard deviation of arrivals from the schedule, without a floor. */
  deviationMs: number;
  /** The sender's interval, as it is believed now. */
  intervalMs: number;
  /** The lateness of the last heartbeat against the long window, in ms. */
  latenessMs = 0.5;
  readonly #options: ScheduleOptions;
  readonly #long: ArrivalWindow;
  readonly #short: ArrivalWindow;
  /** How many numbers after the heartbeat before each heartbeat of the long window came. */
  readonly #gaps: Uint16Array;
  #newestGap = 0;
  #ticksPerMs = TICKS_PER_MS;
  #anchorSequence = 0;
  #lastSequence = 0;
  #anchorMs = NaN;
  #learnedSequence = 0;
  #slopeDue = SLOPE_AFTER;
  #sinceSlope = 0;
  #priorDeviationMs: number;
  /** The row of outliers on one side. */
  #runSide = 0;
  #runCount = 0;
  #runSequence = 0;
  #runAtMs = NaN;
  #runLatenessMs = NaN;
  /** The row of late heartbeats, and how many numbers the next one may be ahead. */
  #lateCount = 0;
  #lateGapMin = 0;
  #stride: number;

  constructor(options: ScheduleOptions) {
    this.#options = options;
    this.#long = new ArrivalWindow(options.windowSize);
    this.#short = new ArrivalWindow(options.shortWindowSize);
    this.#gaps = new Uint16Array(options.windowSize);
    this.#stride = 1 + options.toleratedLosses;
    this.expectedAtMs = NaN;
    this.intervalMs = options.intervalMs;
    this.#priorDeviationMs = options.priorDeviation * options.intervalMs;
    this.deviationMs = this.#priorDeviationMs;
  }

  /** How many heartbeats it has learned from. */
  get sampleCount(): number {
    return this.#long.count;
  }

  /** How many numbers ahead of the last one the next heartbeat is expected to be. */
  get stride(): number {
    return this.#stride;
  }

  /** The mean of the long window alone says that the next heartbeat is due here. */
  get longExpectedAtMs(): number {
    return this.#dueMs() + this.#long.mean / this.#ticksPerMs;
  }

  /**
   * Takes a heartbeat in.
   *
   * @param marginMs - How late one may be without being suspected.
   */
  observe(arrival: Arrival, marginMs: number): void {
    if (arrival.gap === 0) this.#restart(arrival.sequence, arrival.atMs);
    else this.#place(arrival, marginMs);
    this.#expect(arrival);
  }

  /** Forgets everything. */
  reset(): void {
    this.#long.clear();
    this.#short.clear();
    this.intervalMs = this.#options.intervalMs;
    this.#priorDeviationMs = this.#options.priorDeviation * this.intervalMs;
    this.deviationMs = this.#priorDeviationMs;
    this.#stride = 1 + this.#options.toleratedLosses;
    this.#lateCount = 0;
    this.expectedAtMs = NaN;
  }

  #place(arrival: Arrival, marginMs: number): void {
    const sinceAnchorMs = (arrival.sequence - this.#anchorSequence) * this.intervalMs;
    const dueMs = this.#anchorMs + sinceAnchorMs + this.#long.mean / this.#ticksPerMs;
    const latenessMs = arrival.atMs - dueMs;
    this.latenessMs = latenessMs;
    this.#short.push((arrival.atMs - this.#anchorMs - sinceAnchorMs) * this.#ticksPerMs);
    this.#countLate(arrival);
    if (!arrival.teaches) return;
    const toleranceMs = this.#toleranceMs(marginMs);
    if (Math.abs(latenessMs) > toleranceMs) this.#outlier(arrival, latenessMs);
    else this.#learn(arrival, sinceAnchorMs);
  }

  #toleranceMs(marginMs: number): number {
    return Math.max(marginMs, this.intervalMs, OUTLIER_DEVIATIONS * this.deviationMs);
  }

  #learn(arrival: Arrival, sinceAnchorMs: number): void {
    this.#runCount = 0;
    const gap = arrival.sequence - this.#learnedSequence;
    if (gap > GAP_MAX) {
      this.#priorDeviationMs = this.deviationMs;
      this.#restart(arrival.sequence, arrival.atMs);
      return;
    }
    this.#long.push((arrival.atMs - this.#anchorMs - sinceAnchorMs) * this.#ticksPerMs);
    this.#newestGap = this.#newestGap + 1 === this.#gaps.length ? 0 : this.#newestGap + 1;
    this.#gaps[this.#newestGap] = gap;
    this.#learnedSequence = arrival.sequence;
    this.#sinceSlope += 1;
    if (this.#sinceSlope >= this.#slopeDue) this.#straighten();
    this.#measureDeviation();
  }

  #measureDeviation(): void {
    const { count, variance } = this.#long;
    const ticksSquared = this.#ticksPerMs * this.#ticksPerMs;
    const prior = PRIOR_WEIGHT * this.#priorDeviationMs * this.#priorDeviationMs;
    const total = prior + (count * variance) / ticksSquared;
    this.deviationMs = Math.sqrt(total / (PRIOR_WEIGHT + count));
  }

  /** Late in a row, the peer loses most of what it sends: expect as many losses from now on. */
  #countLate(arrival: Arrival): void {
    const least = 1 + this.#options.toleratedLosses;
    if (arrival.gap < this.#stride) this.#stride = Math.max(least, arrival.gap);
    if (!arrival.isLate || !arrival.teaches) {
      this.#lateCount = 0;
      return;
    }
    this.#lateGapMin =
      this.#lateCount === 0 ? arrival.gap : Math.min(this.#lateGapMin, arrival.gap);
    this.#lateCount += 1;
    if (this.#lateCount < this.#options.relearnAfter) return;
    this.#stride = Math.max(this.#stride, Math.min(INTERVAL_RATIO_MAX, this.#lateGapMin));
    this.#lateCount = 0;
  }

  #outlier(arrival: Arrival, latenessMs: number): void {
    const side = Math.sign(latenessMs);
    const drift = latenessMs - this.#runLatenessMs;
    // Outliers that return towards the schedule are a backlog, not another schedule.
    const returns = side * drift < -INTERVAL_CHANGE_MIN * this.intervalMs;
    if (this.#runCount === 0 || side !== this.#runSide || returns) {
      this.#runSide = side;
      this.#runCount = 0;
      this.#runSequence = arrival.sequence;
      this.#runAtMs = arrival.atMs;
    }
    this.#runCount += 1;
    this.#runLatenessMs = latenessMs;
    if (this.#runCount >= this.#options.relearnAfter) this.#relearn(arrival);
  }

  /** The peer lives by another schedule: learn it from the row of outliers. */
  #relearn(arrival: Arrival): void {
    const steps = arrival.sequence - this.#runSequence;
    const seenMs = steps === 0 ? this.intervalMs : (arrival.atMs - this.#runAtMs) / steps;
    const isShift = Math.abs(seenMs / this.intervalMs - 1) <= INTERVAL_CHANGE_MIN;
    if (!isShift) {
      const { intervalMs: givenMs } = this.#options;
      if (seenMs < givenMs / INTERVAL_RATIO_MAX || seenMs > givenMs * INTERVAL_RATIO_MAX) {
        this.#runCount = 0;
        return;
      }
      this.intervalMs = seenMs;
    }
    this.#priorDeviationMs = isShift
      ? this.deviationMs
      : this.#options.priorDeviation * this.intervalMs;
    this.#restart(arrival.sequence, arrival.atMs);
  }

  #restart(sequence: number, atMs: number): void {
    this.#long.clear();
    this.#short.clear();
    this.#ticksPerMs = TICKS_PER_MS / Math.max(1, this.intervalMs / MINUTE_MS);
    this.#anchorSequence = sequence;
    this.#anchorMs = atMs;
    this.#learnedSequence = sequence;
    this.#newestGap = 0;
    this.#gaps[0] = 0;
    this.#long.push(0);
    this.#short.push(0);
    this.#runCount = 0;
    this.#slopeDue = Math.min(SLOPE_AFTER, this.#long.capacity);
    this.#sinceSlope = 0;
    this.latenessMs = 0;
    this.deviationMs = this.#priorDeviationMs;
  }

  #dueMs(): number {
    const ahead = this.#lastSequence - this.#anchorSequence + this.#stride;
    return this.#anchorMs + ahead * this.intervalMs;
  }

  #expect(arrival: Arrival): void {
    this.#lastSequence = arrival.sequence;
    const dueMs = this.#dueMs();
    const shortMs = dueMs + this.#short.mean / this.#ticksPerMs;
    const longMs = dueMs + this.#long.mean / this.#ticksPerMs;
    // Far too early, the schedule is another one: it must not put off the detection of a crash.
    const isTooEarly = -this.latenessMs > this.#toleranceMs(0);
    const lastMs = arrival.atMs + this.#stride * this.intervalMs;
    this.expectedAtMs = isTooEarly ? lastMs : Math.max(shortMs, longMs);
  }

  /** Takes the slope of the lateness out of it, and moves the anchor to where the window is. */
  #straighten(): void {
    this.#sinceSlope = 0;
    this.#slopeDue = Math.min(2 * this.#slopeDue, this.#long.capacity);
    const stepAt = (age: number): number => this.#gapAt(age);
    const slope = this.#options.interval === 'given' ? 0 : commonSlope(this.#long, stepAt);
    const level = Math.round(this.#long.mean);
    this.#anchorMs +=
      (this.#learnedSequence - this.#anchorSequence) * this.intervalMs + level / this.#ticksPerMs;
    this.#anchorSequence = this.#learnedSequence;
    this.intervalMs += slope / this.#ticksPerMs;
    let behind = 0;
    this.#long.adjust((age) => {
      const shift = slope * behind - level;
      behind += this.#gapAt(age);
      return shift;
    });
    this.#short.adjust((age) => slope * age - level);
  }

  #gapAt(age: number): number {
    const index = this.#newestGap - age;
    return this.#gaps[index < 0 ? index + this.#gaps.length : index] ?? 0;
  }
}
