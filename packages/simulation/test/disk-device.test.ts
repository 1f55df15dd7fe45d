import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { type Fault, Simulation } from '../src/index.ts';
import { codeOf, contents, nodeWith, owner as id } from './support/disk-node.ts';

/** One file of 4 096 zeros, and what became of reading it after each fault. */
async function afterFaults(...faults: readonly Fault[]): Promise<readonly string[]> {
  const outcomes: string[] = [];
  const simulation = new Simulation({ seed: 1 });
  simulation.addNode(id, async ({ disk, clock }) => {
    await disk.createDirectory('wal');
    const file = await disk.open('wal/file', { mode: 'new' });
    await file.write(0, new Uint8Array(4_096));
    const look = async (): Promise<void> => {
      const bytes = new Uint8Array(4_096);
      const code = await codeOf(file.read(0, bytes));
      const bits = bytes.reduce(
        (sum, byte) => sum + byte.toString(2).replaceAll('0', '').length,
        0,
      );
      outcomes.push(`${code} ${bits}`);
    };
    for (let count = 1; count <= 3; count += 1) clock.setTimer(100 * count, () => void look());
    return {};
  });
  simulation.addNode(nodeId('other'), () => ({}));
  await simulation.run(0);
  simulation.schedule(faults.map((fault, index) => ({ atMs: 50 + index, ...fault })));
  await simulation.run(1_000);
  return outcomes;
}

test('a full disk refuses to grow and goes on with what it has', async () => {
  const codes: string[] = [];
  const simulation = nodeWith(
    async (disk) => {
      const file = await disk.open('file', { mode: 'new' });
      codes.push(await codeOf(file.write(0, new Uint8Array(8_192).fill(1))));
      codes.push(await codeOf(file.write(4_096, new Uint8Array(8_192).fill(2))));
      codes.push(await codeOf(file.write(0, new Uint8Array(8_192).fill(3))));
      codes.push(await codeOf(file.sync()), await codeOf(file.truncate(100_000)));
      expect(await contents(disk, 'file')).toHaveLength(100_000);
      const other = await disk.open('other', { mode: 'new' });
      codes.push(await codeOf(other.write(0, Uint8Array.of(1))));
      await file.truncate(4_096);
      codes.push(await codeOf(other.write(0, Uint8Array.of(1))));
      await disk.remove('other');
      await other.close();
      await disk.syncDirectory('');
      codes.push(await codeOf(file.write(4_096, Uint8Array.of(1))));
    },
    { disk: { capacityBytes: 2 * 4_096 } },
  );
  await simulation.run(100);
  expect(codes).toEqual(['ok', 'DISK_FULL', 'ok', 'ok', 'ok', 'DISK_FULL', 'ok', 'ok']);
});

test('the fault diskFull takes all room away and gives it back', async () => {
  const codes: string[] = [];
  const simulation = new Simulation({ seed: 1 });
  simulation.addNode(id, async ({ disk, clock }) => {
    const file = await disk.open('file', { mode: 'new' });
    for (let page = 0; page < 3; page += 1) {
      clock.setTimer(10 * (page + 1), () => {
        void codeOf(file.write(page * 4_096, Uint8Array.of(1))).then((code) => codes.push(code));
      });
    }
    return {};
  });
  simulation.schedule([
    { atMs: 15, kind: 'diskFull', node: id, isFull: true },
    { atMs: 25, kind: 'diskFull', node: id, isFull: false },
  ]);
  await simulation.run(100);
  expect(codes).toEqual(['ok', 'DISK_FULL', 'ok']);
});

test('bits rot in the files asked for, and stay rotten', async () => {
  const rot = { kind: 'bitRot', node: id, bitCount: 3 } as const;
  const rotten = await afterFaults({ ...rot, pathPrefix: 'wal/' });
  expect(rotten).toEqual(['ok 3', 'ok 3', 'ok 3']);
  expect(await afterFaults({ ...rot, pathPrefix: '' })).toEqual(rotten);
  const spared = ['ok 0', 'ok 0', 'ok 0'];
  expect(await afterFaults({ ...rot, pathPrefix: 'snapshots/' })).toEqual(spared);
  expect(await afterFaults({ ...rot, node: 'other', pathPrefix: '' })).toEqual(spared);
});

test('the next reads fail, as many as asked', async () => {
  const outcomes = await afterFaults({ kind: 'failReads', node: id, count: 2 });
  expect(outcomes).toEqual(['DISK_FAILED 0', 'DISK_FAILED 0', 'ok 0']);
  const takenBack = await afterFaults(
    { kind: 'failReads', node: id, count: 2 },
    { kind: 'failReads', node: id, count: 0 },
  );
  expect(takenBack).toEqual(['ok 0', 'ok 0', 'ok 0']);
});

test('a misdirected write lands in another sector of its file, and nowhere else', async () => {
  let bytes: readonly number[] = [];
  const simulation = nodeWith(async (disk) => {
    const file = await disk.open('file', { mode: 'new' });
    await file.write(0, new Uint8Array(16 * 512));
    await file.write(0, new Uint8Array(512).fill(7));
    await file.write(512, new Uint8Array(512).fill(8));
    bytes = await contents(disk, 'file');
  });
  simulation.inject({ kind: 'misdirectWrites', node: id, count: 2 });
  await simulation.run(100);
  const sectors = Array.from({ length: 16 }, (_, index) => bytes[512 * index]);
  expect(bytes).toHaveLength(16 * 512);
  expect(sectors[1]).toBe(8);
  expect(sectors.indexOf(7)).toBeGreaterThan(1);
});

test('reads fail as often as asked', async () => {
  const outcomes: string[] = [];
  const simulation = nodeWith(
    async (disk) => {
      const file = await disk.open('file', { mode: 'new' });
      for (let count = 0; count < 100; count += 1) {
        outcomes.push(await codeOf(file.read(0, new Uint8Array(1))));
      }
    },
    { disk: { readFailureRate: 0.3 } },
  );
  await simulation.run(1_000);
  const failures = outcomes.filter((code) => code === 'DISK_FAILED').length;
  expect(failures).toBeGreaterThan(15);
  expect(failures).toBeLessThan(45);
});

test('a slow disk is slow, and no slower once it is calm', async () => {
  const tookMs: number[] = [];
  const disk = {
    latency: { kind: 'constant', ms: 1 },
    syncLatency: { kind: 'constant', ms: 10 },
  } as const;
  const simulation = new Simulation({ seed: 1, disk });
  simulation.addNode(id, async ({ disk: own, clock }) => {
    const file = await own.open('file', { mode: 'new' });
    const measure = async (): Promise<void> => {
      const fromMs = clock.nowMs();
      await file.write(0, Uint8Array.of(1));
      await file.sync();
      tookMs.push(Math.round(clock.nowMs() - fromMs));
    };
    for (const atMs of [10, 100, 3_000]) clock.setTimer(atMs, () => void measure());
    return {};
  });
  simulation.schedule([
    { atMs: 50, kind: 'slowDisk', node: id, factor: 100 },
    { atMs: 2_000, kind: 'calm' },
  ]);
  await simulation.run(10_000);
  expect(tookMs).toEqual([11, 1_100, 11]);
});
