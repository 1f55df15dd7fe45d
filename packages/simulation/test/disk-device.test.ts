import type { DiskFile } from '@quorate/storage';
import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { DiskDevice, type DiskSurroundings } from '../src/disk-device.ts';
import { diskSettings } from '../src/disk-options.ts';
import { type Fault, Simulation } from '../src/index.ts';
import { Scheduler } from '../src/scheduler.ts';
import { TraceRecorder } from '../src/trace.ts';
import { codeOf, contents, nodeWith, owner as id } from './support/disk-node.ts';
import { expectShare, expectUniform } from './support/shares.ts';

/** For a disk without a simulation around it. */
function surroundingsOf(seed: number): DiskSurroundings {
  return {
    seed,
    scheduler: new Scheduler(),
    trace: new TraceRecorder({ keepLines: 0 }),
    settings: diskSettings(),
    reportError: () => expect.fail(),
  };
}

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

/** 16 sectors, each full of its number from 1 on; then `act`, with `fault` at work from there. */
async function withSectors(
  act: (file: DiskFile, strike: (fault: Fault) => Promise<void>) => Promise<void>,
): Promise<void> {
  const simulation: Simulation = nodeWith(async (disk) => {
    const file = await disk.open('file', { mode: 'new' });
    for (let at = 0; at < 16; at += 1) {
      await file.write(512 * at, new Uint8Array(512).fill(at + 1));
    }
    await act(file, async (fault) => {
      simulation.inject(fault);
      // It takes effect when this event is over.
      await file.sizeBytes();
    });
  });
  await simulation.run(600_000);
  expect(simulation.stateOf(id)).toBe('running');
}

/** The first byte of each sector, of which all others must be copies. */
async function headsOf(file: DiskFile, sectorCount = 16): Promise<readonly number[]> {
  const bytes = new Uint8Array(512 * sectorCount);
  expect(await file.read(0, bytes)).toBe(bytes.length);
  const heads = Array.from({ length: sectorCount }, (_, at) => bytes[512 * at] ?? -1);
  expect(bytes).toEqual(
    Uint8Array.from(heads.flatMap((head) => new Array<number>(512).fill(head))),
  );
  return heads;
}

const inOrder = Array.from({ length: 16 }, (_, at) => at + 1);

test('a misdirected write lands in any other sector of its file, and nowhere else', async () => {
  const landings: number[] = [];
  await withSectors(async (file, strike) => {
    for (let count = 0; count < 1_500; count += 1) {
      await strike({ kind: 'misdirectWrites', node: id, count: 1 });
      await file.write(512 * 3, new Uint8Array(512).fill(99));
      const heads = await headsOf(file);
      const at = heads.indexOf(99);
      landings.push(at);
      expect(heads).toEqual(inOrder.map((head, sector) => (sector === at ? 99 : head)));
      await file.write(512 * at, new Uint8Array(512).fill(at + 1));
    }
  });
  expectUniform(
    landings,
    [...inOrder.keys()].filter((sector) => sector !== 3),
  );
});

test('a misdirected read has one sector from elsewhere, and leaves no trace', async () => {
  const swaps: string[] = [];
  await withSectors(async (file, strike) => {
    for (let count = 0; count < 3_000; count += 1) {
      await strike({ kind: 'misdirectReads', node: id, count: 1 });
      const heads = await headsOf(file, 3);
      const changed = [0, 1, 2].filter((sector) => heads[sector] !== sector + 1);
      expect(changed).toHaveLength(1);
      swaps.push(`${changed.join()} is ${heads[changed[0] ?? 0]}`);
      if (count % 100 === 0) expect(await headsOf(file)).toEqual(inOrder);
    }
  });
  const possible = [0, 1, 2].flatMap((sector) =>
    inOrder.filter((head) => head !== sector + 1).map((head) => `${sector} is ${head}`),
  );
  expectUniform(swaps, possible);
});

