import { expect, test } from 'vitest';

import { codeOf, contents, nodeWith, owner as id } from './support/disk-node.ts';

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

test('what was not synced survives the process, but not always the machine', async () => {
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
