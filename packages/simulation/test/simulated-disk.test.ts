import { type Disk, DiskError } from '@quorate/storage';
import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { type Fault, Simulation, SimulationFailure, type SimulationOptions } from '../src/index.ts';

const id = nodeId('n');

/** A node that does what `life` says in each of its lives, with its disk. */
function nodeWith(
  life: (disk: Disk, incarnation: number) => Promise<void>,
  options: Partial<SimulationOptions> = {},
): Simulation {
  const simulation = new Simulation({ seed: 1, ...options });
  simulation.addNode(id, async ({ disk, incarnation }) => {
    await life(disk, incarnation);
    return {};
  });
  return simulation;
}

async function codeOf(operation: Promise<unknown>): Promise<string> {
  try {
    await operation;
    return 'ok';
  } catch (error) {
    return error instanceof DiskError ? error.code : String(error);
  }
}

async function contents(disk: Disk, path: string): Promise<readonly number[]> {
  const file = await disk.open(path);
  const bytes = new Uint8Array(await file.sizeBytes());
  await file.read(0, bytes);
  await file.close();
  return [...bytes];
}

test('what was synced, with its name, survives a loss of power', async () => {
  let survived: readonly number[] = [];
  const simulation = nodeWith(async (disk, incarnation) => {
    if (incarnation > 1) {
      survived = await contents(disk, 'folder/file');
      return;
    }
    await disk.createDirectory('folder');
    const file = await disk.open('folder/file', { mode: 'new' });
    await file.write(0, Uint8Array.of(1, 2, 3));
    await file.sync();
    await disk.syncDirectory('folder');
    await disk.syncDirectory('');
  });
  await simulation.run(100);
  simulation.crash(id);
  simulation.restart(id);
  await simulation.run(100);
  expect(survived).toEqual([1, 2, 3]);
});

test('what was not synced survives the death of the process, not always that of the machine', async () => {
  const left = async (mode: 'power' | 'process', seed: number): Promise<string> => {
    let found = '';
    const simulation = nodeWith(
      async (disk, incarnation) => {
        if (incarnation === 1) {
          const file = await disk.open('file', { mode: 'new' });
          await file.write(0, Uint8Array.of(1, 2, 3));
        } else
          found =
            (await disk.list('')).length === 0 ? 'no name' : (await contents(disk, 'file')).join();
      },
      { seed, disk: { tornRate: 0 } },
    );
    await simulation.run(100);
    simulation.crash(id, mode);
    simulation.restart(id);
    await simulation.run(100);
    return found;
  };
  const [power, process] = [new Set<string>(), new Set<string>()];
  for (let seed = 0; seed < 40; seed += 1) {
    power.add(await left('power', seed));
    process.add(await left('process', seed));
  }
  expect(process).toEqual(new Set(['1,2,3']));
  // No name; the name of an empty file; a size without bytes; all of it.
  expect(power).toEqual(new Set(['no name', '', '0,0,0', '1,2,3']));
});

test('a sync promises only what was written before it was called', async () => {
  const outcomes = new Set<string>();
  for (let seed = 0; seed < 40; seed += 1) {
    let found = '';
    const simulation = nodeWith(
      async (disk, incarnation) => {
        if (incarnation > 1) {
          found = (await contents(disk, 'file')).join();
          return;
        }
        const file = await disk.open('file', { mode: 'new' });
        await disk.syncDirectory('');
        await file.write(0, Uint8Array.of(1, 1));
        const synced = file.sync();
        void file.write(0, Uint8Array.of(2, 2));
        await synced;
      },
      { seed, disk: { tornRate: 0 } },
    );
    await simulation.runUntil(() => simulation.stateOf(id) === 'running', 100);
    simulation.crash(id);
    simulation.restart(id);
    await simulation.run(100);
    outcomes.add(found);
  }
  expect(outcomes).toEqual(new Set(['1,1', '2,2']));
});

test('a failed sync poisons the file, for all that was called behind it', async () => {
  const codes: string[] = [];
  const simulation = nodeWith(async (disk) => {
    const file = await disk.open('file', { mode: 'new' });
    await file.write(0, Uint8Array.of(1));
    const operations: readonly Promise<unknown>[] = [
      file.sync(),
      file.write(0, Uint8Array.of(2)),
      file.sync(),
      file.read(0, new Uint8Array(1)),
      file.truncate(0),
      file.sizeBytes(),
    ];
    for (const operation of operations) codes.push(await codeOf(operation));
    codes.push(await codeOf(file.close()), await codeOf(file.close()), await codeOf(file.sync()));
    const again = await disk.open('file');
    codes.push(await codeOf(again.write(0, Uint8Array.of(3))), await codeOf(again.sync()));
  });
  simulation.inject({ kind: 'failSyncs', node: id, count: 1 });
  await simulation.run(100);
  expect(codes).toEqual([
    'DISK_FAILED',
    ...new Array<string>(5).fill('DISK_POISONED'),
    'ok',
    'ok',
    'DISK_CLOSED',
    'ok',
    'ok',
  ]);
});

