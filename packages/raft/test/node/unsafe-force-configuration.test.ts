import { Simulation } from '@quorate/simulation';
import { WriteAheadLog } from '@quorate/storage';
import { MemoryDisk } from '@quorate/storage/memory';
import type { NodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { configurationOf } from '../../src/configuration.ts';
import type { LogPosition } from '../../src/messages.ts';
import { nodeRecordCodec } from '../../src/node/node-record-codec.ts';
import {
  type ForcedConfiguration,
  unsafeForceConfiguration,
} from '../../src/node/unsafe-force-configuration.ts';
import type { RaftNode } from '../../src/raft-node.ts';
import { n1, n2, n3, n4, n5, n6 } from '../support/core-cluster.ts';
import { commandOf } from '../support/recording-machine.ts';
import { nodeDirectory, SimulatedCluster } from '../support/sim-cluster.ts';
import { emptyIdentity } from '../support/empty-identity.ts';

const directory = nodeDirectory;

/** Five nodes, and one that may join, of which three get lost. */
class LosingCluster {
  readonly simulation: Simulation = new Simulation({ seed: 5 });
  readonly cluster: SimulatedCluster;
  readonly forced: ForcedConfiguration[] = [];
  #isForcing = false;

  constructor(tuning: { readonly snapshotEveryEntries?: number } = {}) {
    this.cluster = new SimulatedCluster(this.simulation, {
      nodeCount: 6,
      voterCount: 5,
      tuning,
      bug: {
        beforeOpen: async ({ disk, nodeId: id }) => {
          if (!this.#isForcing || id !== n1) return;
          const request = { disk, directory, nodeId: id, voters: [n1, n2] };
          this.forced.push(await unsafeForceConfiguration(request));
        },
      },
    });
  }

  node(id: NodeId): RaftNode {
    const running = this.cluster.running.get(id);
    if (running === undefined) throw new Error(`${id} is not running`);
    return running.node;
  }

  async write(commandId: number): Promise<string> {
    const { leader } = this.cluster;
    if (leader === undefined) return 'no leader';
    const command = commandOf({ kind: 'write', id: commandId, key: 1 }, 0);
    let kind = '';
    void this.node(leader)
      .propose(command, { timeoutMs: 2_000 })
      .then((outcome) => (kind = outcome.kind));
    await this.simulation.runUntil(() => kind !== '', 5_000);
    return kind;
  }

  async lead(): Promise<void> {
    const isLed = await this.simulation.runUntil(() => this.cluster.leader !== undefined, 20_000);
    expect(isLed).toBe(true);
    await this.simulation.run(1_000);
  }

  async lose(): Promise<void> {
    await this.simulation.run(1_000);
    for (const id of [n3, n4, n5]) this.simulation.crash(id);
    await this.simulation.run(5_000);
  }

  async force(): Promise<void> {
    this.simulation.crash(n1);
    this.#isForcing = true;
    this.simulation.restart(n1);
    await this.simulation.run(100);
    this.#isForcing = false;
  }
}

describe('forcing a configuration', () => {
  // Goal: three of five are lost; the two that are left serve again, and grow to three.
  // Method: whole nodes in a simulation, every invariant at every event.
  test.each([
    ['a log', {}],
    ['a snapshot', { snapshotEveryEntries: 3 }],
  ])('brings back what is left of a cluster with %s', async (_name, tuning) => {
    const losing = new LosingCluster(tuning);
    const { cluster, forced } = losing;
    await losing.lead();
    for (const id of [1, 2, 3, 4, 5]) expect(await losing.write(id)).toBe('committed');
    await losing.lose();
    expect(await losing.write(6)).not.toBe('committed');

    await losing.force();
    expect(forced).toMatchObject([{ previous: configurationOf([n1, n2, n3, n4, n5]) }]);
    await losing.lead();
    expect(await losing.write(7)).toBe('committed');
    expect(losing.node(n2).status().configuration).toEqual(configurationOf([n1, n2]));

    const { leader = n1 } = cluster;
    const outcomes: string[] = [];
    void losing
      .node(leader)
      .addVoter(n6, { timeoutMs: 20_000 })
      .then(({ kind }) => outcomes.push(kind));
    await cluster.simulation.runUntil(() => outcomes.length > 0, 30_000);
    expect(outcomes).toEqual(['committed']);
    await cluster.simulation.run(1_000);
    for (const id of [n1, n2, n6]) {
      expect(losing.node(id).status().configuration).toEqual(configurationOf([n1, n2, n6]));
      const commands = [...(cluster.running.get(id)?.machine.commandIds ?? [])];
      expect(commands).toEqual(expect.arrayContaining([1, 2, 3, 4, 5, 7]));
    }
  });

  test('is refused without the node itself, and with one twice', async () => {
    const disk = new MemoryDisk();
    const request = { disk, directory, nodeId: n1 };
    await expect(unsafeForceConfiguration({ ...request, voters: [n2] })).rejects.toThrow(
      'voters: expected n1 among them, got n2',
    );
    await expect(unsafeForceConfiguration({ ...request, voters: [n1, n1] })).rejects.toThrow(
      RangeError,
    );
  });

  test('is refused where there is no log, a damaged one, or that of another node', async () => {
    const empty = { disk: new MemoryDisk(), directory, nodeId: n1, voters: [n1] };
    const nothing = { code: 'RAFT_NOTHING_TO_FORCE' };
    await expect(unsafeForceConfiguration(empty)).rejects.toMatchObject(nothing);
    const lossy = await diskOf(n1, { logIndex: 9, term: 3 });
    await expect(unsafeForceConfiguration({ ...empty, disk: lossy })).rejects.toMatchObject(
      nothing,
    );
    const disk = await diskOf(n2);
    await expect(unsafeForceConfiguration({ ...empty, disk })).rejects.toMatchObject({
      code: 'RAFT_FOREIGN_DIRECTORY',
    });
  });

  test('adds one entry, of a term that nobody else has', async () => {
    const voters = [n1, n2];
    const forced = await Promise.all(
      voters.map(async (each) => {
        const disk = await diskOf(each);
        const done = await unsafeForceConfiguration({ disk, directory, nodeId: each, voters });
        const log = await WriteAheadLog.open({ disk, directory: `${directory}/log` });
        expect([log.lastIndex, log.termAt(2)]).toEqual([2, done.term]);
        await log.close();
        return done;
      }),
    );
    expect(forced).toMatchObject([{ logIndex: 2 }, { logIndex: 2 }]);
    const [left = 0, right = 0] = forced.map(({ term }) => term);
    expect(Math.min(left, right)).toBeGreaterThan(1_000_000);
    expect(left).not.toBe(right);
  });
});

/** The disk of a node of three with one entry of term 3. */
async function diskOf(ownId: NodeId, promised?: LogPosition): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const log = await WriteAheadLog.open({ disk, directory: `${directory}/log` });
  const entry = { logIndex: 1, term: 3, type: 0, payload: new Uint8Array(0) };
  const metadata = nodeRecordCodec.encode({
    nodeId: ownId,
    configuration: configurationOf([n1, n2, n3]),
    hardState: { currentTerm: 3, votedFor: undefined, promised },
    identity: emptyIdentity,
  });
  await log.append({ entries: [entry], metadata });
  await log.close();
  return disk;
}
