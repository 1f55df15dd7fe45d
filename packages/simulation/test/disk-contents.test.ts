import type { Disk } from '@quorate/storage';
import { nodeId, type NodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { Decisions } from '../src/decisions.ts';
import { DiskContents } from '../src/disk-contents.ts';
import { type Fault, Simulation } from '../src/index.ts';
import { contents } from './support/disk-node.ts';

const [a, b] = [nodeId('a'), nodeId('b')];

/** Two nodes that append the number of each of their lives to a file, and say what they found. */
function counters(): { simulation: Simulation; found: Map<NodeId, string[]> } {
  const simulation = new Simulation({ seed: 1 });
  const found = new Map<NodeId, string[]>();
  for (const id of [a, b]) {
    const own: string[] = [];
    found.set(id, own);
    simulation.addNode(id, async ({ disk, incarnation }) => {
      const before = await read(disk);
      own.push(before.join());
      const file = await disk.open(`lives-of-${id}`, { mode: 'create' });
      await file.write(before.length, Uint8Array.of(incarnation));
      await file.sync();
      await disk.syncDirectory('');
      return {};
    });
  }
  return { simulation, found };
}

/** The bytes of all files, by name. */
async function read(disk: Disk): Promise<readonly number[]> {
  const bytes: number[] = [];
  for (const name of await disk.list('')) bytes.push(...(await contents(disk, name)));
  return bytes;
}

/** Down, then `faults`, then up: a life of each node. */
async function betweenLives(simulation: Simulation, ...faults: readonly Fault[]): Promise<void> {
  await simulation.run(100);
  for (const id of [a, b]) simulation.crash(id);
  for (const fault of faults) simulation.inject(fault);
  for (const id of [a, b]) simulation.restart(id);
  await simulation.run(100);
}

test('a wiped disk is empty, and only that of its node', async () => {
  const { simulation, found } = counters();
  await betweenLives(simulation);
  await betweenLives(simulation, { kind: 'wipeDisk', node: a });
  expect(found.get(a)).toEqual(['', '1', '']);
  expect(found.get(b)).toEqual(['', '1', '1,2']);
});

test('a restored disk is as it was at the snapshot, as often as it is restored', async () => {
  const { simulation, found } = counters();
  await betweenLives(simulation);
  simulation.inject({ kind: 'snapshotDisk', node: a, name: 'old' });
  for (let count = 0; count < 2; count += 1) {
    await betweenLives(simulation);
    await betweenLives(simulation, { kind: 'restoreDisk', node: a, name: 'old' });
  }
  expect(found.get(a)).toEqual(['', '1', '1,2', '1,2', '1,2,4', '1,2']);
  expect(found.get(b)).toEqual(['', '1', '1,2', '1,2,3', '1,2,3,4', '1,2,3,4,5']);
});

test('swapped disks are each with the other node', async () => {
  const { simulation, found } = counters();
  await betweenLives(simulation, { kind: 'wipeDisk', node: b });
  await betweenLives(simulation, { kind: 'swapDisks', left: a, right: b });
  expect(found.get(a)?.at(-1)).toBe('2');
  expect(found.get(b)?.at(-1)).toBe('1,2');
});

test('nobody touches the disk of a node that runs, nor restores what was never kept', async () => {
  const { simulation, found } = counters();
  await simulation.run(100);
  simulation.inject({ kind: 'snapshotDisk', node: a, name: 'old' });
  await betweenLives(simulation);
  simulation.inject({ kind: 'wipeDisk', node: a });
  simulation.inject({ kind: 'restoreDisk', node: a, name: 'old' });
  simulation.crash(b);
  simulation.inject({ kind: 'swapDisks', left: a, right: b });
  await betweenLives(simulation, { kind: 'restoreDisk', node: a, name: 'never' });
  expect(found.get(a)).toEqual(['', '1', '1,2']);
  expect(found.get(b)).toEqual(['', '1', '1,2']);
});

test('a durable copy has what is synced under names that are, and nothing in common', () => {
  const original = new DiskContents();
  const [kept, unnamed] = [original.createFile(), original.createFile()];
  original.names.create('folder', 'directory');
  original.names.create('folder/kept', kept);
  kept.write(0, Uint8Array.of(1));
  kept.completeSync(kept.beginSync());
  original.names.beginSync('folder')();
  original.names.beginSync('')();
  original.names.create('unnamed', unnamed);
  original.names.remove('folder/kept');
  kept.write(0, Uint8Array.of(2));

  const copy = original.durableCopy();
  expect(copy.names.list('')).toEqual(['folder']);
  const [[path, file] = expect.fail()] = copy.names.files();
  expect([path, [...file.read(0, 10)]]).toEqual(['folder/kept', [1]]);
  expect(copy.pageCount).toBe(1);
  file.write(0, Uint8Array.of(7, 7));
  copy.losePower(new Decisions(1, 'copy'), 0, { olderRate: 0, tornRate: 0, noiseRate: 0 });
  expect([...kept.read(0, 10)]).toEqual([2]);
  expect(original.names.list('folder')).toEqual([]);
});
