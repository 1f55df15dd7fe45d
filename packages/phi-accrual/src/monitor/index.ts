/**
 * Heartbeats over any transport.
 *
 * @packageDocumentation
 */
export { MonitorClosedError } from './errors.ts';
export type { InboundState, MonitorEvent } from './events.ts';
export { HeartbeatMonitor, type MonitorCounters, type MonitoredPeer } from './heartbeat-monitor.ts';
export type { HeartbeatMonitorOptions, MonitorSettings } from './monitor-options.ts';
export { type MonitorProfile, type ProfileName, profiles } from './profiles.ts';
export { observeTransport, type TrafficObserver } from './traffic.ts';
