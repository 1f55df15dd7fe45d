/**
 * What every disk must do, as a test suite.
 *
 * @packageDocumentation
 */
import { afterEach, describe, expect, test } from 'vitest';

import type { Disk, DiskFile } from '../disk.ts';

/** A disk to test, and what the suite may do with it. */
export interface DiskFixture {
  /** An empty disk. */
  readonly disk: Disk;
  /**
   * The disk as it would be after a crash at this moment. Left out where crashes cannot be had; the
   * clauses about them are skipped then.
   */
  readonly afterCrash?: () => Promise<Disk>;
  /** Runs `body`, in real or virtual time. */
  readonly run?: (body: () => Promise<void>) => Promise<void>;
  /** Releases what the fixture holds. */
  readonly tearDown?: () => Promise<void>;
}

/**
 * Declares the tests of the `Disk` contract. Call it in a test file of each implementation.
 *
 * @param name - Names the implementation in the titles.
 * @param createFixture - Called once for each test.
 *
 * @example
 * ```ts
 * import { describeDisk } from '@quorate/storage/contract';
 * import { MemoryDisk } from '@quorate/storage/memory';
 *
 * describeDisk('memory', async () => ({ disk: new MemoryDisk() }));
 * ```
 */
export function describeDisk(name: string, createFixture: () => Promise<DiskFixture>): void {
  let fixture: DiskFixture;

  /** A test of one clause. */
  const clause = (title: string, body: (disk: Disk) => Promise<void>): void => {
    test(title, async () => {
      fixture = await createFixture();
      const { disk, run = (inner: () => Promise<void>) => inner() } = fixture;
      await run(() => body(disk));
    });
  };

  describe(`Disk contract: ${name}`, () => {
    afterEach(async () => {
      await fixture.tearDown?.();
    });
    describeFiles(clause);
    describeNames(clause);
    describePaths(clause);
    describeCrashes(clause, () => fixture);
    describeLocks(clause);
  });
}

type Clause = (title: string, body: (disk: Disk) => Promise<void>) => void;

function describeFiles(clause: Clause): void {
  clause('reads what was written, and zeros in a gap', async (disk) => {
    const file = await disk.open('a', { mode: 'create' });
    await file.write(600, bytes(1, 2, 3));
    expect(await file.sizeBytes()).toBe(603);
    expect(await contentOf(file)).toEqual(Uint8Array.of(...new Uint8Array(600), 1, 2, 3));
    await file.close();
  });

  clause('reads fewer bytes at the end of a file, and none behind it', async (disk) => {
    const file = await disk.open('a', { mode: 'create' });
    await file.write(0, bytes(1, 2, 3));
    const target = bytes(9, 9, 9);
    expect(await file.read(2, target)).toBe(1);
    expect(target).toEqual(bytes(3, 9, 9));
    expect(await file.read(3, target)).toBe(0);
    expect(await file.read(2 ** 40, target)).toBe(0);
    expect(await file.read(0, new Uint8Array())).toBe(0);
    await file.close();
  });

  clause('operations of one file take effect in the order of their calls', async (disk) => {
    const file = await disk.open('a', { mode: 'create' });
    const before = new Uint8Array(2);
    const after = new Uint8Array(2);
    const done = [
      file.write(0, bytes(1, 1)),
      file.read(0, before),
      file.write(0, bytes(2)),
      file.sync(),
      file.truncate(1),
      file.write(1, bytes(3)),
      file.sync(),
      file.read(0, after),
    ];
    expect(await file.sizeBytes()).toBe(2);
    await Promise.all(done);
    expect([before, after]).toEqual([bytes(1, 1), bytes(2, 3)]);
    await file.close();
  });

  clause('many small writes and syncs at once keep their order', async (disk) => {
    const file = await disk.open('a', { mode: 'create' });
    const expected = new Uint8Array(9);
    const all: Promise<void>[] = [file.sync()];
    for (let value = 0; value < 50; value += 1) {
      const content = bytes(value, value, value);
      expected.set(content, value % 7);
      all.push(file.write(value % 7, content));
      if (value % 3 === 0) all.push(file.sync());
    }
    await Promise.all(all);
    expect(await contentOf(file)).toEqual(expected);
    await file.close();
  });

  clause('truncate cuts, and extends with zeros', async (disk) => {
    const file = await disk.open('a', { mode: 'create' });
    await file.write(0, bytes(1, 2, 3, 4));
    await file.truncate(2);
    await file.truncate(5);
    expect(await contentOf(file)).toEqual(bytes(1, 2, 0, 0, 0));
    await file.close();
  });

  clause('two handles of one file see the same bytes', async (disk) => {
    const writer = await disk.open('a', { mode: 'create' });
    const reader = await disk.open('a');
    await writer.write(0, bytes(5));
    expect(await contentOf(reader)).toEqual(bytes(5));
    await writer.close();
    await reader.close();
  });

  clause('close is idempotent, and nothing works after it', async (disk) => {
    const file = await disk.open('a', { mode: 'create' });
    const last = file.write(0, bytes(1));
    await Promise.all([last, file.close(), file.close()]);
    const closed = { name: 'DiskError', code: 'DISK_CLOSED', path: 'a' };
    await expect(file.read(0, bytes(1))).rejects.toMatchObject(closed);
    await expect(file.write(0, bytes(1))).rejects.toMatchObject(closed);
    await expect(file.truncate(0)).rejects.toMatchObject(closed);
    await expect(file.sync()).rejects.toMatchObject(closed);
    await expect(file.sizeBytes()).rejects.toMatchObject(closed);
    const reopened = await disk.open('a');
    expect(await contentOf(reopened)).toEqual(bytes(1));
    await reopened.close();
  });

  clause('refuses offsets and sizes that are none', async (disk) => {
    const file = await disk.open('a', { mode: 'create' });
    for (const bad of [-1, 0.5, Number.NaN, 2 ** 53]) {
      await expect(file.read(bad, bytes(1))).rejects.toThrow(RangeError);
      await expect(file.write(bad, bytes(1))).rejects.toThrow(RangeError);
      await expect(file.truncate(bad)).rejects.toThrow(RangeError);
    }
    expect(await file.sizeBytes()).toBe(0);
    await file.close();
  });
}

