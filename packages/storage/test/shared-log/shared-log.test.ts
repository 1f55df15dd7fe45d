import { beforeEach, describe, expect, test } from 'vitest';

import { MemoryDisk } from '../../src/adapters/memory.ts';
import type { LogEntry } from '../../src/log-entry.ts';
import type { LogStore } from '../../src/log-store.ts';
import { SharedLog } from '../../src/shared-log/shared-log.ts';
import { contentOf, overwrite } from '../support/damage.ts';
import { entryOf } from '../support/files.ts';
import { ObservedDisk } from '../support/observed-disk.ts';

let disk: MemoryDisk;
let observed: ObservedDisk;

beforeEach(() => {
  disk = new MemoryDisk();
  observed = new ObservedDisk(disk);
});

const open = (on: MemoryDisk | ObservedDisk = observed, segmentBytes = 4_096): Promise<SharedLog> =>
  SharedLog.open({ disk: on, directory: 'log', segmentBytes });
const range = (from: number, to: number, size = 100): readonly LogEntry[] =>
  Array.from({ length: to - from + 1 }, (_, position) => entryOf(from + position, 1, size));
const segments = async (): Promise<readonly string[]> =>
  (await disk.list('log')).filter((name) => name.endsWith('.wal'));

/** Appends `count` large entries, and compacts most of them. */
async function churn(log: LogStore, count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) {
    const next = log.lastIndex + 1;
    await log.append({ entries: range(next, next, 1_500) });
    if (next % 4 === 0) await log.compact(next - 1);
  }
}

describe('appending', () => {
  test('of sixty-four groups in one turn is one write and one sync', async () => {
    const shared = await open(observed, 1_048_576);
    const logs = Array.from({ length: 64 }, (_, place) => shared.openGroup(`group-${place}`));
    const metadata = new Uint8Array(80);
    await Promise.all(logs.map((log) => log.append({ entries: [entryOf(1, 1, 90)], metadata })));
    const operations: string[] = [];
    observed.before = ({ kind }) => void operations.push(kind);
    const { batchCount } = shared;
    await Promise.all(logs.map((log) => log.append({ entries: [entryOf(2, 1, 100)], metadata })));
    expect(operations).toEqual(['write', 'sync']);
    expect(shared.batchCount).toBe(batchCount + 1);
    const recovered = await open(disk.afterCrash());
    for (const groupId of recovered.groupIds) {
      expect(await recovered.openGroup(groupId).read(2, 2)).toEqual([entryOf(2, 1, 100)]);
    }
  });

  test('while a sync is under way waits for the next, whoever asks', async () => {
    const shared = await open(observed, 1_048_576);
    const [red, blue] = [shared.openGroup('red'), shared.openGroup('blue')];
    await red.append({ entries: range(1, 1) });
    let syncCount = 0;
    const later: Promise<void>[] = [];
    observed.before = ({ kind }) => {
      if (kind !== 'sync') return;
      syncCount += 1;
      if (syncCount > 1) return;
      later.push(red.append({ entries: range(3, 3) }), blue.append({ entries: range(1, 2) }));
    };
    await red.append({ entries: range(2, 2) });
    await Promise.all(later);
    expect(syncCount).toBe(2);
  });

  test('on a full disk is undone for all, and works once there is room', async () => {
    disk = new MemoryDisk({ capacityBytes: 100_000 });
    const shared = await open(disk, 65_536);
    const [red, blue] = [shared.openGroup('red'), shared.openGroup('blue')];
    await red.append({ entries: range(1, 2) });
    const calls = [
      red.append({ entries: range(3, 3, 200_000) }),
      blue.append({ entries: range(1, 1) }),
    ];
    const full = { status: 'rejected', reason: { code: 'DISK_FULL' } };
    expect(await Promise.allSettled(calls)).toMatchObject([full, full]);
    expect([red.lastIndex, blue.lastIndex]).toEqual([2, 0]);
    await blue.append({ entries: range(1, 1) });
    expect((await open(disk.afterCrash())).groupIds).toEqual(['blue', 'red']);
  });
});

