import type { NodeEnvironment, Simulation } from '@quorate/simulation';
import { type NodeId, nodeId } from '@quorate/transport';

import type { MonitorEvent } from '../../src/monitor/events.ts';
import { HeartbeatMonitor } from '../../src/monitor/heartbeat-monitor.ts';
import type { HeartbeatMonitorOptions } from '../../src/monitor/monitor-options.ts';

/** How the nodes of a test watch each other. */
export type MonitorTuning = Omit<
  HeartbeatMonitorOptions,
  'transport' | 'clock' | 'random' | 'peers'
>;

/** An event and who had it, at true time. */
export interface Observation {
  readonly atMs: number;
  readonly node: NodeId;
  /** Which life of the node. */
  readonly life: number;
  readonly event: MonitorEvent;
}

/** Nodes that all watch each other, in a simulation. */
export class SimulatedMonitors {
  readonly nodeIds: readonly NodeId[];
  readonly observations: Observation[] = [];
  /** The environments of their latest lives. */
  readonly environments: Map<NodeId, NodeEnvironment> = new Map<NodeId, NodeEnvironment>();
  readonly #simulation: Simulation;
  readonly #monitors = new Map<NodeId, HeartbeatMonitor>();
  readonly #tuningOf: (id: NodeId) => MonitorTuning;

  constructor(
    simulation: Simulation,
    nodeCount: number,
    tuning: MonitorTuning | ((id: NodeId) => MonitorTuning) = {},
  ) {
    this.#simulation = simulation;
    this.nodeIds = namesOf(nodeCount);
    this.#tuningOf = typeof tuning === 'function' ? tuning : () => tuning;
    for (const id of this.nodeIds) {
      simulation.addNode(id, (environment) => this.#start(environment));
    }
  }

  /** The monitor of a node's latest life. */
  monitor(id: NodeId): HeartbeatMonitor {
    const monitor = this.#monitors.get(id);
    if (monitor === undefined) throw new Error(`${id} has not started`);
    return monitor;
  }

  /** What `observer` thinks of `peer`. */
  stateOf(observer: NodeId, peer: NodeId): string | undefined {
    return this.monitor(observer).status(peer)?.state;
  }

  /** Whether every node that runs trusts every other that runs. */
  get isAllTrusted(): boolean {
    const running = this.nodeIds.filter((id) => this.#simulation.stateOf(id) === 'running');
    return running.every((observer) =>
      running.every((peer) => peer === observer || this.stateOf(observer, peer) === 'trusted'),
    );
  }

  /** The suspicions of nodes since `sinceMs`. */
  suspicions(sinceMs = 0): readonly Observation[] {
    return this.observations.filter(
      ({ atMs, event }) => atMs >= sinceMs && event.kind === 'suspected',
    );
  }

  /** When `observer` first suspected `peer` after `sinceMs`; `undefined` if it did not. */
  suspectedAtMs(observer: NodeId, peer: NodeId, sinceMs: number): number | undefined {
    return this.suspicions(sinceMs).find(
      ({ node, event }) => node === observer && event.kind === 'suspected' && event.peer === peer,
    )?.atMs;
  }

  #start(environment: NodeEnvironment): { stop: () => void } {
    const { nodeId: localId, transport, clock, random } = environment;
    const peers = this.nodeIds.filter((id) => id !== localId);
    const tuning = this.#tuningOf(localId);
    const monitor = new HeartbeatMonitor({ ...tuning, transport, clock, random, peers });
    this.#monitors.set(localId, monitor);
    this.environments.set(localId, environment);
    monitor.subscribe((event) => {
      const { incarnation: life } = environment;
      this.observations.push({ atMs: this.#simulation.nowMs, node: localId, life, event });
    });
    return { stop: () => monitor.close() };
  }
}

/** The names of `count` nodes. */
export function namesOf(count: number): readonly NodeId[] {
  return Array.from({ length: count }, (_, place) => nodeId(`n${place + 1}`));
}
