/**
 * Heartbeats over any transport.
 *
 * @packageDocumentation
 */
export { MonitorClosedError } from './errors.ts';
export type { InboundState, MonitorEvent } from './events.ts';
export type { PeerExplanation } from './explanation.ts';
export { HeartbeatMonitor } from './heartbeat-monitor.ts';
export type { MonitorCounters, MonitoredPeer } from './monitor-status.ts';
export type { HeartbeatMonitorOptions, MonitorSettings } from './monitor-options.ts';
export { type MonitorProfile, type ProfileName, profiles } from './profiles.ts';
export { observeTransport, type TrafficObserver } from './traffic.ts';
export {
  type CounterInstrument,
  type InstrumentAttributes,
  type InstrumentOptions,
  type MeasuredMonitor,
  measureMonitor,
  type MeterLike,
  type ObservableInstrument,
  type ObservableResult,
} from './telemetry.ts';
export { followVisibility, type PageLike, type SilenceAnnouncer } from './visibility.ts';
