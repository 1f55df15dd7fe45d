import { checkMethods, checkOptionalFunction } from '../function-checks.ts';
import { BoundedNames } from './bounded-names.ts';
import { circuitMetrics, type CircuitTelemetry } from './circuit-telemetry.ts';
import { type BreakerState, stateSamples } from './state-samples.ts';

/** What a metric is said to be. */
export interface InstrumentOptions {
  readonly unit: string;
  readonly description: string;
}

/** Attributes of one measurement. */
export type InstrumentAttributes = Record<string, string>;

/** What is used of OpenTelemetry's `Counter`. */
export interface CircuitCounter {
  /** Counts `value` more. */
  add(value: number, attributes: InstrumentAttributes): void;
}

/** What is used of OpenTelemetry's `Histogram`. */
export interface CircuitHistogram {
  /** Notes one value. */
  record(value: number, attributes: InstrumentAttributes): void;
}

/** What is used of OpenTelemetry's `ObservableGauge`. */
export interface CircuitGauge {
  /** Calls `observe` whenever metrics are collected. */
  addCallback(observe: (result: StateResult) => void): void;
}

/** Where an observed value goes. */
export interface StateResult {
  /** Takes the value. */
  observe(value: number, attributes: InstrumentAttributes): void;
}

/** What a histogram is said to be. */
export interface HistogramOptions extends InstrumentOptions {
  readonly advice: { explicitBucketBoundaries: number[] };
}

/** What is used of OpenTelemetry's `Meter`; `metrics.getMeter('…')` is one. */
export interface CircuitMeter {
  /** Makes a counter. */
  createCounter(name: string, options: InstrumentOptions): CircuitCounter;
  /** Makes a histogram. */
  createHistogram(name: string, options: HistogramOptions): CircuitHistogram;
  /** Makes a gauge that is asked. */
  createObservableGauge(name: string, options: InstrumentOptions): CircuitGauge;
}

/** Upper bounds in seconds, from an answer of a neighbour to the longest patience. */
export const secondsBounds: readonly number[] = [
  0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];

/**
 * Tells OpenTelemetry what circuits do: `circuit_breaker.calls{name,outcome}`,
 * `circuit_breaker.not_permitted_calls{name,reason}`,
 * `circuit_breaker.transitions{name,from,to,reason}`, `circuit_breaker.call.duration{name}` and
 * `circuit_breaker.state{name,state}`. Of at most 1,000 names, and 'other' for the rest.
 *
 * @param breakers - Asked when metrics are collected; without it, there is no
 *   `circuit_breaker.state`.
 * @throws RangeError if `meter` is no object, TypeError if `breakers` is no function.
 */
export function openTelemetry(
  meter: CircuitMeter,
  breakers?: () => Iterable<BreakerState>,
): CircuitTelemetry {
  checkMethods('meter', meter, 'createCounter', 'createHistogram', 'createObservableGauge');
  checkOptionalFunction('breakers', breakers);
  const { calls, refusals, transitions, duration, state } = circuitMetrics;
  const advice = { explicitBucketBoundaries: [...secondsBounds] };
  const called = meter.createCounter(calls.name, optionsOf(calls));
  const refused = meter.createCounter(refusals.name, optionsOf(refusals));
  const moved = meter.createCounter(transitions.name, optionsOf(transitions));
  const took = meter.createHistogram(duration.name, { ...optionsOf(duration), advice });
  if (breakers !== undefined) {
    const gauge = meter.createObservableGauge(state.name, optionsOf(state));
    gauge.addCallback((result) => {
      for (const { value, ...attributes } of stateSamples(breakers())) {
        result.observe(value, attributes);
      }
    });
  }
  const names = new BoundedNames();
  return {
    changed: (event) => {
      if (event.kind !== 'transition') return;
      const { from, to, reason } = event;
      moved.add(1, { name: names.boundedOf(event.breakerName), from, to, reason });
    },
    called: (event) => {
      const name = names.boundedOf(event.breakerName);
      if (event.kind === 'refused') {
        refused.add(1, { name, reason: event.reason });
        return;
      }
      called.add(1, { name, outcome: event.outcome });
      const durationMs = Math.max(0, event.durationMs);
      // One that began before anybody listened has no duration.
      if (Number.isFinite(durationMs)) took.record(durationMs / 1_000, { name });
    },
  };
}

function optionsOf({ unit, description }: InstrumentOptions): InstrumentOptions {
  return { unit, description };
}
