import { SnapshotStore, WriteAheadLog } from '@quorate/storage';
import { MemoryDisk } from '@quorate/storage/memory';
import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { configurationOf } from '../../src/configuration.ts';
import type { RaftEffect } from '../../src/effects.ts';
import type { Entry, Snapshot } from '../../src/messages.ts';
import { nodeRecordCodec } from '../../src/node/node-record-codec.ts';
import { Persistence } from '../../src/node/persistence.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { emptyIdentity } from '../support/empty-identity.ts';

const owner = nodeId('n1');
const configuration = configurationOf([owner]);
const configurationAt = { logIndex: 0, configuration };

type PersistEffect = Extract<RaftEffect, { kind: 'persist' }>;

function entry(logIndex: number, sizeBytes = 1): Entry {
  return { logIndex, term: 1, kind: 'command', payload: new Uint8Array(sizeBytes).fill(logIndex) };
}

function write(ticket: number, parts: Partial<PersistEffect> = {}): PersistEffect {
  return {
    kind: 'persist',
    ticket,
    hardState: undefined,
    snapshot: undefined,
    truncateFrom: undefined,
    entries: [],
    ...parts,
  };
}

/** Everything there is to run, promises first. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

async function setUp(disk = new MemoryDisk()) {
  const clock = new ManualClock();
  const log = await WriteAheadLog.open({ disk, directory: 'log', segmentBytes: 65_536 });
  const snapshots = await SnapshotStore.open({ disk, directory: 'snapshots' });
  const said: string[] = [];
  const target = {
    nodeId: owner,
    startConfiguration: configuration,
    clock,
    log,
    snapshots,
    logStart: { logIndex: 0, term: 0 },
    hardState: undefined,
    identity: () => emptyIdentity,
  };
  const persistence = new Persistence(target, 0, {
    claim: () => {
      throw new Error('nothing is stored in pieces here');
    },
    onPersisted: (ticket) => said.push(`persisted ${ticket}`),
    onDiskFull: () => said.push('full'),
    onDiskRecovered: () => said.push('recovered'),
    onFailed: () => said.push('failed'),
  });
  return { disk, clock, log, snapshots, persistence, said };
}

describe('Persistence', () => {
  test('reports a write once it is durable, and many of one sync at once', async () => {
    const { disk, persistence, said } = await setUp();
    persistence.persist(write(1, { entries: [entry(1)] }));
    persistence.persist(write(2, { entries: [entry(2)] }));
    persistence.persist(write(3, { truncateFrom: 2, entries: [entry(2), entry(3)] }));
    expect(said).toEqual([]);
    expect(persistence.pendingCount).toBe(3);
    await settle();
    expect(said).toEqual(['persisted 3']);
    expect(persistence.pendingCount).toBe(0);
    const reopened = await WriteAheadLog.open({ disk: disk.afterCrash(), directory: 'log' });
    expect(reopened.lastIndex).toBe(3);
  });

  test('writes the hard state with the entries, and whose it is', async () => {
    const { disk, persistence } = await setUp();
    const hardState = { currentTerm: 4, votedFor: owner, promised: undefined };
    persistence.persist(write(1, { hardState, entries: [entry(1)] }));
    await settle();
    const reopened = await WriteAheadLog.open({ disk: disk.afterCrash(), directory: 'log' });
    expect(nodeRecordCodec.decode(reopened.recovery.metadata!)).toEqual({
      nodeId: owner,
      configuration,
      hardState,
      identity: emptyIdentity,
    });
  });

  test('writes the record for the identity alone, after what was asked for before', async () => {
    const { disk, persistence, said } = await setUp();
    const hardState = { currentTerm: 4, votedFor: owner, promised: undefined };
    persistence.persist(write(1, { hardState, entries: [entry(1)] }));
    persistence.saveIdentity(() => said.push('identity'));
    await settle();
    expect(said).toContain('identity');
    expect(said).toContain('persisted 1');
    const reopened = await WriteAheadLog.open({ disk: disk.afterCrash(), directory: 'log' });
    expect(nodeRecordCodec.decode(reopened.recovery.metadata!)).toMatchObject({ hardState });
  });

  test('stores a snapshot, then replaces the log, and goes on after it', async () => {
    const { log, snapshots, persistence, said } = await setUp();
    const hardState = { currentTerm: 7, votedFor: undefined, promised: undefined };
    const snapshot: Snapshot = {
      lastIncludedIndex: 10,
      lastIncludedTerm: 1,
      configuration,
      configurationIndex: 4,
      data: Uint8Array.of(5),
    };
    persistence.persist(write(1, { hardState, entries: [entry(1)] }));
    persistence.persist(write(2, { snapshot, entries: [entry(11)] }));
    persistence.persist(write(3, { entries: [entry(12)] }));
    for (let turn = 0; turn < 5; turn += 1) await settle();
    expect(said).toEqual(['persisted 1', 'persisted 2', 'persisted 3']);
    expect(log.firstIndex).toBe(11);
    expect(log.lastIndex).toBe(12);
    expect((await snapshots.latest())?.header.lastIncludedIndex).toBe(10);
  });

  describe('on a full disk', () => {
    /** A disk that took write 1 and has no room for what comes after it. */
    async function fillUp() {
      const disk = new MemoryDisk({ capacityBytes: 1_048_576 });
      const parts = await setUp(disk);
      parts.persistence.persist(write(1, { entries: [entry(1)] }));
      await settle();
      const takenBytes = disk.freeBytes;
      disk.addCapacity(-takenBytes);
      return { ...parts, takenBytes };
    }

    test('holds writes back, in order, and goes on when there is room', async () => {
      const { disk, clock, log, persistence, said, takenBytes } = await fillUp();
      persistence.persist(write(2, { entries: [entry(2, 70_000)] }));
      persistence.persist(write(3, { entries: [entry(3)] }));
      await settle();
      persistence.persist(write(4, { entries: [entry(4)] }));
      await settle();
      expect(said).toEqual(['persisted 1', 'full']);
      expect(persistence.isFull).toBe(true);
      expect(persistence.pendingCount).toBe(3);
      expect(log.lastIndex).toBe(1);

      clock.advance(500);
      await settle();
      expect(said).toEqual(['persisted 1', 'full']);

      disk.addCapacity(takenBytes);
      clock.advance(500);
      for (let turn = 0; turn < 5; turn += 1) await settle();
      expect(said.slice(2)).toEqual(['recovered', 'persisted 2', 'persisted 4']);
      expect(persistence.isFull).toBe(false);
      expect(log.lastIndex).toBe(4);
    });

    test('takes no snapshot, and does not fail for it', async () => {
      const { persistence, said } = await fillUp();
      const isSaved = await persistence.saveSnapshot(
        { logIndex: 1, term: 1 },
        configurationAt,
        new Uint8Array(9),
      );
      expect(isSaved).toBe(false);
      expect(said).toEqual(['persisted 1']);
    });

    test('tries nothing any more once it is stopped', async () => {
      const { disk, clock, log, persistence, takenBytes } = await fillUp();
      persistence.persist(write(2, { entries: [entry(2, 70_000)] }));
      await settle();
      persistence.stop();
      disk.addCapacity(takenBytes);
      clock.advance(10_000);
      await settle();
      expect(log.lastIndex).toBe(1);
      expect(clock.timerCount).toBe(0);
    });
  });

  test('fails for good when the log does, and reports once', async () => {
    const { log, persistence, said } = await setUp();
    await log.close();
    persistence.persist(write(1, { entries: [entry(1)] }));
    persistence.persist(write(2, { entries: [entry(2)] }));
    await settle();
    expect(said).toEqual(['failed']);
    persistence.persist(write(3, { entries: [entry(3)] }));
    expect(
      await persistence.saveSnapshot({ logIndex: 1, term: 1 }, configurationAt, new Uint8Array(1)),
    ).toBe(false);
    await settle();
    expect(said).toEqual(['failed']);
  });

  test('keeps the log back to the older of two snapshots', async () => {
    const { log, persistence } = await setUp();
    const entries = Array.from({ length: 30 }, (_, place) => entry(place + 1));
    persistence.persist(write(1, { entries }));
    await settle();
    for (const [logIndex, firstIndex] of [
      [10, 1],
      [20, 11],
      [30, 21],
    ] as const) {
      expect(
        await persistence.saveSnapshot({ logIndex, term: 1 }, configurationAt, new Uint8Array(1)),
      ).toBe(true);
      persistence.compact(logIndex);
      await settle();
      expect(log.firstIndex).toBe(firstIndex);
    }
  });

  test('never stores a snapshot after one that reaches further', async () => {
    const { snapshots, persistence } = await setUp();
    await persistence.saveSnapshot({ logIndex: 20, term: 1 }, configurationAt, Uint8Array.of(20));
    const isSaved = await persistence.saveSnapshot(
      { logIndex: 10, term: 1 },
      configurationAt,
      Uint8Array.of(10),
    );
    expect(isSaved).toBe(false);
    expect((await snapshots.latest())?.header.lastIncludedIndex).toBe(20);
  });

  test('stores a snapshot again in place of one that cannot be read', async () => {
    const { disk, snapshots, persistence } = await setUp();
    const position = { logIndex: 20, term: 1 };
    await persistence.saveSnapshot(position, configurationAt, Uint8Array.of(20));
    const [name = ''] = await disk.list('snapshots');
    const file = await disk.open(`snapshots/${name}`);
    await file.write(0, new Uint8Array(8));
    await file.close();
    await expect(snapshots.latest()).rejects.toThrow();
    const isSaved = await persistence.saveSnapshot(position, configurationAt, Uint8Array.of(21));
    expect(isSaved).toBe(true);
    expect((await snapshots.latest())?.data).toEqual(Uint8Array.of(21));
  });
});
