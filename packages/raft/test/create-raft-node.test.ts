import { MemoryDisk } from '@quorate/storage/memory';
import { Simulation } from '@quorate/simulation';
import { nodeId } from '@quorate/transport';
import { MemoryNetwork } from '@quorate/transport/memory';
import { describe, expect, test } from 'vitest';

import { createRaftNode } from '../src/create-raft-node.ts';
import type { RaftNode } from '../src/raft-node.ts';
import type { StateMachine } from '../src/state-machine.ts';

class Nothing implements StateMachine {
  apply(): Uint8Array {
    return new Uint8Array(0);
  }
  snapshot(): Uint8Array {
    return new Uint8Array(0);
  }
  restore(): void {
    // Nothing is what it holds.
  }
}

function portsOf(id: string): { transport: ReturnType<MemoryNetwork['join']>; disk: MemoryDisk } {
  return { transport: new MemoryNetwork().join(nodeId(id)), disk: new MemoryDisk() };
}

describe('createRaftNode', () => {
  test('starts a cluster whose nodes name each other, themselves or not', async () => {
    const simulation = new Simulation({ seed: 1 });
    const nodes: RaftNode[] = [];
    for (const [id, peers] of [
      ['n1', ['n2', 'n3']],
      ['n2', ['n1', 'n2', 'n3']],
      ['n3', ['n2', 'n1', 'n2']],
    ] as const) {
      simulation.addNode(nodeId(id), async ({ transport, disk, clock, random }) => {
        const ports = { transport, disk, clock, random };
        const node = await createRaftNode({ id, peers, ...ports, stateMachine: new Nothing() });
        nodes.push(node);
        return { stop: () => node.close() };
      });
    }
    const isLed = await simulation.runUntil(
      () => nodes.filter((node) => node.status().lastApplied > 0).length === 3,
      20_000,
    );
    expect(isLed).toBe(true);
    expect(nodes.map((node) => node.status().voters)).toEqual([
      ['n1', 'n2', 'n3'],
      ['n1', 'n2', 'n3'],
      ['n1', 'n2', 'n3'],
    ]);
  });

  test('waits, where it joins, until it is made a member', async () => {
    const simulation = new Simulation({ seed: 1 });
    const nodes = new Map<string, RaftNode>();
    for (const id of ['n1', 'n2']) {
      simulation.addNode(nodeId(id), async ({ transport, disk, clock, random }) => {
        const ports = { transport, disk, clock, random };
        const about = { id, peers: [], isJoining: id === 'n2' };
        const node = await createRaftNode({ ...about, ...ports, stateMachine: new Nothing() });
        nodes.set(id, node);
        return { stop: () => node.close() };
      });
    }
    await simulation.run(5_000);
    expect(nodes.get('n2')?.status()).toMatchObject({ term: 0, voters: [] });
    const outcomes: string[] = [];
    void nodes
      .get('n1')
      ?.addVoter(nodeId('n2'))
      .then(({ kind }) => outcomes.push(kind));
    await simulation.run(5_000);
    expect(outcomes).toEqual(['committed']);
    expect(nodes.get('n2')?.status().voters).toEqual(['n1', 'n2']);
  });

  test('keeps its files in a folder that may be chosen', async () => {
    const ports = portsOf('n1');
    const chosen = { id: 'n1', peers: [], ...ports, stateMachine: new Nothing() };
    await (await createRaftNode(chosen)).close();
    expect(await ports.disk.list('raft')).not.toEqual([]);
    await (await createRaftNode({ ...chosen, directory: 'other' })).close();
    expect(await ports.disk.list('other')).not.toEqual([]);
  });

  test('refuses a name that is not its transport’s, and a peer without one', async () => {
    const chosen = { ...portsOf('n1'), stateMachine: new Nothing() };
    await expect(createRaftNode({ id: 'n2', peers: [], ...chosen })).rejects.toThrow(
      'id: expected n1, which the transport is, got n2',
    );
    await expect(createRaftNode({ id: 'n1', peers: [''], ...chosen })).rejects.toThrow(RangeError);
  });
});