function describeNames(clause: Clause): void {
  clause('the three modes of opening', async (disk) => {
    const missing = { name: 'DiskError', code: 'DISK_NOT_FOUND', path: 'a' };
    await expect(disk.open('a')).rejects.toMatchObject(missing);
    await expect(disk.open('a', { mode: 'existing' })).rejects.toMatchObject(missing);
    await (await disk.open('a', { mode: 'new' })).close();
    const exists = { name: 'DiskError', code: 'DISK_EXISTS', path: 'a' };
    await expect(disk.open('a', { mode: 'new' })).rejects.toMatchObject(exists);
    const again = await disk.open('a', { mode: 'create' });
    await again.write(0, bytes(1));
    await again.close();
    await (await disk.open('a', { mode: 'create' })).close();
    const kept = await disk.open('a');
    expect(await contentOf(kept)).toEqual(bytes(1));
    await kept.close();
  });

  clause('lists files and folders directly in a folder, sorted', async (disk) => {
    await disk.createDirectory('b/c');
    await disk.createDirectory('b/c');
    for (const path of ['b/Z', 'b/a', 'b/c/deep', 'top']) {
      await (await disk.open(path, { mode: 'new' })).close();
    }
    expect(await disk.list('b')).toEqual(['Z', 'a', 'c']);
    expect(await disk.list('')).toEqual(['b', 'top']);
    await expect(disk.list('nowhere')).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
  });

  clause('a file needs its folder', async (disk) => {
    const opening = disk.open('nowhere/a', { mode: 'create' });
    await expect(opening).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
    await (await disk.open('a', { mode: 'new' })).close();
    await expect(disk.rename('a', 'nowhere/a')).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
    await expect(disk.syncDirectory('nowhere')).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
  });

  clause('rename replaces its target and keeps open handles working', async (disk) => {
    const [old, fresh] = [
      await disk.open('a', { mode: 'new' }),
      await disk.open('b', { mode: 'new' }),
    ];
    await old.write(0, bytes(1));
    await fresh.write(0, bytes(2));
    await disk.rename('b', 'a');
    await fresh.write(1, bytes(3));
    await fresh.sync();
    expect(await disk.list('')).toEqual(['a']);
    expect(await contentOf(old)).toEqual(bytes(1));
    const reader = await disk.open('a');
    expect(await contentOf(reader)).toEqual(bytes(2, 3));
    await Promise.all([old.close(), fresh.close(), reader.close()]);
    await expect(disk.rename('b', 'a')).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
  });

  clause('remove takes the name, not the bytes of an open handle', async (disk) => {
    const file = await disk.open('a', { mode: 'new' });
    await file.write(0, bytes(1));
    await disk.remove('a');
    await disk.remove('a');
    expect(await disk.list('')).toEqual([]);
    expect(await contentOf(file)).toEqual(bytes(1));
    await file.close();
  });

  clause('folders are not files', async (disk) => {
    await disk.createDirectory('folder');
    await (await disk.open('file', { mode: 'new' })).close();
    await expect(disk.open('folder')).rejects.toMatchObject({ name: 'DiskError' });
    await expect(disk.remove('folder')).rejects.toMatchObject({ name: 'DiskError' });
    await expect(disk.rename('folder', 'x')).rejects.toMatchObject({ name: 'DiskError' });
    await expect(disk.createDirectory('file')).rejects.toMatchObject({ name: 'DiskError' });
    expect(await disk.list('')).toEqual(['file', 'folder']);
  });
}

