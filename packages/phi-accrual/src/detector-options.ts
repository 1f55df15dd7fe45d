import { WINDOW_SIZE_MAX } from './arrival-window.ts';
import { checkInteger, checkNumber } from './bounds.ts';
import type { IntervalWindowOptions } from './interval-window.ts';
import type { AkkaSettings } from './models/akka.ts';
import type { BertierSettings } from './models/bertier.ts';
import type { ChenSettings } from './models/chen.ts';
import type { ExponentialSettings } from './models/exponential.ts';
import type { FixedSettings } from './models/fixed.ts';
import type { HistogramSettings } from './models/histogram.ts';
import type { NormalSettings } from './models/normal.ts';
import type { ScheduleOptions } from './schedule.ts';

/** Which detector, and its settings. */
export type DetectorOptions =
  | NormalOptions
  | AkkaOptions
  | ExponentialOptions
  | ChenOptions
  | BertierOptions
  | TwoWindowOptions
  | HistogramOptions
  | FixedOptions;

/** What every detector has to know. */
export interface IntervalOptions {
  /** The interval at which the peer sends heartbeats; 1..86,400,000 ms. */
  readonly intervalMs: number;
}

/** Options of the detectors that reckon with the sender's schedule. */
export interface ScheduledOptions extends IntervalOptions {
  /**
   * How many heartbeats the schedule is learned from, 2..8,192. More give a steadier estimate, and
   * follow slower when the network changes. Recommended, and the default: 1,000.
   */
  readonly windowSize?: number;
  /**
   * After how many heartbeats in a row that are all off the schedule on the same side the peer is
   * taken to live by another one, 2..1,000. So many mistakes are made when a peer slows down; fewer
   * give up a good estimate for a passing disturbance. Default: 3.
   */
  readonly relearnAfter?: number;
  /** So many lost heartbeats in a row are not suspicious; 0..100. Default: 0. */
  readonly toleratedLosses?: number;
}

/** The default: phi of the time that a heartbeat is behind the sender's schedule. */
export interface NormalOptions extends ScheduledOptions {
  readonly kind?: 'normal';
  /**
   * phi from which the peer is suspected, above 0 to 1,000. At 8, a normal delay is mistaken for a
   * crash once in 10^8 heartbeats; real delays have a fatter tail. A heartbeat may be late by
   * `acceptablePauseMs` and 1.3 deviations at 1, 4.3 at 5, 5.6 at 8, 7.0 at 12. Default: 8.
   */
  readonly threshold?: number;
  /**
   * So much lateness is not suspicious, as when the peer collects garbage; 0..86,400,000 ms. It
   * delays each detection by as much. Default: 0.
   */
  readonly acceptablePauseMs?: number;
  /** The standard deviation is at least this; 0..86,400,000 ms. Default: 0. */
  readonly minDeviationMs?: number;
  /**
   * The standard deviation is at least this share of the interval; 1e-6..10. On a quiet
   * network it alone decides: by default a heartbeat may be 5.6 x 0.0875, half an interval late.
   */
  readonly minDeviationRatio?: number;
  /** The shorter window, to whose mean a persistent lateness moves it; 1..8,192. Default: 1. */
  readonly shortWindowSize?: number;
  /**
   * The standard deviation before there are data, as a share of the interval; 0..10. It counts as
   * much as 4 heartbeats. Default: 0.25.
   */
  readonly priorDeviation?: number;
}

/** NFD-E of Chen, Toueg and Aguilera: suspected a margin after the expected arrival. */
export interface ChenOptions extends ScheduledOptions {
  readonly kind: 'chen';
  /** Chen's alpha: above 0 to 86,400,000 ms. The detector's suspicion is the lateness in ms. */
  readonly marginMs: number;
}

/** 2W-FD of Tomsic et al.: as Chen's, with the later of two expected arrivals. */
export interface TwoWindowOptions extends ScheduledOptions {
  readonly kind: 'two-window';
  /** Above 0 to 86,400,000 ms. The detector's suspicion is the lateness in ms. */
  readonly marginMs: number;
  /** The shorter window, 1..8,192. Default: 1. */
  readonly shortWindowSize?: number;
}

