/**
 * What circuits do, for OpenTelemetry and Prometheus.
 *
 * @packageDocumentation
 */
export type { CircuitBreakerEvent, CircuitCallEvent } from '../circuit-events.ts';
export type { CircuitState } from '../circuit-state.ts';
export type { StopListening } from '../listeners.ts';
export type { CircuitTelemetry } from './circuit-telemetry.ts';
export { measureBreaker, measureBreakers } from './measure.ts';
export { CircuitCounts, openMetricsType } from './open-metrics.ts';
export {
  type CircuitCounter,
  type CircuitGauge,
  type CircuitHistogram,
  type CircuitMeter,
  type HistogramOptions,
  type InstrumentAttributes,
  type InstrumentOptions,
  openTelemetry,
  secondsBounds,
  type StateResult,
} from './opentelemetry.ts';
export type { BreakerState } from './state-samples.ts';