function describePaths(clause: Clause): void {
  const escapes = [
    '',
    '/',
    '/etc/passwd',
    '..',
    '../a',
    'a/../b',
    './a',
    'a//b',
    'a/',
    'a\\b',
    'a\0',
  ];
  clause('refuses paths that lead elsewhere', async (disk) => {
    for (const path of [...escapes, 'half\ud800']) {
      await expect(disk.open(path, { mode: 'create' }), path).rejects.toThrow(RangeError);
      await expect(disk.remove(path), path).rejects.toThrow(RangeError);
      await expect(disk.rename(path, 'x'), path).rejects.toThrow(RangeError);
      await expect(disk.rename('x', path), path).rejects.toThrow(RangeError);
      if (path === '') continue;
      await expect(disk.list(path), path).rejects.toThrow(RangeError);
      await expect(disk.createDirectory(path), path).rejects.toThrow(RangeError);
      await expect(disk.syncDirectory(path), path).rejects.toThrow(RangeError);
    }
    expect(await disk.list('')).toEqual([]);
  });

  clause('names are plain data', async (disk) => {
    const names = ['__proto__', 'constructor', 'größe', '…'];
    for (const name of names) await (await disk.open(name, { mode: 'new' })).close();
    expect(await disk.list('')).toEqual([...names].sort());
  });
}

function describeCrashes(clause: Clause, current: () => DiskFixture): void {
  const afterCrash = (
    title: string,
    body: (disk: Disk, crash: () => Promise<Disk>) => Promise<void>,
  ) => {
    clause(title, async (disk) => {
      const { afterCrash: crash } = current();
      if (crash !== undefined) await body(disk, crash);
    });
  };

  afterCrash('what was synced, name and bytes, survives a crash', async (disk, crash) => {
    await disk.createDirectory('b');
    await disk.syncDirectory('');
    const file = await disk.open('b/a', { mode: 'new' });
    await file.write(0, bytes(1, 2, 3));
    await file.truncate(2);
    await file.sync();
    await disk.syncDirectory('b');
    const after = await (await crash()).open('b/a');
    expect(await contentOf(after)).toEqual(bytes(1, 2));
  });

  afterCrash(
    'a write and the sync called right behind it are durable together',
    async (disk, crash) => {
      const file = await disk.open('a', { mode: 'new' });
      await disk.syncDirectory('');
      await file.sync();
      await Promise.all([file.write(0, bytes(1)), file.sync()]);
      await Promise.all([file.write(1, bytes(2)), file.sync()]);
      expect(await contentOf(await (await crash()).open('a'))).toEqual(bytes(1, 2));
    },
  );

  afterCrash('a crash never leaves a rename between its two names', async (disk, crash) => {
    for (const [path, value] of [
      ['a', 1],
      ['b', 2],
    ] as const) {
      const file = await disk.open(path, { mode: 'new' });
      await file.write(0, bytes(value));
      await file.sync();
    }
    await disk.syncDirectory('');
    await disk.rename('b', 'a');
    const content = await contentOf(await (await crash()).open('a'));
    expect([bytes(1), bytes(2)]).toContainEqual(content);
  });
}

function describeLocks(clause: Clause): void {
  clause('a locked folder is refused to others until it is released', async (disk) => {
    await disk.createDirectory('a');
    await disk.createDirectory('b');
    const unlock = await disk.lock?.('a');
    if (unlock === undefined) return;
    const locked = { name: 'DiskError', code: 'DISK_LOCKED', path: 'a' };
    await expect(disk.lock?.('a')).rejects.toMatchObject(locked);
    await (
      await disk.lock?.('b')
    )?.();
    await unlock();
    const again = await disk.lock?.('a');
    await unlock();
    await expect(disk.lock?.('a')).rejects.toMatchObject(locked);
    await again?.();
  });
}

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

async function contentOf(file: DiskFile): Promise<Uint8Array> {
  const content = new Uint8Array(await file.sizeBytes());
  await file.read(0, content);
  return content;
}
