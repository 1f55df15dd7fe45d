import { describe, expect, test } from 'vitest';

import { type CrashSurvival, MemoryDisk } from '../src/adapters/memory.ts';
import { WriteAheadLog } from '../src/write-ahead-log.ts';
import { applyCall, EMPTY_TWIN, keyOf, type LogCall, submit, twinOf } from './support/log-twin.ts';
import { type DiskOperation, ObservedDisk } from './support/observed-disk.ts';

const SECTOR_BYTES = 512;
const options = { directory: 'log', segmentBytes: 16_384 };

const entriesFrom = (logIndex: number, term: number, ...sizes: number[]) =>
  sizes.map((size, position) => ({
    logIndex: logIndex + position,
    term,
    type: 0,
    // Zeros, to look as much as possible like space that was never written.
    payload: new Uint8Array(size).fill(position % 2),
  }));

const durable: readonly LogCall[] = [
  { kind: 'append', entries: entriesFrom(1, 1, 100, 0, 700), metadata: Uint8Array.of(1) },
  { kind: 'append', entries: entriesFrom(4, 2, 30, 30) },
];

/** Truncates, appends over seven sectors and replaces the metadata: all of it or nothing. */
const last: LogCall = {
  kind: 'append',
  truncateFrom: 3,
  entries: entriesFrom(3, 3, 900, 1_100, 0, 600),
  metadata: Uint8Array.of(2, 2),
};

interface Moment {
  readonly disk: MemoryDisk;
  readonly write: DiskOperation;
}

/** The disk at the moment in which the last batch is written and its sync has not begun. */
async function beforeLastSync(calls: readonly LogCall[] = durable): Promise<Moment> {
  const disk = new MemoryDisk();
  const observed = new ObservedDisk(disk);
  const log = await WriteAheadLog.open({ ...options, disk: observed });
  for (const call of calls) await submit(log, call);
  let write: DiskOperation | undefined;
  const reached = new Promise<void>((resolve) => {
    observed.before = (operation) => {
      if (operation.kind === 'write') write = operation;
      if (operation.kind !== 'sync') return;
      resolve();
      // The machine stops here: the sync never happens.
      return new Promise<void>(() => undefined);
    };
  });
  void submit(log, last);
  await reached;
  return { disk, write: write! };
}

const before = keyOf(durable.reduce(applyCall, EMPTY_TWIN));
const after = keyOf([...durable, last].reduce(applyCall, EMPTY_TWIN));

/** Crashes, recovers, appends, crashes and recovers again; answers which state was found. */
async function recoverTwice(disk: MemoryDisk, survival: CrashSurvival): Promise<string> {
  const crashed = disk.afterCrash(survival);
  const log = await WriteAheadLog.open({ ...options, disk: crashed });
  expect(log.recovery.damaged).toEqual([]);
  expect(log.recovery.blemishes).toEqual([]);
  const first = await twinOf(log);
  const call: LogCall = { kind: 'append', entries: entriesFrom(log.lastIndex + 1, 4, 40) };
  await submit(log, call);
  const again = await WriteAheadLog.open({ ...options, disk: crashed.afterCrash() });
  expect(again.recovery.damaged).toEqual([]);
  expect(keyOf(await twinOf(again))).toBe(keyOf(applyCall(first, call)));
  return keyOf(first);
}