/** Bertier's: as Chen's, with a margin that follows the errors of the expectation. */
export interface BertierOptions extends ScheduledOptions {
  readonly kind: 'bertier';
  /** How much of the mean error the margin has, 0..100. Default: 1. */
  readonly beta?: number;
  /** How many mean deviations of the error the margin has, above 0 to 100. Default: 4. */
  readonly phi?: number;
  /** How much of each new error is believed, above 0 to 1. Default: 0.1. */
  readonly gamma?: number;
  /** The margin is at least this; 1/16..86,400,000 ms. Default: a twentieth of the interval. */
  readonly minMarginMs?: number;
}

/** Akka's and Pekko's detector, value for value. Its defaults are theirs. */
export interface AkkaOptions extends IntervalOptions {
  readonly kind: 'akka';
  /** phi from which the peer is suspected, above 0 to 1,000. Default: 8. */
  readonly threshold?: number;
  /** `acceptable-heartbeat-pause`; 0..86,400,000 ms. Default: 3,000. */
  readonly acceptablePauseMs?: number;
  /** `min-std-deviation`; 1e-3..86,400,000 ms. Default: 100. */
  readonly minDeviationMs?: number;
  /** `max-sample-size`, 2..8,192. Default: 1,000. */
  readonly windowSize?: number;
}

/** Options of the detectors that look at the times between heartbeats. */
export interface IntervalWindowed extends IntervalOptions {
  /** How many intervals are remembered, 2..8,192. Default: 1,000. */
  readonly windowSize?: number;
  /**
   * After how many outages in a row, of 3 mean intervals or more, the peer is taken to have become
   * slower, 2..1,000. Default: 3.
   */
  readonly relearnAfter?: number;
}

/** Cassandra's: suspected after `threshold` x ln 10 mean intervals of silence. */
export interface ExponentialOptions extends IntervalWindowed {
  readonly kind: 'exponential';
  /** phi from which the peer is suspected, above 0 to 1,000. Default: 8, as there. */
  readonly threshold?: number;
}

/** Satzger's: suspected after a silence longer than a share of all remembered intervals. */
export interface HistogramOptions extends IntervalWindowed {
  readonly kind: 'histogram';
  /**
   * The share of remembered intervals, stretched by `alpha`, that are shorter than the silence;
   * above 0 to 1. Default: 1: longer than all of them.
   */
  readonly threshold?: number;
  /** By what remembered intervals are stretched, 1..100. Default: 1.5. */
  readonly alpha?: number;
}

/** A timeout since the last heartbeat. */
export interface FixedOptions extends IntervalOptions {
  readonly kind: 'fixed';
  /** Above 0 to 86,400,000 ms. The detector's suspicion is the silence in ms. */
  readonly timeoutMs: number;
}

const DAY_MS = 86_400_000;

/** @throws RangeError if an option is out of its range. */
export function checkedNormal(options: NormalOptions): NormalSettings {
  const settings = {
    ...checkedSchedule(options),
    follows: 'measured' as const,
    threshold: options.threshold ?? 8,
    acceptablePauseMs: options.acceptablePauseMs ?? 0,
    minDeviationMs: options.minDeviationMs ?? 0,
    minDeviationRatio: options.minDeviationRatio ?? 0.0875,
    priorDeviation: options.priorDeviation ?? 0.25,
  };
  checkNumber('threshold', settings.threshold, Number.MIN_VALUE, 1_000);
  checkNumber('acceptablePauseMs', settings.acceptablePauseMs, 0, DAY_MS);
  checkNumber('minDeviationMs', settings.minDeviationMs, 0, DAY_MS);
  checkNumber('minDeviationRatio', settings.minDeviationRatio, 1e-6, 10);
  checkNumber('priorDeviation', settings.priorDeviation, 0, 10);
  return settings;
}

/** @throws RangeError if an option is out of its range. */
export function checkedChen(options: ChenOptions | TwoWindowOptions): ChenSettings {
  checkNumber('marginMs', options.marginMs, Number.MIN_VALUE, DAY_MS);
  const follows = options.kind === 'chen' ? 'long' : 'later';
  return { ...checkedSchedule(options), follows, marginMs: options.marginMs };
}

