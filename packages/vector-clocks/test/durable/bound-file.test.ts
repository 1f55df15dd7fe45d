import { DiskError } from '@quorate/storage';
import { MemoryDisk } from '@quorate/storage/memory';
import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { BoundFile } from '../../src/durable/bound-file.ts';
import { encodeSlot } from '../../src/durable/bound-slot.ts';
import { HybridBoundDamagedError } from '../../src/errors.ts';
import { HookedDisk } from '../support/hooked-disk.ts';

const NAME = 'hybrid-clock.bound';
const SECOND_SLOT = 4_096;

async function writtenDisk(...bounds: readonly number[]): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const file = await BoundFile.open(disk, '');
  for (const boundMs of bounds) await file.write(boundMs);
  await file.close();
  return disk;
}

async function boundOn(disk: MemoryDisk, directory = ''): Promise<number | undefined> {
  const file = await BoundFile.open(disk, directory);
  await file.close();
  return file.boundMs;
}

async function overwrite(disk: MemoryDisk, offset: number, bytes: Uint8Array): Promise<void> {
  const file = await disk.open(NAME);
  await file.write(offset, bytes);
  await file.sync();
  await file.close();
}

describe('a bound on a disk', () => {
  test('is the one written last, and none in the beginning', async () => {
    const disk = new MemoryDisk();
    const file = await BoundFile.open(disk, 'a/b');
    expect(file.boundMs).toBeUndefined();
    for (const boundMs of [10, 20, 30]) {
      await file.write(boundMs);
      expect(file.boundMs).toBe(boundMs);
      expect(await boundOn(disk.afterCrash(), 'a/b')).toBe(boundMs);
    }
    await file.close();
  });

  test('may be lowered', async () => {
    expect(await boundOn(await writtenDisk(100, 7))).toBe(7);
  });

  test('is found with either of its copies damaged, whatever of it is', async () => {
    for (const offset of [0, SECOND_SLOT]) {
      for (let at = 0; at < 25; at += 1) {
        const disk = await writtenDisk(10, 20, 30);
        await overwrite(disk, offset + at, Uint8Array.of(0xa5));
        expect(await boundOn(disk)).toBe(30);
      }
    }
  });

  test('that cannot be read is not taken for none', async () => {
    const disk = await writtenDisk(10);
    for (const offset of [0, SECOND_SLOT]) await overwrite(disk, offset + 9, Uint8Array.of(1, 1));
    await expect(BoundFile.open(disk, '')).rejects.toThrow(HybridBoundDamagedError);
    await expect(BoundFile.open(disk, '')).rejects.toThrow(
      'hybrid-clock.bound: neither of its copies can be read; ' +
        'without it, timestamps could be given twice',
    );
  });

  test('in a file that was cut off is found in what is left, or is damaged', async () => {
    const disk = await writtenDisk(10);
    const file = await disk.open(NAME);
    await file.truncate(SECOND_SLOT + 20);
    expect(await boundOn(disk)).toBe(10);
    await file.truncate(0);
    await expect(BoundFile.open(disk, '')).rejects.toThrow(HybridBoundDamagedError);
  });

  test('of a later version is refused', async () => {
    const disk = await writtenDisk(10);
    const bytes = encodeSlot({ sequence: 9, boundMs: 9 });
    bytes[4] = 9;
    const { crc32c } = await import('@quorate/transport/codec');
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(21, crc32c(bytes, 0, 21));
    await overwrite(disk, 0, bytes);
    await expect(BoundFile.open(disk, '')).rejects.toThrow('version: expected 1, got 9');
  });
});

test('of two whole copies the later one counts', async () => {
  for (const [offset, boundMs] of [
    [0, 7],
    [SECOND_SLOT, 7],
    [0, 70],
    [SECOND_SLOT, 70],
  ] as const) {
    const disk = await writtenDisk(10);
    await overwrite(disk, offset, encodeSlot({ sequence: 2, boundMs }));
    expect(await boundOn(disk)).toBe(boundMs);
  }
});