test('operations on a file settle in the order of calls, and see what came before', async () => {
  const order: string[] = [];
  let sizes: readonly number[] = [];
  const simulation = nodeWith(async (disk) => {
    const file = await disk.open('file', { mode: 'new' });
    const note = (name: string) => (): unknown => order.push(name);
    const first = file.sizeBytes();
    const write = file.write(10, Uint8Array.of(7)).then(note('write'));
    const second = file.sizeBytes();
    const read = new Uint8Array(20);
    const reading = file.read(0, read).then((count) => order.push(`read ${count}: ${read[10]}`));
    const cut = file.truncate(5).then(note('truncate'));
    const third = file.sizeBytes();
    const sync = file.sync().then(note('sync'));
    await Promise.all([write, reading, cut, sync]);
    sizes = await Promise.all([first, second, third]);
  });
  await simulation.run(100);
  expect(order).toEqual(['write', 'read 11: 7', 'truncate', 'sync']);
  expect(sizes).toEqual([0, 11, 5]);
});

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

test('bytes changed while a write is under way fail the run', async () => {
  const simulation = nodeWith(async (disk) => {
    const file = await disk.open('file', { mode: 'new' });
    const bytes = Uint8Array.of(1, 2, 3);
    const writing = file.write(0, bytes);
    bytes.fill(9);
    await writing;
  });
  const failure = await simulation.run(100).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SimulationFailure);
  expect((failure as Error).message).toContain(
    'write of file: expected bytes that stay as they are',
  );
});

test('a lock keeps others out until it is released or its process is gone', async () => {
  const outcomes: string[] = [];
  const simulation = nodeWith(async (disk) => {
    await disk.createDirectory('data');
    const lock = (): Promise<() => Promise<void>> => disk.lock?.('data') ?? expect.fail();
    const release = await lock();
    outcomes.push(await codeOf(lock()));
    await release();
    await release();
    outcomes.push(await codeOf(lock()), await codeOf(disk.lock?.('elsewhere') ?? expect.fail()));
  });
  await simulation.run(100);
  simulation.crash(id, 'process');
  simulation.restart(id);
  await simulation.run(100);
  const once = ['DISK_LOCKED', 'ok', 'DISK_NOT_FOUND'];
  expect(outcomes).toEqual([...once, ...once]);
});

test('files and folders are told apart', async () => {
  const codes: Record<string, string> = {};
  const simulation = nodeWith(async (disk) => {
    await disk.createDirectory('folder/inner');
    await disk.createDirectory('folder');
    const file = await disk.open('file', { mode: 'create' });
    const attempts: Record<string, () => Promise<unknown>> = {
      missing: () => disk.open('missing'),
      'missing folder': () => disk.open('no/file', { mode: 'create' }),
      exists: () => disk.open('file', { mode: 'new' }),
      'open folder': () => disk.open('folder'),
      'list file': () => disk.list('file'),
      'folder over file': () => disk.createDirectory('file/x'),
      'rename missing': () => disk.rename('missing', 'x'),
      'rename folder': () => disk.rename('folder', 'x'),
      'rename onto folder': () => disk.rename('file', 'folder'),
      'rename into nowhere': () => disk.rename('file', 'no/x'),
      'remove missing': () => disk.remove('missing'),
      'remove folder': () => disk.remove('folder'),
      'sync nowhere': () => disk.syncDirectory('no'),
      'negative offset': () => file.write(-1, Uint8Array.of(1)),
      'offset beyond numbers': () => file.read(2 ** 53, new Uint8Array(1)),
      'size of no number': () => file.truncate(NaN),
      'bad path': () => disk.open('../escape'),
    };
    for (const [name, attempt] of Object.entries(attempts)) codes[name] = await codeOf(attempt());
    expect(await disk.list('')).toEqual(['file', 'folder']);
    expect(await disk.list('folder')).toEqual(['inner']);
  });
  await simulation.run(1_000);
  expect(codes).toEqual({
    missing: 'DISK_NOT_FOUND',
    'missing folder': 'DISK_NOT_FOUND',
    exists: 'DISK_EXISTS',
    'open folder': 'DISK_FAILED',
    'list file': 'DISK_NOT_FOUND',
    'folder over file': 'DISK_EXISTS',
    'rename missing': 'DISK_NOT_FOUND',
    'rename folder': 'DISK_FAILED',
    'rename onto folder': 'DISK_FAILED',
    'rename into nowhere': 'DISK_NOT_FOUND',
    'remove missing': 'ok',
    'remove folder': 'DISK_FAILED',
    'sync nowhere': 'DISK_NOT_FOUND',
    'negative offset': 'RangeError: offset: expected an integer in 0..2^53-1, got -1',
    'offset beyond numbers':
      'RangeError: offset: expected an integer in 0..2^53-1, got 9007199254740992',
    'size of no number': 'RangeError: sizeBytes: expected an integer in 0..2^53-1, got NaN',
    'bad path': 'RangeError: path: expected relative names joined by \'/\', got "../escape"',
  });
});

test('refuses options out of range', () => {
  const make = (disk: SimulationOptions['disk']) => () =>
    new Simulation({ seed: 1, ...(disk === undefined ? {} : { disk }) });
  expect(make({ tornRate: 2 })).toThrow('disk.tornRate: expected 0..1, got 2');
  expect(make({ capacityBytes: NaN })).toThrow('disk.capacityBytes: expected at least 0, got NaN');
  expect(make({ latency: { kind: 'constant', ms: -1 } })).toThrow('disk.latency.ms: expected');
});