describe('what lags', () => {
  test('does not keep segments: the entries of an idle group move to the head', async () => {
    const shared = await open();
    const [idle, busy] = [shared.openGroup('idle'), shared.openGroup('busy')];
    await idle.append({ entries: range(1, 3), metadata: Uint8Array.of(5) });
    await churn(busy, 60);
    await shared.close();
    const names = await segments();
    expect(names).not.toContain('0000000000000001.wal');
    expect(names.length).toBeLessThan(10);
    const recovered = await open(disk.afterCrash());
    const log = recovered.openGroup('idle');
    expect(log.recovery).toMatchObject({ metadata: Uint8Array.of(5), damaged: [] });
    expect(await log.read(1, 3)).toEqual(range(1, 3));
  });

  test('is not moved while most of the log is in use', async () => {
    const shared = await open();
    const [idle, busy] = [shared.openGroup('idle'), shared.openGroup('busy')];
    await idle.append({ entries: range(1, 3) });
    for (let next = 1; next <= 30; next += 1)
      await busy.append({ entries: range(next, next, 1_500) });
    await shared.close();
    expect(await segments()).toContain('0000000000000001.wal');
  });

  test('can be read while it moves, and what reads it look at stays', async () => {
    const shared = await open();
    const [idle, busy] = [shared.openGroup('idle'), shared.openGroup('busy')];
    await idle.append({ entries: range(1, 3) });
    let isStalled = false;
    let release = (): void => undefined;
    const reached = new Promise<void>((resolve) => {
      observed.before = ({ kind, path }) => {
        if (kind !== 'open' || !path.endsWith('1.wal') || isStalled) return undefined;
        isStalled = true;
        resolve();
        return new Promise((go) => (release = go));
      };
    });
    const reading = idle.read(1, 3);
    await reached;
    const first = [1, 2, 3].map((next) => entryOf(next, 1, 1_500));
    for (const entry of first) await busy.append({ entries: [entry] });
    // What the reader looks for is elsewhere now, and nobody else needs it here.
    await idle.append({ truncateFrom: 1, entries: range(1, 3) });
    for (let next = 4; next <= 40; next += 1) {
      await busy.append({ entries: range(next, next, 1_500) });
      if (next % 4 === 0) void busy.compact(next - 1);
    }
    release();
    expect(await reading).toEqual(range(1, 3));
    expect(await idle.read(1, 3)).toEqual(range(1, 3));
    await shared.close();
    expect(await segments()).not.toContain('0000000000000001.wal');
  });

  test('is gone once the log is closed, and not behind the back of a next owner', async () => {
    const shared = await open();
    const busy = shared.openGroup('busy');
    let release = (): void => undefined;
    const gate = new Promise<void>((go) => (release = go));
    const reached = new Promise<void>((resolve) => {
      observed.before = ({ kind, path }) => {
        if (kind !== 'remove' || !path.endsWith('1.wal')) return undefined;
        resolve();
        return gate;
      };
    });
    for (let next = 1; next <= 12; next += 1) {
      await busy.append({ entries: range(next, next, 1_500) });
    }
    // It waits until the segments are gone.
    void busy.compact(11);
    await reached;
    observed.before = () => undefined;
    const closing = shared.close();
    const isClosed = closing.then(() => true);
    const turns = (async () => {
      for (let turn = 0; turn < 1_000; turn += 1) await Promise.resolve();
      return false;
    })();
    expect(await Promise.race([isClosed, turns])).toBe(false);
    release();
    await closing;
    expect(await segments()).not.toContain('0000000000000001.wal');
  });
});