/** @throws RangeError if an option is out of its range. */
export function checkedBertier(options: BertierOptions): BertierSettings {
  const schedule = checkedSchedule(options);
  const settings = {
    ...schedule,
    beta: options.beta ?? 1,
    phi: options.phi ?? 4,
    gamma: options.gamma ?? 0.1,
    minMarginMs: options.minMarginMs ?? Math.max(1 / 16, schedule.intervalMs / 20),
  };
  checkNumber('beta', settings.beta, 0, 100);
  checkNumber('phi', settings.phi, Number.MIN_VALUE, 100);
  checkNumber('gamma', settings.gamma, Number.MIN_VALUE, 1);
  checkNumber('minMarginMs', settings.minMarginMs, 1 / 16, DAY_MS);
  return settings;
}

/** @throws RangeError if an option is out of its range. */
export function checkedAkka(options: AkkaOptions): AkkaSettings {
  const settings = {
    intervalMs: options.intervalMs,
    windowSize: options.windowSize ?? 1_000,
    threshold: options.threshold ?? 8,
    acceptablePauseMs: options.acceptablePauseMs ?? 3_000,
    minDeviationMs: options.minDeviationMs ?? 100,
  };
  checkInterval(settings.intervalMs);
  checkInteger('windowSize', settings.windowSize, 2, WINDOW_SIZE_MAX);
  checkNumber('threshold', settings.threshold, Number.MIN_VALUE, 1_000);
  checkNumber('acceptablePauseMs', settings.acceptablePauseMs, 0, DAY_MS);
  checkNumber('minDeviationMs', settings.minDeviationMs, 1e-3, DAY_MS);
  return settings;
}

/** @throws RangeError if an option is out of its range. */
export function checkedExponential(options: ExponentialOptions): ExponentialSettings {
  const threshold = options.threshold ?? 8;
  checkNumber('threshold', threshold, Number.MIN_VALUE, 1_000);
  return { ...checkedIntervals(options), threshold };
}

/** @throws RangeError if an option is out of its range. */
export function checkedHistogram(options: HistogramOptions): HistogramSettings {
  const threshold = options.threshold ?? 1;
  const alpha = options.alpha ?? 1.5;
  checkNumber('threshold', threshold, Number.MIN_VALUE, 1);
  checkNumber('alpha', alpha, 1, 100);
  return { ...checkedIntervals(options), threshold, alpha };
}

/** @throws RangeError if an option is out of its range. */
export function checkedFixed({ intervalMs, timeoutMs }: FixedOptions): FixedSettings {
  checkInterval(intervalMs);
  checkNumber('timeoutMs', timeoutMs, Number.MIN_VALUE, DAY_MS);
  return { intervalMs, timeoutMs };
}

function checkedIntervals(options: IntervalWindowed): IntervalWindowOptions {
  const settings = {
    intervalMs: options.intervalMs,
    windowSize: options.windowSize ?? 1_000,
    relearnAfter: options.relearnAfter ?? 3,
  };
  checkInterval(settings.intervalMs);
  checkInteger('windowSize', settings.windowSize, 2, WINDOW_SIZE_MAX);
  checkInteger('relearnAfter', settings.relearnAfter, 2, 1_000);
  return settings;
}

function checkedSchedule(
  options: ScheduledOptions & { readonly shortWindowSize?: number },
): ScheduleOptions {
  const settings = {
    intervalMs: options.intervalMs,
    windowSize: options.windowSize ?? 1_000,
    shortWindowSize: options.shortWindowSize ?? 1,
    relearnAfter: options.relearnAfter ?? 3,
    toleratedLosses: options.toleratedLosses ?? 0,
    follows: 'long' as const,
    priorDeviation: 0.25,
  };
  checkInterval(settings.intervalMs);
  checkInteger('windowSize', settings.windowSize, 2, WINDOW_SIZE_MAX);
  checkInteger('shortWindowSize', settings.shortWindowSize, 1, WINDOW_SIZE_MAX);
  checkInteger('relearnAfter', settings.relearnAfter, 2, 1_000);
  checkInteger('toleratedLosses', settings.toleratedLosses, 0, 100);
  return settings;
}

function checkInterval(intervalMs: number): void {
  checkNumber('intervalMs', intervalMs, 1, DAY_MS);
}