test('a misdirected read reads as much as it would, wherever it begins and ends', async () => {
  await withSectors(async (file, strike) => {
    await file.write(16 * 512, Uint8Array.of(17, 17));
    for (let count = 0; count < 200; count += 1) {
      await strike({ kind: 'misdirectReads', node: id, count: 1 });
      const bytes = new Uint8Array(100);
      expect(await file.read(600, bytes)).toBe(100);
      expect(new Set(bytes).has(2)).toBe(false);
      await strike({ kind: 'misdirectReads', node: id, count: 1 });
      expect(await file.read(16 * 512, bytes)).toBe(2);
      expect(bytes[0]).not.toBe(17);
    }
    await file.truncate(1);
    await strike({ kind: 'misdirectReads', node: id, count: 1 });
    const byte = Uint8Array.of(5);
    await file.read(0, byte);
    // There is no other sector in the file: what lies behind it is zeros.
    expect(byte).toEqual(Uint8Array.of(0));
  });
});

test('syncs and reads fail as often as asked', async () => {
  const outcomes: string[] = [];
  const simulation = nodeWith(
    async (disk) => {
      for (let count = 0; count < 2_000; count += 1) {
        outcomes.push(`sync ${await codeOf(disk.syncDirectory(''))}`);
        const file = await disk.open('file', { mode: 'create' });
        outcomes.push(`read ${await codeOf(file.read(0, new Uint8Array(1)))}`);
        await file.close();
      }
    },
    { disk: { syncFailureRate: 0.2, readFailureRate: 0.3 } },
  );
  await simulation.run(600_000);
  expectShare(outcomes.filter((code) => code === 'sync DISK_FAILED').length, 2_000, 0.2);
  expectShare(outcomes.filter((code) => code === 'read DISK_FAILED').length, 2_000, 0.3);
});

test('a lying sync keeps nothing, neither bytes nor names; a true one after it does', async () => {
  const found = new Map<string, Set<string>>();
  for (const lieCount of [0, 2, 3]) {
    const outcomes = new Set<string>();
    for (let seed = 0; seed < 40; seed += 1) {
      const simulation = nodeWith(
        async (disk, incarnation) => {
          if (incarnation > 1) {
            const names = await disk.list('');
            outcomes.add(names.length === 0 ? 'no name' : (await contents(disk, 'file')).join());
            return;
          }
          const file = await disk.open('file', { mode: 'new' });
          await file.write(0, Uint8Array.of(1));
          await file.sync();
          await disk.syncDirectory('');
          await file.sync();
          if (lieCount < 3) await disk.syncDirectory('');
        },
        { seed, disk: { tornRate: 0 } },
      );
      simulation.inject({ kind: 'lieSyncs', node: id, count: lieCount });
      await simulation.run(100);
      simulation.crash(id);
      simulation.restart(id);
      await simulation.run(100);
    }
    found.set(`${lieCount} lies`, outcomes);
  }
  expect(found.get('0 lies')).toEqual(new Set(['1']));
  expect(found.get('2 lies')).toEqual(new Set(['1']));
  expect(found.get('3 lies')).toEqual(new Set(['no name', '', '0', '1']));
});

test('a lie costs nothing as long as only the process dies, and calm ends it', async () => {
  const survivors: number[] = [];
  const simulation = nodeWith(async (disk, incarnation) => {
    const file = await disk.open('file', { mode: 'create' });
    const before = await file.sizeBytes();
    survivors.push(before);
    await file.write(before, Uint8Array.of(incarnation));
    await file.sync();
    await disk.syncDirectory('');
  });
  simulation.inject({ kind: 'lieSyncs', node: id, count: 100 });
  await simulation.run(100);
  simulation.crash(id, 'process');
  simulation.calm();
  await simulation.run(100);
  for (let crash = 0; crash < 20; crash += 1) {
    simulation.crash(id);
    simulation.restart(id);
    await simulation.run(100);
  }
  expect(survivors).toEqual(Array.from({ length: 22 }, (_, at) => at));
});

test('bits rot anywhere in a file, every place as likely', async () => {
  const places: number[] = [];
  for (let seed = 0; seed < 2_000; seed += 1) {
    const device = new DiskDevice('n', surroundingsOf(seed));
    const file = device.createFile();
    device.names.create('file', file);
    file.write(0, new Uint8Array(2));
    expect(device.rot('', 1)).toBe('file');
    const [first = 0, second = 0] = file.read(0, 2);
    places.push(Math.log2(first + 256 * second));
  }
  expectUniform(
    places,
    Array.from({ length: 16 }, (_, place) => place),
  );
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
