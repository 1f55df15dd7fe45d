import type { Random } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { MemoryDisk } from '../src/adapters/memory.ts';
import { WriteAheadLog } from '../src/write-ahead-log.ts';
import { callSequence } from './support/arbitrary-calls.ts';
import { contentOf, openDamaged, overwrite, type Verdict } from './support/damage.ts';
import { applyCall, EMPTY_TWIN, type LogCall, type LogTwin, submit } from './support/log-twin.ts';
import { seedsOf } from './support/seeds.ts';

const seeds = seedsOf(40);

const entry = (logIndex: number, term: number, ...payload: number[]) => ({
  logIndex,
  term,
  type: 1,
  payload: Uint8Array.from(payload),
});
const big = (logIndex: number, term: number, size: number) =>
  entry(logIndex, term, ...new Uint8Array(size).fill(logIndex));

/** A history with everything in it: metadata, truncations, a compaction, a second segment. */
const history: readonly LogCall[] = [
  { kind: 'append', entries: [entry(1, 1, 1), entry(2, 1), entry(3, 1, 3, 3)] },
  { kind: 'append', entries: [big(4, 1, 700), entry(5, 1, 5)], metadata: Uint8Array.of(1, 1) },
  { kind: 'compact', throughIndex: 1 },
  { kind: 'append', truncateFrom: 5, entries: [entry(5, 2, 55), big(6, 2, 600)] },
  { kind: 'append', entries: [], metadata: Uint8Array.of(2, 2, 2) },
  { kind: 'append', truncateFrom: 6, entries: [] },
  { kind: 'append', entries: [big(6, 3, 900), big(7, 3, 600)] },
  { kind: 'append', entries: [big(8, 3, 900)] },
  { kind: 'append', entries: [entry(9, 3, 9), big(10, 3, 520), entry(11, 4, 0, 0, 0)] },
  { kind: 'append', truncateFrom: 10, entries: [big(10, 4, 30)], metadata: Uint8Array.of(3) },
  { kind: 'append', entries: [entry(11, 4, 11), big(12, 4, 530), entry(13, 4)] },
  // Neither the first batch of its segment nor small: the one in which doubt is possible.
  { kind: 'append', entries: [big(14, 5, 40), entry(15, 5, 1)], metadata: Uint8Array.of(4, 4) },
];

/** A disk with the log of some calls, each in a batch of its own. */
async function diskAfter(calls: readonly LogCall[]): Promise<{ disk: MemoryDisk; twin: LogTwin }> {
  const disk = new MemoryDisk();
  const log = await WriteAheadLog.open({ disk, directory: 'log', segmentBytes: 4_096 });
  let twin = EMPTY_TWIN;
  for (const call of calls) {
    await submit(log, call);
    twin = applyCall(twin, call);
  }
  // Not closed, so that it looks like after a crash.
  return { disk: disk.afterCrash(), twin };
}

const segmentsOf = async (disk: MemoryDisk): Promise<readonly string[]> =>
  (await disk.list('log')).filter((name) => name.endsWith('.wal')).map((name) => `log/${name}`);

/** Up to the end of the last batch: behind it there is only space made ready. */
function usedBytes(content: Uint8Array): number {
  return Buffer.from(content).lastIndexOf('DONE') + 88;
}

describe('a damaged log', () => {
  test('the history spans several segments', async () => {
    const { disk, twin } = await diskAfter(history);
    expect(await segmentsOf(disk)).toHaveLength(3);
    expect(await openDamaged(disk, twin)).toBe('intact');
  });

  // Goal: any one damaged byte is survived, and what it cost is said.
  // Method: each byte of each file, changed in one of four ways.
  test.each([0, 1, 2])('opens with any one byte changed, of file %i', async (position) => {
    const { disk, twin } = await diskAfter(history);
    const path = (await segmentsOf(disk))[position]!;
    const content = await contentOf(disk, path);
    const counts: Record<Verdict, number> = { intact: 0, reported: 0, refused: 0 };
    for (let offset = 0; offset < usedBytes(content); offset += 1) {
      const byte = content[offset]!;
      const changed = [byte ^ (1 << ((offset >> 3) % 8)), byte ^ 0xff, 0, 0x4f][offset % 4]!;
      const damagedDisk = disk.afterCrash();
      await overwrite(damagedDisk, path, offset, Uint8Array.of(changed));
      const verdict = await openDamaged(damagedDisk, twin);
      if (verdict === 'refused') expect.unreachable(`${path} byte ${offset}`);
      if (byte === changed) expect(verdict).toBe('intact');
      counts[verdict] += 1;
    }
    expect(counts.reported).toBeGreaterThan(100);
  });

  // Goal: whatever happens to the bytes, no entry is wrong and none is silently gone.
  // Method: random histories; stretches of random length overwritten with zeros, noise or bytes
  // from elsewhere, sectors and whole blocks among them; refusing to open is allowed, being wrong
  // is not.
  test.each(seeds)('larger damage is never passed over in silence (SEED=%i)', async (seed) => {
    const random = seededRandom(`damage ${seed}`);
    const { calls } = callSequence(random, EMPTY_TWIN, 40);
    const { disk, twin } = await diskAfter(calls);
    const paths = await segmentsOf(disk);
    for (let round = 0; round < 40; round += 1) {
      const damagedDisk = disk.afterCrash();
      for (let count = 1 + random.int(3); count > 0; count -= 1) {
        await damageSomewhere(random, damagedDisk, paths);
      }
      await openDamaged(damagedDisk, twin);
    }
  });

  test.each(seeds)('a file cut short is never passed over (SEED=%i)', async (seed) => {
    const random = seededRandom(`cut ${seed}`);
    const { calls } = callSequence(random, EMPTY_TWIN, 30);
    const { disk, twin } = await diskAfter(calls);
    const paths = await segmentsOf(disk);
    for (let round = 0; round < 20; round += 1) {
      const damagedDisk = disk.afterCrash();
      const path = paths[random.int(paths.length)]!;
      const used = usedBytes(await contentOf(disk, path));
      const file = await damagedDisk.open(path);
      await file.truncate(random.int(used + 100));
      await file.sync();
      await openDamaged(damagedDisk, twin);
    }
  });

  test('a missing or misplaced segment is never passed over', async () => {
    const { disk, twin } = await diskAfter(history);
    const paths = await segmentsOf(disk);
    expect(paths).toHaveLength(3);
    for (const path of paths.slice(0, -1)) {
      const withoutOne = disk.afterCrash();
      await withoutOne.remove(path);
      expect(await openDamaged(withoutOne, twin)).toBe('reported');
      for (const other of paths.filter((one) => one !== path)) {
        const replaced = disk.afterCrash();
        await overwrite(replaced, path, 0, await contentOf(disk, other));
        expect(await openDamaged(replaced, twin)).not.toBe('intact');
      }
    }
  });
});

async function damageSomewhere(
  random: Random,
  disk: MemoryDisk,
  paths: readonly string[],
): Promise<void> {
  const path = paths[random.int(paths.length)]!;
  const content = await contentOf(disk, path);
  const used = usedBytes(content);
  let offset = random.int(used);
  let length = [1, 1 + random.int(64), 512, 1 + random.int(2_000), 4_096][random.int(5)]!;
  if (length % 512 === 0) offset -= offset % 512;
  length = Math.min(length, used - offset);
  const damage = random.bytes(length);
  const kind = random.int(3);
  if (kind === 0) damage.fill(0);
  if (kind === 1) damage.set(content.slice(random.int(used), used).subarray(0, length));
  await overwrite(disk, path, offset, damage);
}
