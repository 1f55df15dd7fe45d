import type { NodeId, Unsubscribe } from '@quorate/transport';

import type { MonitorEvent } from './events.ts';
import type { MonitorCounters, MonitoredPeer } from './monitor-status.ts';

/** What a metric is said to be. */
export interface InstrumentOptions {
  readonly unit: string;
  readonly description: string;
}

/** Attributes of one measurement. */
export type InstrumentAttributes = Record<string, string>;

/** Where an observed value goes. */
export interface ObservableResult {
  /** Takes the value. */
  observe(value: number, attributes?: InstrumentAttributes): void;
}

/** What is used of OpenTelemetry's observable instruments. */
export interface ObservableInstrument {
  /** Calls `observe` whenever metrics are collected. */
  addCallback(observe: (result: ObservableResult) => void): void;
  /** Calls it no more. */
  removeCallback(observe: (result: ObservableResult) => void): void;
}

/** What is used of OpenTelemetry's `Counter`. */
export interface CounterInstrument {
  /** Counts `value` more. */
  add(value: number, attributes?: InstrumentAttributes): void;
}

/** What is used of OpenTelemetry's `Meter`; `metrics.getMeter('…')` is one. */
export interface MeterLike {
  /** Makes a counter. */
  createCounter(name: string, options: InstrumentOptions): CounterInstrument;
  /** Makes a counter that is asked. */
  createObservableCounter(name: string, options: InstrumentOptions): ObservableInstrument;
  /** Makes a gauge that is asked. */
  createObservableGauge(name: string, options: InstrumentOptions): ObservableInstrument;
}

/** What is measured of a monitor; a `HeartbeatMonitor` is one. */
export interface MeasuredMonitor {
  /** Who is watched. */
  readonly peers: readonly NodeId[];
  /** What has been done so far. */
  readonly counters: MonitorCounters;
  /** What is known of `peer` now; `undefined` if it is not watched. */
  status(peer: NodeId): MonitoredPeer | undefined;
  /** Calls `listener` with each change from now on. */
  subscribe(listener: (event: MonitorEvent) => void): Unsubscribe;
}

/** Peers whose suspicion is told one by one. Beyond it series would cost more than they tell. */
const PEERS_MAX = 100;

const metrics = {
  changes: {
    name: 'phi_accrual.changes',
    unit: '{change}',
    description: 'Peers that became suspected, trusted or another life; changed links; own pauses.',
  },
  heartbeats: {
    name: 'phi_accrual.heartbeats',
    unit: '{heartbeat}',
    description: 'Heartbeats that came, by what became of them, and that went, by outcome.',
  },
  peers: {
    name: 'phi_accrual.peers',
    unit: '{peer}',
    description: 'Peers, by what is thought of them.',
  },
  suspicion: {
    name: 'phi_accrual.suspicion',
    unit: '1',
    description: 'How suspicious a peer is, as a share of its threshold, of the first 100.',
  },
  health: {
    name: 'phi_accrual.health',
    unit: '1',
    description: 'What speaks against the judgement of this node: 0, well, to 8.',
  },
} as const;

/**
 * Tells OpenTelemetry what a monitor observes: `phi_accrual.changes{kind}`,
 * `phi_accrual.heartbeats{result}`, `phi_accrual.peers{state}`, `phi_accrual.suspicion{peer}` and
 * `phi_accrual.health`.
 *
 * @returns Ends it.
 */
export function measureMonitor(meter: MeterLike, monitor: MeasuredMonitor): Unsubscribe {
  const changes = meter.createCounter(metrics.changes.name, optionsOf(metrics.changes));
  const stops = [
    monitor.subscribe(({ kind }) => changes.add(1, { kind })),
    ask(
      meter.createObservableCounter(metrics.heartbeats.name, optionsOf(metrics.heartbeats)),
      (to) => observeHeartbeats(monitor.counters, to),
    ),
    ask(meter.createObservableGauge(metrics.peers.name, optionsOf(metrics.peers)), (to) =>
      observePeers(monitor, to),
    ),
    ask(meter.createObservableGauge(metrics.suspicion.name, optionsOf(metrics.suspicion)), (to) =>
      observeSuspicion(monitor, to),
    ),
    ask(meter.createObservableGauge(metrics.health.name, optionsOf(metrics.health)), (to) =>
      to.observe(monitor.counters.healthScore),
    ),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function optionsOf({ unit, description }: InstrumentOptions): InstrumentOptions {
  return { unit, description };
}

function ask(
  instrument: ObservableInstrument,
  observe: (result: ObservableResult) => void,
): Unsubscribe {
  instrument.addCallback(observe);
  return () => instrument.removeCallback(observe);
}

function observeHeartbeats(counters: MonitorCounters, to: ObservableResult): void {
  for (const [result, count] of Object.entries(counters.receipts)) to.observe(count, { result });
  to.observe(counters.sentCount, { result: 'sent' });
  to.observe(counters.droppedCount, { result: 'dropped' });
  to.observe(counters.suppressedCount, { result: 'suppressed' });
}

function observePeers(monitor: MeasuredMonitor, to: ObservableResult): void {
  const counts = { unheard: 0, trusted: 0, suspected: 0 };
  for (const peer of monitor.peers) {
    const state = monitor.status(peer)?.state;
    if (state !== undefined) counts[state] += 1;
  }
  for (const [state, count] of Object.entries(counts)) to.observe(count, { state });
}

function observeSuspicion(monitor: MeasuredMonitor, to: ObservableResult): void {
  for (const peer of monitor.peers.slice(0, PEERS_MAX)) {
    const status = monitor.status(peer);
    if (status !== undefined) to.observe(status.suspicion / status.threshold, { peer });
  }
}