describe('a group', () => {
  test('is open once, and again after it was closed, with what it had', async () => {
    const shared = await open();
    const log = shared.openGroup('red');
    const locked = expect.objectContaining({ code: 'DISK_LOCKED' }) as unknown;
    expect(() => shared.openGroup('red')).toThrow(locked);
    const done = log.append({ entries: range(1, 2), metadata: Uint8Array.of(3) });
    await log.close();
    await done;
    await expect(log.append({ entries: range(3, 3) })).rejects.toMatchObject({
      code: 'LOG_CLOSED',
    });
    const again = shared.openGroup('red');
    expect([again.lastIndex, again.recovery.metadata]).toEqual([2, Uint8Array.of(3)]);
    await shared.close();
    expect(() => shared.openGroup('blue')).toThrow('the log is closed');
  });

  test('that was removed is gone for good, and its name begins anew', async () => {
    const shared = await open();
    const log = shared.openGroup('red');
    await log.append({ entries: range(1, 5), metadata: Uint8Array.of(1) });
    await expect(shared.removeGroup('red')).rejects.toMatchObject({ code: 'DISK_LOCKED' });
    await log.close();
    await shared.removeGroup('red');
    await shared.removeGroup('never-there');
    expect(shared.groupIds).toEqual([]);
    const anew = shared.openGroup('red');
    expect([anew.lastIndex, anew.recovery.metadata]).toEqual([0, undefined]);
    await anew.append({ entries: range(1, 1) });
    await shared.close();
    const reopened = (await open(disk.afterCrash())).openGroup('red');
    expect([reopened.lastIndex, reopened.recovery.metadata, reopened.damaged]).toEqual([
      1,
      undefined,
      [],
    ]);
  });

  test.each(['', '.', '..', 'a/b', 'a b', 'x'.repeat(65), 'ä'])('is not called %j', async (id) => {
    const shared = await open();
    expect(() => shared.openGroup(id)).toThrow(/^groupId: expected 1\.\.64 of/);
    await expect(shared.removeGroup(id)).rejects.toThrow(RangeError);
  });
});

describe('damage', () => {
  /** Three groups; then a batch of `last` alone, of which nothing is left; then one of blue. */
  async function withLostBatch(last: string): Promise<SharedLog> {
    const shared = await open(disk, 65_536);
    const logs = new Map(['red', 'blue', 'grey'].map((name) => [name, shared.openGroup(name)]));
    for (const log of logs.values()) await log.append({ entries: range(1, 3) });
    const path = 'log/0000000000000001.wal';
    const end = (content: Uint8Array): number => Buffer.from(content).lastIndexOf('DONE') + 88;
    const from = end(await contentOf(disk, path));
    await logs.get(last)!.append({ entries: range(4, 4) });
    const to = end(await contentOf(disk, path));
    const blue = logs.get('blue')!;
    await blue.append({ entries: range(blue.lastIndex + 1, blue.lastIndex + 1) });
    await shared.close();
    await overwrite(disk, path, from, new Uint8Array(to - from));
    return open(disk, 65_536);
  }

  test('that hides whose it was is named where a later batch tells', async () => {
    const shared = await withLostBatch('blue');
    const blue = shared.openGroup('blue');
    expect(blue.damaged).toMatchObject([{ logIndex: 4, path: 'log/0000000000000001.wal' }]);
    expect(await blue.read(5, 5)).toEqual(range(5, 5));
  });

  test('whose owner nobody tells refuses those it may have hit, until removed', async () => {
    const shared = await withLostBatch('red');
    expect(shared.openGroup('blue').damaged).toEqual([]);
    const damaged = expect.objectContaining({ code: 'LOG_DAMAGED' }) as unknown;
    for (const name of ['red', 'grey', 'new'])
      expect(() => shared.openGroup(name)).toThrow(damaged);
    await shared.removeGroup('grey');
    await shared.removeGroup('new');
    await shared.openGroup('grey').append({ entries: range(1, 1) });
    await shared.close();
    const reopened = await open(disk, 65_536);
    expect(reopened.openGroup('grey').lastIndex).toBe(1);
    expect(reopened.openGroup('new').lastIndex).toBe(0);
    expect(() => reopened.openGroup('red')).toThrow(damaged);
  });

  test('of a segment before the newest is never in doubt', async () => {
    const shared = await open(disk);
    const [red, blue] = [shared.openGroup('red'), shared.openGroup('blue')];
    await red.append({ entries: range(1, 2), metadata: Uint8Array.of(1) });
    for (let next = 1; next <= 6; next += 1)
      await blue.append({ entries: range(next, next, 1_500) });
    await shared.close();
    const content = await contentOf(disk, 'log/0000000000000001.wal');
    await overwrite(disk, 'log/0000000000000001.wal', 0, new Uint8Array(content.length));
    const reopened = await open(disk);
    const log = reopened.openGroup('red');
    expect(log.recovery.metadata).toEqual(Uint8Array.of(1));
    expect(log.damaged.map(({ logIndex }) => logIndex)).toEqual([1, 2]);
  });
});