describe('a crash during the last batch', () => {
  test('at every byte: what was acknowledged is there, the batch whole or not at all', async () => {
    const { disk, write } = await beforeLastSync();
    const end = write.offset + write.bytes!.length;
    expect(write.bytes!.length).toBeGreaterThan(5 * SECTOR_BYTES);
    const found = new Set<string>();
    for (let cut = write.offset; cut <= end; cut += 1) {
      const sector = (_path: string, index: number): number =>
        Math.min(Math.max(cut - index * SECTOR_BYTES, 0), SECTOR_BYTES);
      const state = await recoverTwice(disk, { sector });
      if (state !== before && state !== after) expect.unreachable(`cut at ${cut}: ${state}`);
      if (cut === end) expect(state).toBe(after);
      if (cut < end - SECTOR_BYTES) expect(state).toBe(before);
      found.add(state);
    }
    expect(found.size).toBe(2);
  });

  test('in every combination of its sectors, also later ones without earlier ones', async () => {
    const { disk, write } = await beforeLastSync();
    const sectors = disk.unsyncedSectors(write.path);
    expect(sectors.length).toBeGreaterThanOrEqual(7);
    for (let subset = 0; subset < 2 ** sectors.length; subset += 1) {
      const kept = new Set(sectors.filter((_sector, position) => (subset >> position) & 1));
      const sector = (_path: string, index: number): number => (kept.has(index) ? SECTOR_BYTES : 0);
      const state = await recoverTwice(disk, { sector });
      const isWhole = kept.size === sectors.length;
      // Without its last sector the batch may lack no more than its closing mark.
      if (isWhole) expect(state).toBe(after);
      else expect([before, after]).toContain(state);
      if (!kept.has(sectors[2]!)) expect(state).toBe(before);
    }
  });

  // Why this test? A simulated power cut left the first byte of a batch as it was, and of the rest
  // no mark: the log, which had lost nothing, refused to open.
  test('with its first sector torn from any byte on, and nothing else: it is dropped', async () => {
    // So that what is written of the sector is longer than the shortest batch.
    const calls = [...durable, { kind: 'append', entries: entriesFrom(6, 2, 0) } as const];
    const { disk, write } = await beforeLastSync(calls);
    const first = Math.floor(write.offset / SECTOR_BYTES);
    expect(write.offset - first * SECTOR_BYTES).toBeLessThan(SECTOR_BYTES - 200);
    for (let cut = 1; cut <= 9; cut += 1) {
      const crashed = disk.afterCrash({
        sector: (_path, index) => (index === first ? SECTOR_BYTES : 0),
      });
      const file = await crashed.open(write.path);
      const unwritten = new Uint8Array(cut);
      const before = await disk.afterCrash().open(write.path);
      await before.read(write.offset, unwritten);
      await file.write(write.offset, unwritten);
      await file.sync();
      await file.close();
      expect(await recoverTwice(crashed, {})).toBe(keyOf(calls.reduce(applyCall, EMPTY_TWIN)));
    }
  });

  // Why: a tear that leaves no whole word unwritten looks like damage. It must be reported then, as
  // it may be damage of an acknowledged entry, and cost no more than what was not acknowledged.
  test('with one sector torn at any byte: never a wrong entry', async () => {
    const { disk, write } = await beforeLastSync();
    for (const torn of disk.unsyncedSectors(write.path)) {
      for (let cut = 0; cut <= SECTOR_BYTES; cut += 1) {
        const sector = (_path: string, index: number): number =>
          index === torn ? cut : SECTOR_BYTES;
        const crashed = disk.afterCrash({ sector });
        const log = await WriteAheadLog.open({ ...options, disk: crashed });
        const damaged = log.damaged.map(({ logIndex }) => logIndex);
        if (damaged.length === 0) {
          expect([before, after]).toContain(keyOf(await twinOf(log)));
          continue;
        }
        expect(damaged.every((logIndex) => logIndex >= 3)).toBe(true);
        expect(log.damaged[0]!.reason).toContain('whose sync may not have finished');
        expect((await log.read(1, 2)).map(({ term }) => term)).toEqual([1, 1]);
      }
    }
  });
});