test('what a killed process left unsynced is synced before all else', async () => {
  const disk = await writtenDisk(10);
  const hooked = new HookedDisk(disk);
  const killed = await BoundFile.open(hooked, '');
  hooked.before = (operation) => {
    if (operation === 'sync') throw new DiskError('DISK_FAILED', NAME, 'killed');
  };
  await expect(killed.write(20)).rejects.toThrow(DiskError);
  hooked.before = () => undefined;

  const file = await BoundFile.open(hooked, '');
  expect(file.boundMs).toBe(20);
  let survivor = disk;
  hooked.before = (operation) => {
    // Power fails before the sync, and whatever was not synced is torn.
    if (operation === 'sync' && survivor === disk) survivor = disk.afterCrash({ sector: () => 13 });
  };
  await file.write(30);
  expect(survivor).not.toBe(disk);
  expect(await boundOn(survivor)).toBe(20);
});

/** What a crash keeps, by chance. */
function anySurvival(seed: number): Parameters<MemoryDisk['afterCrash']>[0] {
  const random = seededRandom(seed);
  return {
    sector: () => [0, 13, 17, 512][random.int(4)]!,
    size: () => random.int(2) === 0,
    name: () => random.int(2) === 0,
  };
}

/**
 * Writes bounds on a disk that a crash strikes at the `crashAt`-th operation; then on what is left
 * of it, until it is struck again, and so on. After each crash the bound is the one
 * confirmed last, or a later one that was tried.
 */
async function crashAgainAndAgain(crashAt: number, seed: number): Promise<number> {
  let disk = new MemoryDisk();
  let confirmed = 0;
  let next = 0;
  let crashCount = 0;
  for (let life = 0; life < 6; life += 1) {
    const hooked = new HookedDisk(disk);
    const survival = anySurvival(seed * 10 + life);
    // A process that is killed leaves what it wrote to the system, which has not synced it.
    const chance = seededRandom(seed * 10 + life + 5_000);
    const isKilled = chance.int(3) === 0;
    const strikesAt = life === 0 ? crashAt : 4 + chance.int(12);
    const crash = (): MemoryDisk => (isKilled ? disk : disk.afterCrash(survival));
    let survivor: MemoryDisk | undefined;
    let operationCount = 0;
    hooked.before = () => {
      if (operationCount === strikesAt) survivor = crash();
      operationCount += 1;
      if (survivor !== undefined) throw new DiskError('DISK_FAILED', '', 'the power is off');
    };
    try {
      const file = await BoundFile.open(hooked, 'clock');
      expect(file.boundMs ?? 0).toBeGreaterThanOrEqual(confirmed);
      expect(file.boundMs ?? 0).toBeLessThanOrEqual(next);
      for (let count = 0; count < 3; count += 1) {
        next += 1;
        await file.write(next);
        confirmed = next;
      }
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      crashCount += 1;
    }
    disk = survivor ?? crash();
  }
  return crashCount;
}

test('no crash at any operation loses a bound that was confirmed', async () => {
  let crashCount = 0;
  for (let crashAt = 0; crashAt < 30; crashAt += 1) {
    for (let seed = 0; seed < 20; seed += 1) crashCount += await crashAgainAndAgain(crashAt, seed);
  }
  expect(crashCount).toBeGreaterThan(1_000);
});

test('a write that failed can be tried again, and a crash then loses nothing', async () => {
  for (let failAt = 0; failAt < 4; failAt += 1) {
    const disk = await writtenDisk(10);
    const hooked = new HookedDisk(disk);
    const file = await BoundFile.open(hooked, '');
    let operationCount = 0;
    hooked.before = () => {
      operationCount += 1;
      if (operationCount === failAt + 1) throw new DiskError('DISK_FAILED', NAME, 'no');
      // At every later moment, whatever survives: one of the two bounds is there.
      return Promise.all(
        Array.from({ length: 20 }, async (_, seed) => {
          const bound = await boundOn(disk.afterCrash(anySurvival(seed)));
          expect([10, 20]).toContain(bound);
        }),
      ).then(() => undefined);
    };
    await expect(file.write(20)).rejects.toThrow(DiskError);
    expect(file.boundMs).toBe(10);
    await file.write(20);
    hooked.before = () => undefined;
    expect(await boundOn(disk.afterCrash())).toBe(20);
    await file.close();
  }
});
