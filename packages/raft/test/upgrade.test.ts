import { Simulation } from '@quorate/simulation';
import { type NodeId, nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import type { MembershipOutcome } from '../src/node/outcomes.ts';
import type { RaftNode } from '../src/raft-node.ts';
import { commandOf } from './support/recording-machine.ts';
import { type RunningNode, SimulatedCluster } from './support/sim-cluster.ts';
import { releases } from './support/upgrade-stage.ts';

/** Three nodes of release 1, which a test takes to release 2 and back. */
class Scene {
  readonly startErrors: unknown[] = [];
  readonly simulation = new Simulation({
    seed: 1,
    onError: (error) => this.startErrors.push(error),
  });
  readonly cluster: SimulatedCluster;
  #commandId = 0;

  readonly reports: string[] = [];
  /** What nodes are started with from now on. Release 1 knows nothing of identities. */
  readonly tuning: { identity?: 'proven' } = {};

  constructor() {
    const { tuning } = this;
    this.cluster = new SimulatedCluster(this.simulation, {
      ...{ nodeCount: 3, releases, tuning },
      onEvent: (event, { node }) => {
        if (event.kind !== 'incompatiblePeer') return;
        this.reports.push(`${node.status().nodeId}: ${event.peer} speaks ${event.spoken}`);
      },
    });
  }

  get leader(): RaftNode {
    return this.#running(this.cluster.leader).node;
  }

  /** Ends a life of a node and begins another. */
  async become(id: NodeId, release: number): Promise<void> {
    this.simulation.stop(id);
    await this.simulation.run(50);
    this.simulation.inject({ kind: 'upgrade', node: id, release });
    this.simulation.restart(id);
    await this.settle();
  }

  async settle(): Promise<void> {
    await this.simulation.run(3_000);
  }

  /** Writes a command; where it stands on all nodes that run. */
  async write(): Promise<readonly boolean[]> {
    this.#commandId += 1;
    const command = { id: this.#commandId, key: 0, kind: 'write' } as const;
    void this.leader.propose(commandOf(command, 8));
    await this.settle();
    return [...this.cluster.running.values()].map(({ machine }) =>
      machine.commandIds.has(command.id),
    );
  }

  async raise(): Promise<MembershipOutcome | undefined> {
    let outcome: MembershipOutcome | undefined;
    void this.leader.raiseProtocolVersion().then((one) => (outcome = one));
    await this.settle();
    return outcome;
  }

  #running(id: NodeId | undefined): RunningNode {
    const running = id === undefined ? undefined : this.cluster.running.get(id);
    if (running === undefined) throw new Error('a leader was expected');
    return running;
  }
}

const [n1, n2, n3] = [nodeId('n1'), nodeId('n2'), nodeId('n3')];

describe('a rolling upgrade', () => {
  test('goes node by node and back, and all of them take part at every step', async () => {
    const scene = new Scene();
    await scene.settle();
    const steps = [
      [n1, 2],
      [n2, 2],
      [n1, 1],
      [n3, 2],
      [n1, 2],
    ] as const;
    for (const [id, release] of steps) {
      await scene.become(id, release);
      expect(await scene.write()).toEqual([true, true, true]);
    }
    expect(scene.startErrors).toEqual([]);
  });

  test('ends when the version is raised, which waits for the last member', async () => {
    const scene = new Scene();
    await scene.settle();
    await scene.become(n1, 2);
    await scene.become(n2, 2);
    if (scene.cluster.leader === n3) await scene.become(n3, 1);
    expect(await scene.raise()).toMatchObject({ kind: 'rejected', reason: 'memberTooOld' });
    await scene.become(n3, 2);
    expect(await scene.raise()).toMatchObject({ kind: 'committed' });
    for (const { node } of scene.cluster.running.values()) {
      expect(node.status().protocolVersion).toBe(2);
    }
    expect(await scene.write()).toEqual([true, true, true]);
    expect(await scene.raise()).toMatchObject({ kind: 'rejected', reason: 'versionNotHigher' });
  });

  test('bars the way back once the version is raised, and harms nobody else', async () => {
    const scene = new Scene();
    await scene.settle();
    for (const id of [n1, n2, n3]) await scene.become(id, 2);
    await scene.raise();
    const follower = [n1, n2, n3].find((id) => id !== scene.cluster.leader) ?? n1;
    await scene.become(follower, 1);
    expect(scene.startErrors).not.toEqual([]);
    expect(await scene.write()).toEqual([true, true]);
    await scene.become(follower, 2);
    expect(await scene.write()).toEqual([true, true, true]);
  });

  test('keeps the version through restarts and changes of the members', async () => {
    const scene = new Scene();
    await scene.settle();
    for (const id of [n1, n2, n3]) await scene.become(id, 2);
    await scene.raise();
    const follower = [n1, n2, n3].find((id) => id !== scene.cluster.leader) ?? n1;
    void scene.leader.removeMember(follower);
    await scene.settle();
    void scene.leader.addVoter(follower);
    await scene.settle();
    await scene.become(follower, 2);
    for (const { node } of scene.cluster.running.values()) {
      const { protocolVersion, voters } = node.status();
      expect([protocolVersion, voters]).toEqual([2, [n1, n2, n3]]);
    }
  });
});

describe('identities that are to be proven', () => {
  test('are refused at the start before the version is raised, and change nothing', async () => {
    const scene = new Scene();
    await scene.settle();
    await scene.become(n1, 2);
    scene.tuning.identity = 'proven';
    await scene.become(n1, 2);
    expect(scene.startErrors).toMatchObject([{ code: 'RAFT_IDENTITY_TOO_EARLY' }]);
    expect(await scene.write()).toEqual([true, true]);
    delete scene.tuning.identity;
    // The directory is as it was: even the older release goes on with it.
    await scene.become(n1, 1);
    expect(await scene.write()).toEqual([true, true, true]);
  });

  test('can be turned on together once the version is raised', async () => {
    const scene = new Scene();
    await scene.settle();
    for (const id of [n1, n2, n3]) await scene.become(id, 2);
    expect(await scene.raise()).toMatchObject({ kind: 'committed' });
    scene.tuning.identity = 'proven';
    for (const id of [n1, n2, n3]) await scene.become(id, 2);
    expect(scene.startErrors).toEqual([]);
    for (const { node } of scene.cluster.running.values()) {
      expect(node.status().identity).toEqual({ kind: 'proven' });
    }
    expect(await scene.write()).toEqual([true, true, true]);
  });

  test('of an empty directory among members of version 1: it says who is in its way', async () => {
    const scene = new Scene();
    await scene.settle();
    scene.simulation.stop(n1);
    await scene.simulation.run(50);
    scene.simulation.inject({ kind: 'wipeDisk', node: n1 });
    scene.cluster.checker.onWiped(n1);
    scene.tuning.identity = 'proven';
    await scene.become(n1, 2);
    const { identity } = scene.cluster.running.get(n1)!.node.status();
    expect(identity).toEqual({ kind: 'unproven', waitingFor: [n2, n3] });
    // The leader is heard for certain, the other only if it has something to say.
    const leader = scene.cluster.leader!;
    expect(scene.reports).toContain(`n1: ${leader} speaks 1`);
    expect((await scene.write()).filter(Boolean)).toEqual([true, true]);
  });
});
