import { beforeEach, describe, expect, test } from 'vitest';

import { MemoryDisk } from '../src/adapters/memory.ts';
import { DiskError } from '../src/errors.ts';
import type { LogEntry } from '../src/log-entry.ts';
import type { LogStore } from '../src/log-store.ts';
import { contentOf, overwrite } from './support/damage.ts';
import { entryOf } from './support/files.ts';
import { logKinds } from './support/log-kinds.ts';
import { type DiskOperation, ObservedDisk } from './support/observed-disk.ts';

// What a replicated log needs of a durable one, asked of each kind.
describe.each(logKinds)('$name', (kind) => {
  let disk: MemoryDisk;
  let observed: ObservedDisk;

  beforeEach(() => {
    disk = new MemoryDisk();
    observed = new ObservedDisk(disk);
  });

  const open = (segmentBytes = 65_536): Promise<LogStore> =>
    kind.open({ disk: observed, directory: 'data/log', segmentBytes });
  const afterCrash = (): Promise<LogStore> =>
    kind.open({ disk: disk.afterCrash(), directory: 'data/log', segmentBytes: 65_536 });
  const range = (from: number, to: number, term = 1, size = 100): readonly LogEntry[] =>
    Array.from({ length: to - from + 1 }, (_, position) => entryOf(from + position, term, size));
  const indexesOf = (entries: readonly LogEntry[]): readonly number[] =>
    entries.map(({ logIndex }) => logIndex);

  /** Operations from now on fail or wait as `answer` says. */
  function meanwhile(
    answer: (operation: DiskOperation) => Error | Promise<void> | undefined,
  ): void {
    observed.before = (operation) => {
      const result = answer(operation);
      if (result instanceof Error) throw result;
      return result;
    };
  }

  const failing = (
    kind: DiskOperation['kind'],
    code: 'DISK_FULL' | 'DISK_FAILED' = 'DISK_FAILED',
  ) =>
    meanwhile((operation) =>
      operation.kind === kind ? new DiskError(code, operation.path, 'injected') : undefined,
    );

  describe('an empty log', () => {
    test('has bounds, a term before its first entry, and no files', async () => {
      const log = await open();
      expect([log.firstIndex, log.lastIndex, log.durableIndex]).toEqual([1, 0, 0]);
      expect([log.termAt(0), log.termAt(1)]).toEqual([0, undefined]);
      expect(log.recovery).toEqual({
        metadata: undefined,
        droppedTailBytes: 0,
        damaged: [],
        blemishes: [],
      });
      expect(await disk.list('data/log')).toEqual([]);
      for await (const _entries of log.entries()) expect.unreachable();
    });
  });

  describe('append', () => {
    test('is visible at once, and durable when it resolves', async () => {
      const log = await open();
      const done = log.append({ entries: range(1, 3), metadata: Uint8Array.of(8) });
      expect([log.lastIndex, log.durableIndex, log.termAt(3)]).toEqual([3, 0, 1]);
      expect(indexesOf(await log.read(1, 3))).toEqual([1, 2, 3]);
      await done;
      expect(log.durableIndex).toBe(3);
      const recovered = await afterCrash();
      expect(await recovered.read(1, 3)).toEqual(range(1, 3));
      expect(recovered.recovery.metadata).toEqual(Uint8Array.of(8));
    });

    test('is not acknowledged before its sync has finished', async () => {
      const log = await open();
      await log.append({ entries: range(1, 1) });
      let release = (): void => undefined;
      let isAcknowledged = false;
      const syncing = new Promise<void>((reached) => {
        meanwhile(({ kind }) => {
          if (kind !== 'sync') return undefined;
          reached();
          return new Promise((resolve) => (release = resolve));
        });
      });
      const done = log.append({ entries: range(2, 2) }).then(() => (isAcknowledged = true));
      await syncing;
      for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
      expect(isAcknowledged).toBe(false);
      expect((await afterCrash()).lastIndex).toBe(1);
      release();
      await done;
      expect((await afterCrash()).lastIndex).toBe(2);
    });

    test('sixty-four at once share one write and one sync, in order', async () => {
      const log = await open();
      await log.append({ entries: range(1, 1) });
      const operations: string[] = [];
      meanwhile(({ kind }) => void operations.push(kind));
      const order: number[] = [];
      const calls = range(2, 65).map(async (entry) => {
        await log.append({ entries: [entry] });
        order.push(entry.logIndex);
      });
      await Promise.all(calls);
      expect(operations).toEqual(['write', 'sync']);
      expect(order).toEqual(indexesOf(range(2, 65)));
    });

    test('replaces a suffix and metadata in one step', async () => {
      const log = await open();
      await log.append({ entries: range(1, 5) });
      const entries = range(3, 4, 2);
      await log.append({ truncateFrom: 3, entries, metadata: Uint8Array.of(2) });
      expect([log.lastIndex, log.termAt(2), log.termAt(3), log.termAt(5)]).toEqual([
        4,
        1,
        2,
        undefined,
      ]);
      expect(await (await afterCrash()).read(1, 4)).toEqual([...range(1, 2), ...entries]);
    });

    test('keeps the metadata as it was at the call', async () => {
      const log = await open();
      const metadata = Uint8Array.of(1);
      const done = log.append({ entries: [], metadata });
      metadata[0] = 9;
      await done;
      expect((await afterCrash()).recovery.metadata).toEqual(Uint8Array.of(1));
    });

    test('takes an empty metadata record for a record', async () => {
      const log = await open();
      await log.append({ entries: [], metadata: Uint8Array.of(1) });
      await log.append({ entries: [], metadata: new Uint8Array() });
      expect((await afterCrash()).recovery.metadata).toEqual(new Uint8Array());
    });

    test('refuses what does not fit, and changes nothing', async () => {
      const log = await open();
      await log.append({ entries: range(1, 2) });
      await expect(log.append({ entries: range(4, 4) })).rejects.toThrow(
        'logIndex: expected 3, got 4',
      );
      const bad = [...range(3, 3), { ...entryOf(4, 1, 1), term: -1 }];
      await expect(log.append({ entries: bad })).rejects.toThrow(RangeError);
      expect(log.lastIndex).toBe(2);
      await log.append({ entries: range(3, 3) });
      expect((await afterCrash()).lastIndex).toBe(3);
    });

    test('works up to the largest index there is', async () => {
      const log = await open();
      const last = 2 ** 53 - 1;
      await log.reset(last - 2, last);
      await log.append({ entries: range(last - 1, last, last, 5) });
      await expect(log.append({ entries: range(last + 1, last + 1) })).rejects.toThrow(RangeError);
      const recovered = await afterCrash();
      expect([recovered.firstIndex, recovered.lastIndex]).toEqual([last - 1, last]);
      expect(recovered.termAt(last)).toBe(last);
      expect(await recovered.read(last, last)).toEqual(range(last, last, last, 5));
      await recovered.compact(last);
      expect([recovered.firstIndex, recovered.lastIndex]).toEqual([last + 1, last]);
    });
  });

  describe('read', () => {
    test('answers with at least one entry, and with no more than maxBytes', async () => {
      const log = await open();
      await log.append({ entries: range(1, 5) });
      void log.append({ entries: range(6, 8) });
      expect(indexesOf(await log.read(2, 8))).toEqual([2, 3, 4, 5, 6, 7, 8]);
      expect(indexesOf(await log.read(2, 8, 0))).toEqual([2]);
      expect(indexesOf(await log.read(2, 8, 2 * 132))).toEqual([2, 3]);
      expect(indexesOf(await log.read(7, 8, 132))).toEqual([7]);
      expect((await log.read(1, 8, 6 * 132)).length).toBeGreaterThanOrEqual(5);
    });

    test.each([
      [0, 1],
      [3, 2],
      [1, 4],
      [1.5, 2],
      [Number.NaN, 2],
    ])('refuses the range %d..%d of 1..3', async (from, to) => {
      const log = await open();
      await log.append({ entries: range(1, 3) });
      await expect(log.read(from, to)).rejects.toThrow(/^fromIndex\.\.toIndex: expected a range/);
      await expect(log.read(1, 1, Number.NaN)).rejects.toThrow(/^maxBytes: expected at least 0/);
    });

    test('spans segments, and entries larger than any buffer', async () => {
      const log = await open(4_096);
      const entries = [
        ...range(1, 20, 1, 900),
        entryOf(21, 1, 3_000_000),
        ...range(22, 30, 1, 2_000),
      ];
      for (const entry of entries) await log.append({ entries: [entry] });
      expect(await log.read(1, 30)).toEqual(entries);
      const streamed: LogEntry[] = [];
      for await (const piece of log.entries()) streamed.push(...piece);
      expect(streamed).toEqual(entries);
    });

    test('answers with the log as it was when it was called', async () => {
      const log = await open();
      await log.append({ entries: range(1, 20) });
      const reading = log.read(1, 20);
      await log.append({ truncateFrom: 5, entries: range(5, 30, 2) });
      expect(await reading).toEqual(range(1, 20));
    });

    test('what it returns belongs to the caller', async () => {
      const log = await open();
      const done = log.append({ entries: range(1, 1) });
      const [pending] = await log.read(1, 1);
      pending!.payload.fill(0xff);
      await done;
      const [durable] = await log.read(1, 1);
      durable!.payload.fill(0xff);
      expect(await log.read(1, 1)).toEqual(range(1, 1));
    });
  });

  describe('compact', () => {
    test('forgets a prefix, keeps its last term and frees whole segments', async () => {
      const log = await open(4_096);
      for (const entry of range(1, 20, 3, 900)) await log.append({ entries: [entry] });
      const before = (await disk.list('data/log')).length;
      await log.compact(15);
      expect([log.firstIndex, log.lastIndex, log.termAt(15), log.termAt(14)]).toEqual([
        16,
        20,
        3,
        undefined,
      ]);
      expect((await disk.list('data/log')).length).toBeLessThan(before - 2);
      const recovered = await afterCrash();
      expect([recovered.firstIndex, recovered.termAt(15)]).toEqual([16, 3]);
      expect(await recovered.read(16, 20)).toEqual(range(16, 20, 3, 900));
      await expect(recovered.append({ truncateFrom: 15, entries: [] })).rejects.toThrow(RangeError);
    });

    test('of what is gone does nothing; of what is not there yet is refused', async () => {
      const log = await open();
      await log.append({ entries: range(1, 3) });
      await log.compact(2);
      await log.compact(1);
      await log.compact(0);
      expect(log.firstIndex).toBe(3);
      await expect(log.compact(4)).rejects.toThrow('throughIndex: expected at most 3, got 4');
      await expect(log.compact(-1)).rejects.toThrow(/^throughIndex: expected an integer/);
    });
  });

  describe('reset', () => {
    test.each([0, 3, 50])('to %i leaves an empty log that begins behind it', async (logIndex) => {
      const log = await open();
      await log.append({ entries: range(1, 9), metadata: Uint8Array.of(1) });
      await log.reset(logIndex, 7, Uint8Array.of(2));
      expect([log.firstIndex, log.lastIndex, log.termAt(logIndex)]).toEqual([
        logIndex + 1,
        logIndex,
        7,
      ]);
      await log.append({ entries: range(logIndex + 1, logIndex + 2) });
      const recovered = await afterCrash();
      expect(recovered.recovery.metadata).toEqual(Uint8Array.of(2));
      expect(await recovered.read(logIndex + 1, logIndex + 2)).toEqual(
        range(logIndex + 1, logIndex + 2),
      );
    });

    test('keeps the metadata if none is given, and refuses what is no index', async () => {
      const log = await open();
      await log.append({ entries: range(1, 9), metadata: Uint8Array.of(1) });
      await log.reset(4, 4);
      expect((await afterCrash()).recovery.metadata).toEqual(Uint8Array.of(1));
      await expect(log.reset(-1, 0)).rejects.toThrow(/^lastIncludedIndex: /);
      await expect(log.reset(1, 0.5)).rejects.toThrow(/^lastIncludedTerm: /);
      await expect(log.reset(1, 1, new Uint8Array(5_000))).rejects.toThrow(/^metadata: /);
    });
  });

  describe('a full disk', () => {
    beforeEach(() => {
      disk = new MemoryDisk({ capacityBytes: 200_000 });
      observed = new ObservedDisk(disk);
    });

    test('refuses appends and undoes them; reads go on, appends once there is room', async () => {
      const log = await open();
      await log.append({ entries: range(1, 10, 1, 1_000) });
      const large = [...range(11, 12, 1, 500), ...range(13, 13, 1, 400_000)];
      const calls = [
        log.append({ truncateFrom: 4, entries: range(4, 10, 2, 10) }),
        log.append({ entries: large }),
        log.append({ entries: range(14, 14) }),
      ];
      expect(log.lastIndex).toBe(14);
      const settled = await Promise.allSettled(calls);
      const full = { status: 'rejected', reason: { name: 'DiskError', code: 'DISK_FULL' } };
      expect(settled).toMatchObject([full, full, full]);
      expect([log.lastIndex, log.termAt(4)]).toEqual([10, 1]);
      expect(await log.read(1, 10)).toEqual(range(1, 10, 1, 1_000));

      disk.addCapacity(1_000_000);
      await log.append({ entries: large });
      const recovered = await afterCrash();
      expect(recovered.lastIndex).toBe(13);
      expect(recovered.recovery.damaged).toEqual([]);
    });

    test('can be emptied by compaction', async () => {
      const log = await open(16_384);
      let lastIndex = 0;
      const fill = async (): Promise<void> => {
        for (;;) {
          await log.append({ entries: range(lastIndex + 1, lastIndex + 1, 1, 3_000) });
          lastIndex += 1;
        }
      };
      await expect(fill()).rejects.toMatchObject({ code: 'DISK_FULL' });
      await log.compact(lastIndex);
      await log.append({ entries: range(lastIndex + 1, lastIndex + 20, 1, 3_000) });
      expect((await afterCrash()).lastIndex).toBe(lastIndex + 20);
    });
  });

  describe('a failed write or sync', () => {
    test.each(['write', 'sync'] as const)('(%s) poisons the log; reads go on', async (kind) => {
      const log = await open();
      await log.append({ entries: range(1, 3) });
      failing(kind);
      const calls = [log.append({ entries: range(4, 4) }), log.append({ entries: range(5, 5) })];
      const poisoned = { status: 'rejected', reason: { name: 'LogError', code: 'LOG_POISONED' } };
      expect(await Promise.allSettled(calls)).toMatchObject([poisoned, poisoned]);
      observed.before = () => undefined;
      // Nothing is tried again, even though it would work now.
      const later = [log.append({ entries: range(4, 4) }), log.compact(1), log.reset(1, 1)];
      expect(await Promise.allSettled(later)).toMatchObject([poisoned, poisoned, poisoned]);
      expect(await log.read(1, 3)).toEqual(range(1, 3));
      await log.close();
      const recovered = await afterCrash();
      expect(await recovered.read(1, 3)).toEqual(range(1, 3));
      expect(recovered.recovery.damaged).toEqual([]);
    });
  });

  describe('damage', () => {
    async function damaged(): Promise<LogStore> {
      const log = await open();
      for (const entry of range(1, 9)) await log.append({ entries: [entry] });
      await log.close();
      const path = 'data/log/0000000000000001.wal';
      const content = Buffer.from(await contentOf(disk, path));
      const place = content.indexOf(Buffer.alloc(100, 5));
      await overwrite(disk, path, place + 50, Uint8Array.of(0));
      return open();
    }

    test('is named with its place, and does not hide what is behind it', async () => {
      const log = await damaged();
      const report = { logIndex: 5, term: 1, path: 'data/log/0000000000000001.wal' };
      expect(log.recovery.damaged).toMatchObject([report]);
      expect(log.damaged).toEqual(log.recovery.damaged);
      expect([log.lastIndex, log.termAt(5)]).toEqual([9, 1]);
      const error = { name: 'LogDamagedError', code: 'LOG_DAMAGED', damaged: [report] };
      await expect(log.read(1, 9)).rejects.toMatchObject(error);
      await expect(log.read(5, 5)).rejects.toMatchObject(error);
      expect(await log.read(6, 9)).toEqual(range(6, 9));
      const seen: LogEntry[] = [];
      const stream = async (): Promise<void> => {
        for await (const piece of log.entries()) seen.push(...piece);
      };
      await expect(stream()).rejects.toMatchObject(error);
    });

    test('is healed by truncating and appending again, for good', async () => {
      const log = await damaged();
      await log.append({ truncateFrom: 5, entries: range(5, 7, 4) });
      expect(log.damaged).toEqual([]);
      expect(await log.read(4, 7)).toEqual([...range(4, 4), ...range(5, 7, 4)]);
      const recovered = await afterCrash();
      expect(recovered.recovery.damaged).toEqual([]);
      expect(await recovered.read(4, 7)).toEqual([...range(4, 4), ...range(5, 7, 4)]);
    });

    test.each<[string, (log: LogStore) => Promise<void>]>([
      ['compacted', (log) => log.compact(5)],
      ['reset', (log) => log.reset(5, 1)],
    ])('is no longer of interest once it is %s', async (_title, forget) => {
      const log = await damaged();
      await forget(log);
      expect(log.damaged).toEqual([]);
      expect((await afterCrash()).recovery.damaged).toEqual([]);
    });

    test('that comes while the log is open is found by reading, and then named', async () => {
      const log = await open();
      await log.append({ entries: range(1, 5) });
      const path = 'data/log/0000000000000001.wal';
      const content = Buffer.from(await contentOf(disk, path));
      await overwrite(disk, path, content.indexOf(Buffer.alloc(100, 3)), Uint8Array.of(9));
      await expect(log.read(1, 5)).rejects.toMatchObject({ damaged: [{ logIndex: 3 }] });
      expect(log.damaged).toMatchObject([{ logIndex: 3, path }]);
      expect(log.recovery.damaged).toEqual([]);
      expect(await log.read(1, 2)).toEqual(range(1, 2));
    });
  });

  describe('opening and closing', () => {
    test('close waits for what was submitted, and nothing is accepted after it', async () => {
      const log = await open();
      const done = log.append({ entries: range(1, 3) });
      await Promise.all([log.close(), log.close()]);
      await done;
      const closed = { code: 'LOG_CLOSED' };
      await expect(log.append({ entries: range(4, 4) })).rejects.toMatchObject(closed);
      await expect(log.compact(1)).rejects.toMatchObject(closed);
      expect((await afterCrash()).lastIndex).toBe(3);
    });

    test('strange files in the folder are left alone', async () => {
      await disk.createDirectory('data/log');
      const file = await disk.open('data/log/README.txt', { mode: 'new' });
      await file.write(0, Uint8Array.of(1, 2, 3));
      const log = await open();
      await log.append({ entries: range(1, 1) });
      await log.close();
      expect(await contentOf(disk, 'data/log/README.txt')).toEqual(Uint8Array.of(1, 2, 3));
      expect((await open()).lastIndex).toBe(1);
    });
  });
});
