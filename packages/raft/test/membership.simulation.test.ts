import { Simulation } from '@quorate/simulation';
import type { NodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { configurationOf } from '../src/configuration.ts';
import type { RaftEvent } from '../src/node/events.ts';
import type { RaftNode } from '../src/raft-node.ts';
import { n1, n2, n3, n4 } from './support/core-cluster.ts';
import { SimulatedCluster } from './support/sim-cluster.ts';

/** Whole nodes on a simulation, every invariant checked at every event. */
class Operated {
  readonly cluster: SimulatedCluster;
  readonly simulation: Simulation = new Simulation({ seed: 3 });
  readonly events: (readonly [NodeId, RaftEvent['kind']])[] = [];

  constructor(nodeCount: number, voterCount: number) {
    this.cluster = new SimulatedCluster(this.simulation, { nodeCount, voterCount });
  }

  async lead(): Promise<void> {
    const isLed = await this.simulation.runUntil(() => this.cluster.leader !== undefined, 20_000);
    expect(isLed).toBe(true);
    await this.simulation.run(1_000);
    for (const [id, { node }] of this.cluster.running) {
      node.observe(({ kind }) => this.events.push([id, kind]));
    }
  }

  node(id: NodeId): RaftNode {
    const running = this.cluster.running.get(id);
    if (running === undefined) throw new Error(`${id} is not running`);
    return running.node;
  }

  get leader(): RaftNode {
    return this.node(this.cluster.leader ?? n1);
  }

  /** Runs until `pending` has settled. */
  async settled<Value>(pending: Promise<Value>): Promise<Value> {
    const values: Value[] = [];
    void pending.then((value) => values.push(value));
    expect(await this.simulation.runUntil(() => values.length > 0, 60_000)).toBe(true);
    const [value] = values;
    if (value === undefined) throw new Error('it has settled');
    return value;
  }
}

describe('changing the members', () => {
  test('a node is replaced, also when it leads, and learns that it is out', async () => {
    const operated = new Operated(4, 3);
    await operated.lead();
    const { leader } = operated;
    const { nodeId: old } = leader.status();
    expect(await operated.settled(leader.addVoter(n4))).toMatchObject({ kind: 'committed' });
    expect(await operated.settled(leader.removeMember(old))).toMatchObject({ kind: 'committed' });
    await operated.simulation.run(5_000);
    const left = [n1, n2, n3, n4].filter((id) => id !== old);
    for (const id of left) {
      expect(operated.node(id).status().configuration).toEqual(configurationOf(left));
    }
    expect(left).toContain(operated.cluster.leader);
    expect(operated.events.filter(([, kind]) => kind === 'removed')).toEqual([[old, 'removed']]);
  });

  test('a follower that is removed is told, and stays quiet', async () => {
    const operated = new Operated(3, 3);
    await operated.lead();
    const { leader } = operated;
    const gone = [n1, n2, n3].find((id) => id !== leader.status().nodeId) ?? n1;
    await operated.settled(leader.removeMember(gone));
    await operated.simulation.run(20_000);
    expect(operated.events.filter(([, kind]) => kind === 'removed')).toEqual([[gone, 'removed']]);
    expect(operated.node(gone).status().term).toBe(leader.status().term);
    expect(leader.status().role).toBe('leader');
  });

  test('a cluster of one grows to three and shrinks to another one', async () => {
    const operated = new Operated(3, 1);
    await operated.lead();
    for (const id of [n2, n3]) {
      expect(await operated.settled(operated.leader.addVoter(id))).toMatchObject({
        kind: 'committed',
      });
    }
    for (const id of [n1, n2]) {
      expect(await operated.settled(operated.leader.removeMember(id))).toMatchObject({
        kind: 'committed',
      });
      await operated.simulation.run(5_000);
    }
    expect(operated.cluster.leader).toBe(n3);
    expect(operated.leader.status().configuration).toEqual(configurationOf([n3]));
  });

  test('several change at once, and only from the configuration that was expected', async () => {
    const operated = new Operated(4, 3);
    await operated.lead();
    const { leader } = operated;
    await operated.settled(leader.addLearner(n4));
    await operated.simulation.run(1_000);
    const { nodeId: self, configurationIndex } = leader.status();
    const [gone = n1] = [n1, n2, n3].filter((id) => id !== self);
    const changes = [
      { kind: 'addVoter', node: n4 },
      { kind: 'remove', node: gone },
    ] as const;
    const stale = leader.changeMembership(changes, { ifConfigurationIndex: 0 });
    expect(await operated.settled(stale)).toMatchObject({ reason: 'configurationMoved' });
    const right = leader.changeMembership(changes, { ifConfigurationIndex: configurationIndex });
    expect(await operated.settled(right)).toMatchObject({ kind: 'committed' });
    await operated.simulation.run(1_000);
    const left = [n1, n2, n3, n4].filter((id) => id !== gone);
    expect(leader.status().configuration).toEqual(configurationOf(left));
  });

  test('only the leader can, and two changes for one node are a mistake', async () => {
    const operated = new Operated(3, 3);
    await operated.lead();
    const { nodeId: leaderId } = operated.leader.status();
    const [follower = n1] = [n1, n2, n3].filter((id) => id !== leaderId);
    expect(await operated.settled(operated.node(follower).removeMember(n1))).toEqual({
      kind: 'rejected',
      reason: 'notLeader',
      leaderId,
    });
    const twice = [
      { kind: 'remove', node: n1 },
      { kind: 'addLearner', node: n1 },
    ] as const;
    expect(() => operated.leader.changeMembership(twice)).toThrow(RangeError);
  });
});
