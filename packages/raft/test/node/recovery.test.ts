import { SnapshotStore, WriteAheadLog } from '@quorate/storage';
import { MemoryDisk } from '@quorate/storage/memory';
import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { configurationOf } from '../../src/configuration.ts';
import type { Entry } from '../../src/messages.ts';
import { snapshotMetadataCodec, nodeRecordCodec } from '../../src/node/node-record-codec.ts';
import { logEntryOf, recover } from '../../src/node/recovery.ts';
import { emptyIdentity } from '../support/empty-identity.ts';

const owner = nodeId('n1');
const configuration = configurationOf([owner]);
const configurationAt = { logIndex: 0, configuration };
const hardState = { currentTerm: 5, votedFor: owner, promised: undefined };

function entries(first: number, last: number, term = 2): Entry[] {
  return Array.from({ length: last - first + 1 }, (_, place) => ({
    logIndex: first + place,
    term,
    kind: (first + place) % 2 === 0 ? 'noop' : 'command',
    payload: new Uint8Array(place % 3).fill(first + place),
  }));
}

/** A directory with a log of entries 1 to `last` and the hard state. */
async function setUp(last = 20) {
  const disk = new MemoryDisk();
  const writer = await WriteAheadLog.open({ disk, directory: 'log' });
  const snapshots = await SnapshotStore.open({ disk, directory: 'snapshots' });
  await writer.append({
    entries: entries(1, last).map(logEntryOf),
    metadata: nodeRecordCodec.encode({
      nodeId: owner,
      configuration,
      hardState,
      identity: emptyIdentity,
    }),
  });
  await writer.close();
  const log = await WriteAheadLog.open({ disk, directory: 'log' });
  const save = (lastIncludedIndex: number, lastIncludedTerm: number): Promise<void> => {
    const metadata = snapshotMetadataCodec.encode(configurationAt);
    return snapshots.save(
      { lastIncludedIndex, lastIncludedTerm, metadata },
      Uint8Array.of(lastIncludedIndex),
    );
  };
  const source = { nodeId: owner, configuration, log, snapshots, trailingEntryCount: 3 };
  return { disk, log, snapshots, save, source };
}

/** Flips a bit in the middle of every file in `directory` that matches. */
async function rot(disk: MemoryDisk, directory: string, pattern: RegExp): Promise<void> {
  for (const name of await disk.list(directory)) {
    if (!pattern.test(name)) continue;
    const file = await disk.open(`${directory}/${name}`);
    const offset = Math.floor((await file.sizeBytes()) / 2);
    const byte = new Uint8Array(1);
    await file.read(offset, byte);
    await file.write(offset, Uint8Array.of((byte[0] ?? 0) ^ 16));
    await file.sync();
    await file.close();
  }
}

describe('recover', () => {
  test('finds nothing on an empty disk', async () => {
    const disk = new MemoryDisk();
    const log = await WriteAheadLog.open({ disk, directory: 'log' });
    const snapshots = await SnapshotStore.open({ disk, directory: 'snapshots' });
    const source = { nodeId: owner, configuration, log, snapshots, trailingEntryCount: 3 };
    expect(await recover(source)).toEqual({
      hardState: undefined,
      startConfiguration: configuration,
      snapshot: undefined,
      logStart: { logIndex: 0, term: 0 },
      entries: [],
      damagedLog: undefined,
      damagedEntries: [],
      damagedSnapshots: [],
    });
  });

  test('reads back the hard state and the whole log', async () => {
    const { source } = await setUp();
    expect(await recover(source)).toMatchObject({ hardState, entries: entries(1, 20) });
  });

  test.each([3, 5, 6, 9, 10])('reads back %i entries of a mebibyte, in pieces', async (last) => {
    const disk = new MemoryDisk();
    const writer = await WriteAheadLog.open({ disk, directory: 'log' });
    const identity = emptyIdentity;
    const record = { nodeId: owner, configuration, hardState, identity };
    const large = entries(1, last).map((entry) => ({ ...entry, payload: new Uint8Array(2 ** 20) }));
    const metadata = nodeRecordCodec.encode(record);
    await writer.append({ entries: large.map(logEntryOf), metadata });
    await writer.close();
    const log = await WriteAheadLog.open({ disk, directory: 'log' });
    const snapshots = await SnapshotStore.open({ disk, directory: 'snapshots' });
    const source = { nodeId: owner, configuration, log, snapshots, trailingEntryCount: 3 };
    const recovered = await recover(source);
    const found = recovered.entries.map(({ logIndex, payload }) => [logIndex, payload.length]);
    expect(found).toEqual(large.map(({ logIndex }) => [logIndex, 2 ** 20]));
  });

  test('keeps the snapshot, what follows it, and a trail before it', async () => {
    const { save, source } = await setUp();
    await save(12, 2);
    const recovered = await recover(source);
    expect(recovered.snapshot).toMatchObject({
      position: { logIndex: 12, term: 2 },
      configuration: configurationAt,
    });
    const pieces: Uint8Array[] = [];
    for await (const piece of recovered.snapshot!.stream.chunks()) pieces.push(piece);
    expect(pieces).toEqual([Uint8Array.of(12)]);
    expect(recovered.logStart).toEqual({ logIndex: 9, term: 2 });
    expect(recovered.entries).toEqual(entries(1, 20).slice(9));
  });

  test.each([
    ['beyond the end of the log', 25, 2],
    ['of another term than the log has there', 12, 3],
  ])('finishes the installation of a snapshot %s', async (_what, logIndex, term) => {
    const { disk, log, save, source } = await setUp();
    await save(logIndex, term);
    const recovered = await recover(source);
    expect(recovered).toMatchObject({ hardState, logStart: { logIndex, term }, entries: [] });
    expect(log.firstIndex).toBe(logIndex + 1);
    expect(log.lastIndex).toBe(logIndex);
    await log.close();
    const reopened = await WriteAheadLog.open({ disk, directory: 'log' });
    expect(nodeRecordCodec.decode(reopened.recovery.metadata!).hardState).toEqual(hardState);
  });

  test('falls back on the older snapshot and the log behind it', async () => {
    const { disk, log, save, source } = await setUp();
    await save(8, 2);
    await save(16, 2);
    await log.compact(8);
    await rot(disk, 'snapshots', /2\.snapshot$/);
    const recovered = await recover(source);
    expect(recovered.snapshot?.position).toEqual({ logIndex: 8, term: 2 });
    expect(recovered.entries).toEqual(entries(1, 20).slice(8));
    expect(recovered.damagedLog).toBeUndefined();
    expect(recovered.damagedSnapshots).toHaveLength(1);
  });

  test('rebuilds from a whole log when no snapshot can be read', async () => {
    const { disk, save, source } = await setUp();
    await save(8, 2);
    await rot(disk, 'snapshots', /snapshot$/);
    const recovered = await recover(source);
    expect(recovered.snapshot).toBeUndefined();
    expect(recovered.entries).toEqual(entries(1, 20));
    expect(recovered.damagedLog).toBeUndefined();
  });

  test('calls it damage when nothing stands for the beginning of the log', async () => {
    const { disk, log, save, source } = await setUp();
    await save(8, 2);
    await log.compact(8);
    await rot(disk, 'snapshots', /snapshot$/);
    const recovered = await recover(source);
    expect(recovered).toMatchObject({
      snapshot: undefined,
      logStart: { logIndex: 0, term: 0 },
      entries: [],
      damagedLog: { firstDamagedIndex: 1, lastIndex: 20, lastTerm: 2 },
    });
    expect(recovered.damagedEntries[0]?.reason).toContain('no readable snapshot');
  });

  test('refuses a log without the record of its vote', async () => {
    const disk = new MemoryDisk();
    const log = await WriteAheadLog.open({ disk, directory: 'log' });
    await log.append({ entries: entries(1, 1).map(logEntryOf) });
    const snapshots = await SnapshotStore.open({ disk, directory: 'snapshots' });
    const source = { nodeId: owner, configuration, log, snapshots, trailingEntryCount: 3 };
    await expect(recover(source)).rejects.toMatchObject({ code: 'RAFT_RECORD_LOST' });
  });
});

