import { attributesOf, limiterMetrics, type LimiterTelemetry } from './limiter-telemetry.ts';

/** What a metric is said to be. */
export interface InstrumentOptions {
  readonly unit: string;
  readonly description: string;
}

/** Attributes of one measurement. */
export type InstrumentAttributes = Record<string, string>;

/** What is used of OpenTelemetry's `Counter`. */
export interface LimiterCounter {
  /** Counts `value` more. */
  add(value: number, attributes: InstrumentAttributes): void;
}

/** What is used of OpenTelemetry's `Histogram`. */
export interface LimiterHistogram {
  /** Notes one value. */
  record(value: number, attributes: InstrumentAttributes): void;
}

/** What is used of OpenTelemetry's `ObservableGauge`. */
export interface LimiterGauge {
  /** Calls `observe` whenever metrics are collected. */
  addCallback(observe: (result: KeysResult) => void): void;
}

/** What a histogram is said to be. */
export interface HistogramOptions extends InstrumentOptions {
  readonly advice: { explicitBucketBoundaries: number[] };
}

/** What is used of OpenTelemetry's `Meter`; `metrics.getMeter('…')` is one. */
export interface LimiterMeter {
  /** Makes a counter. */
  createCounter(name: string, options: InstrumentOptions): LimiterCounter;
  /** Makes a histogram. */
  createHistogram(name: string, options: HistogramOptions): LimiterHistogram;
  /** Makes a gauge that is asked. */
  createObservableGauge(name: string, options: InstrumentOptions): LimiterGauge;
}

/** Where an observed value goes. */
export interface KeysResult {
  /** Takes the value. */
  observe(value: number): void;
}

/** Upper bounds in seconds, from a decision in memory to the patience of a client. */
export const secondsBounds: readonly number[] = [
  0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
];

/**
 * Tells OpenTelemetry what limiters do: `rate_limiter.decisions{policy,result,reason}`,
 * `rate_limiter.wait.duration`, `rate_limiter.store.duration{outcome}` and `rate_limiter.keys`.
 *
 * @param keyCount - Asked when metrics are collected; without it, there is no `rate_limiter.keys`.
 */
export function openTelemetry(meter: LimiterMeter, keyCount?: () => number): LimiterTelemetry {
  const { decisions, wait, store, keys } = limiterMetrics;
  const advice = { explicitBucketBoundaries: [...secondsBounds] };
  const counter = meter.createCounter(decisions.name, optionsOf(decisions));
  const waits = meter.createHistogram(wait.name, { ...optionsOf(wait), advice });
  const answers = meter.createHistogram(store.name, { ...optionsOf(store), advice });
  if (keyCount !== undefined) {
    const gauge = meter.createObservableGauge(keys.name, optionsOf(keys));
    gauge.addCallback((result) => result.observe(keyCount()));
  }
  return {
    decided: (decision) => counter.add(1, { ...attributesOf(decision) }),
    waited: (durationMs) => waits.record(durationMs / 1_000, {}),
    storeAnswered: (durationMs, outcome) => answers.record(durationMs / 1_000, { outcome }),
  };
}

function optionsOf({ unit, description }: InstrumentOptions): InstrumentOptions {
  return { unit, description };
}
