import { Simulation } from '@quorate/simulation';

import type { KeyValueClient } from '../../src/kv/node/key-value-client.ts';
import type { SessionClientOptions } from '../../src/sessions/node/session-client.ts';
import { type SessionBug, SessionCluster } from './session-cluster.ts';

type PutOutcome = Awaited<ReturnType<KeyValueClient['put']>>;

/** Three nodes and two clients, and a play that a test directs. */
export class SessionScene {
  readonly simulation: Simulation = new Simulation({ seed: 7 });
  readonly cluster: SessionCluster;
  /** Everywhere that each call was applied. */
  readonly appliedAt: Map<number, Set<number>> = new Map<number, Set<number>>();

  constructor(bug: SessionBug, client: Partial<SessionClientOptions>) {
    this.cluster = new SessionCluster(this.simulation, {
      nodeCount: 3,
      clientCount: 2,
      node: { snapshotEveryEntries: 3, trailingEntryCount: 0 },
      client,
      bug,
      onApplied: (callId, logIndex) => {
        const places = this.appliedAt.get(callId) ?? new Set<number>();
        this.appliedAt.set(callId, places.add(logIndex));
      },
    });
  }

  /** Runs until there is a leader, and clients are at their machines. */
  async elect(): Promise<void> {
    await this.until(() => {
      const { cluster } = this;
      return cluster.leader !== undefined && cluster.client(1) !== undefined;
    });
  }

  /** The client at `place` puts `callId` under a key of its own. */
  put(place: number, callId: number, timeoutMs = 60_000): Promise<PutOutcome | undefined> {
    const value = new TextEncoder().encode(String(callId));
    const outcome = this.cluster.client(place)?.put(`k${callId}`, value, { timeoutMs });
    return outcome ?? Promise.resolve(undefined);
  }

  /** Lets time pass until `pending` has settled. */
  async settled<Value>(pending: Promise<Value>): Promise<Value | undefined> {
    const values: Value[] = [];
    void pending.then((value) => values.push(value));
    await this.until(() => values.length > 0);
    return values[0];
  }

  /** Lets time pass until `isSo`, two minutes at most. */
  async until(isSo: () => boolean): Promise<void> {
    if (await this.simulation.runUntil(isSo, 120_000)) return;
    throw new Error('it did not come about');
  }

  /** Ends the leader's life, and lets it begin another once there is a new leader. */
  async replaceLeader(): Promise<void> {
    const { leader } = this.cluster;
    if (leader === undefined) throw new Error('there is no leader to replace');
    this.simulation.inject({ kind: 'crash', node: leader });
    await this.until(() => ![undefined, leader].includes(this.cluster.leader));
    this.simulation.inject({ kind: 'restart', node: leader });
    await this.until(() => this.cluster.replicas().size === 3);
  }

  /** Ends the lives of all nodes, and begins others, each from its snapshot and its log. */
  async restartAll(): Promise<void> {
    for (const node of this.cluster.nodeIds) this.simulation.inject({ kind: 'crash', node });
    await this.simulation.run(10);
    for (const node of this.cluster.nodeIds) this.simulation.inject({ kind: 'restart', node });
    await this.until(() => this.cluster.leader !== undefined);
  }
}