describe('recover after damage in the log', () => {
  /** Entries of 600 bytes, a batch each, with a flipped bit in the payload of one of them. */
  async function damaged(damagedIndex: number, snapshotIndex = 0) {
    const disk = new MemoryDisk();
    const log = await WriteAheadLog.open({ disk, directory: 'log' });
    const metadata = nodeRecordCodec.encode({
      nodeId: owner,
      configuration,
      hardState,
      identity: emptyIdentity,
    });
    for (let logIndex = 1; logIndex <= 10; logIndex += 1) {
      const payload = new Uint8Array(600).fill(logIndex);
      await log.append({ entries: [{ logIndex, term: 2, type: 1, payload }], metadata });
    }
    await log.close();
    const [name] = await disk.list('log');
    const file = await disk.open(`log/${name}`);
    const content = new Uint8Array(await file.sizeBytes());
    await file.read(0, content);
    const offset = content.findIndex(
      (byte, at) => byte === damagedIndex && content[at + 400] === damagedIndex,
    );
    await file.write(offset + 200, Uint8Array.of(0));
    await file.sync();
    await file.close();
    const reopened = await WriteAheadLog.open({ disk, directory: 'log' });
    const snapshots = await SnapshotStore.open({ disk, directory: 'snapshots' });
    const header = {
      lastIncludedIndex: snapshotIndex,
      lastIncludedTerm: 2,
      metadata: snapshotMetadataCodec.encode(configurationAt),
    };
    if (snapshotIndex > 0) await snapshots.save(header, Uint8Array.of(1));
    const source = { nodeId: owner, configuration, log: reopened, snapshots };
    return recover({ ...source, trailingEntryCount: 8 });
  }

  test('stops before the first entry that is lost, and says how far the log went', async () => {
    const recovered = await damaged(4);
    expect(recovered.entries.map(({ logIndex }) => logIndex)).toEqual([1, 2, 3]);
    expect(recovered.damagedLog).toMatchObject({
      firstDamagedIndex: 4,
      lastIndex: 10,
      lastTerm: 2,
      terms: new Map([[4, 2]]),
    });
    const { later = [] } = recovered.damagedLog ?? {};
    expect(later.map(({ logIndex }) => logIndex)).toEqual([5, 6, 7, 8, 9, 10]);
    expect(recovered.damagedEntries).toMatchObject([{ logIndex: 4, term: 2 }]);
    expect(recovered.hardState).toEqual(hardState);
  });

  test('ignores what a snapshot stands for', async () => {
    const recovered = await damaged(4, 6);
    expect(recovered.damagedLog).toBeUndefined();
    expect(recovered.logStart).toEqual({ logIndex: 4, term: 2 });
    expect(recovered.entries.map(({ logIndex }) => logIndex)).toEqual([5, 6, 7, 8, 9, 10]);
  });
});