describe('a crash at any operation', () => {
  // Goal: rolling to a new segment, compaction and reset lose nothing acknowledged.
  // Method: stop before every single disk operation of a history, with unsynced names kept or lost.
  const calls: readonly LogCall[] = [
    { kind: 'append', entries: entriesFrom(1, 1, 3_000, 3_000), metadata: Uint8Array.of(1) },
    { kind: 'append', entries: entriesFrom(3, 1, 3_000, 3_000) },
    { kind: 'append', entries: entriesFrom(5, 2, 6_000) },
    { kind: 'append', entries: entriesFrom(6, 2, 9_000), metadata: Uint8Array.of(2) },
    { kind: 'compact', throughIndex: 5 },
    { kind: 'append', truncateFrom: 6, entries: entriesFrom(6, 3, 12_000) },
    { kind: 'reset', lastIncludedIndex: 40, lastIncludedTerm: 7 },
    { kind: 'append', entries: entriesFrom(41, 7, 15_000, 10) },
    { kind: 'append', entries: entriesFrom(43, 7, 15_000) },
    { kind: 'compact', throughIndex: 43 },
  ];
  const twins = calls.reduce(
    (known, call) => [...known, applyCall(known.at(-1)!, call)],
    [EMPTY_TWIN],
  );

  interface Snapshot {
    readonly disk: MemoryDisk;
    readonly acknowledgedCount: number;
  }

  async function snapshots(survival: CrashSurvival): Promise<readonly Snapshot[]> {
    const disk = new MemoryDisk();
    const observed = new ObservedDisk(disk);
    const taken: Snapshot[] = [];
    let acknowledgedCount = 0;
    observed.before = () => {
      taken.push({ disk: disk.afterCrash(survival), acknowledgedCount });
    };
    const log = await WriteAheadLog.open({ ...options, disk: observed });
    for (const call of calls) {
      await submit(log, call);
      acknowledgedCount += 1;
    }
    await log.close();
    return taken;
  }

  test.each<[string, CrashSurvival]>([
    ['nothing unsynced survives', {}],
    ['names survive, bytes do not', { name: () => true, size: () => true }],
    ['bytes survive, names do not', { sector: () => SECTOR_BYTES, size: () => true }],
    ['everything survives', { sector: () => SECTOR_BYTES, size: () => true, name: () => true }],
    ['removed names survive only', { name: ({ kind }) => kind === 'removed' }],
    ['every second sector survives', { sector: (_path, index) => (index % 2) * SECTOR_BYTES }],
  ])('%s', async (_title, survival) => {
    const taken = await snapshots(survival);
    expect(taken.length).toBeGreaterThan(50);
    for (const { disk, acknowledgedCount } of taken) {
      const log = await WriteAheadLog.open({ ...options, disk });
      expect(log.recovery.damaged).toEqual([]);
      const possible = twins.slice(acknowledgedCount, acknowledgedCount + 2).map(keyOf);
      expect(possible).toContain(keyOf(await twinOf(log)));
    }
  });

  // Why: a killed process leaves its last batch in the system's cache. Recovery acts on it, so it
  // must be durable by then, even where a failed sync has made the system forget that it is not.
  test('what recovery found after a killed process survives a power cut', async () => {
    const { disk } = await beforeLastSync();
    const observed = new ObservedDisk(disk);
    const rewritten: number[] = [];
    observed.before = ({ kind, bytes }) => {
      if (kind === 'write') rewritten.push(bytes!.length);
    };
    const log = await WriteAheadLog.open({ ...options, disk: observed });
    expect(keyOf(await twinOf(log))).toBe(after);
    expect(rewritten).toHaveLength(1);
    const power = await WriteAheadLog.open({ ...options, disk: disk.afterCrash() });
    expect(keyOf(await twinOf(power))).toBe(after);
  });

  test('what a crash left behind is never written over, and never comes back', async () => {
    const { disk, write } = await beforeLastSync();
    // Everything but the second sector: what follows it would be whole if the hole were filled.
    const second = disk.unsyncedSectors(write.path)[1];
    const sector = (_path: string, index: number): number => (index === second ? 0 : SECTOR_BYTES);
    const crashed = disk.afterCrash({ sector });
    const log = await WriteAheadLog.open({ ...options, disk: crashed });
    expect(log.recovery.droppedTailBytes).toBe(write.bytes!.length);
    // The same batch again, as a follower gets it from the same leader.
    await submit(log, last);
    await log.close();
    const reopened = await WriteAheadLog.open({ ...options, disk: crashed });
    expect(keyOf(await twinOf(reopened))).toBe(after);
    expect(reopened.recovery.droppedTailBytes).toBe(0);
    expect(await crashed.list('log')).toEqual(['0000000000000001.wal', '0000000000000002.wal']);
  });
});
