/**
 * What limiters do, for OpenTelemetry and Prometheus. Never the key of a client.
 *
 * @packageDocumentation
 */
export type { Decision } from '../decision.ts';
export type { Check, RateLimitStore, StoreCallOptions, Verdict } from '../store.ts';
export type { LimiterTelemetry, StoreOutcome } from './limiter-telemetry.ts';
export { measuredStore } from './measured-store.ts';
export { LimiterCounts, openMetricsType } from './open-metrics.ts';
export {
  type HistogramOptions,
  type InstrumentAttributes,
  type InstrumentOptions,
  type KeysResult,
  type LimiterCounter,
  type LimiterGauge,
  type LimiterHistogram,
  type LimiterMeter,
  openTelemetry,
  secondsBounds,
} from './opentelemetry.ts';
