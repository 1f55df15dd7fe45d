import { type Disk, type DiskFile, SnapshotStore, WriteAheadLog } from '@quorate/storage';
import { MemoryDisk } from '@quorate/storage/memory';
import { nodeId } from '@quorate/transport';
import { crc32c } from '@quorate/transport/codec';
import { expect, test } from 'vitest';

import { configurationOf } from '../../src/configuration.ts';
import type { RaftEffect } from '../../src/effects.ts';
import type { Entry, SnapshotMetadata } from '../../src/messages.ts';
import { snapshotMetadataCodec } from '../../src/node/node-record-codec.ts';
import { Persistence } from '../../src/node/persistence.ts';
import { logEntryOf, recover } from '../../src/node/recovery.ts';
import { createRaft } from '../../src/raft.ts';
import { patient } from '../support/lone-node.ts';
import { ManualClock } from '../support/manual-clock.ts';

// A node installs the leader's snapshot, which replaces its log, and crashes between the two
// writes: at the next start there is a gap between snapshot and log (Redis-Raft, Jepsen 2020, #43).
//
// Protection: the snapshot is durable before the log is reset, and `isInstallUnfinished` in
// src/node/recovery.ts finishes at the start what a crash cut short.
// Mutations: let `isInstallUnfinished` say no: after some crashes the log refuses the next entry.
// Reset the log before the snapshot is adopted in `#replaceLog`: a start has neither.

const owner = nodeId('a');
const configuration = configurationOf([owner, nodeId('b'), nodeId('c')]);
const data = Uint8Array.from({ length: 5_000 }, (_, at) => at & 0xff);
const snapshot: SnapshotMetadata = {
  lastIncludedIndex: 50,
  lastIncludedTerm: 3,
  configuration,
  configurationIndex: 0,
};

/** Calls `before` ahead of everything that changes the disk. */
function watched(disk: Disk, before: () => void): Disk {
  const watchFile = (file: DiskFile): DiskFile => ({
    sizeBytes: () => file.sizeBytes(),
    read: (offset, target) => file.read(offset, target),
    write: (offset, bytes) => (before(), file.write(offset, bytes)),
    truncate: (sizeBytes) => (before(), file.truncate(sizeBytes)),
    sync: () => (before(), file.sync()),
    close: () => file.close(),
  });
  return {
    open: async (path, options) => (before(), watchFile(await disk.open(path, options))),
    list: (directory) => disk.list(directory),
    createDirectory: (directory) => disk.createDirectory(directory),
    rename: (from, to) => (before(), disk.rename(from, to)),
    remove: (path) => (before(), disk.remove(path)),
    syncDirectory: (directory) => (before(), disk.syncDirectory(directory)),
  };
}

function entries(term: number, first: number, last: number): readonly Entry[] {
  const kind = 'command' as const;
  return Array.from({ length: last - first + 1 }, (_, place) => {
    return { logIndex: first + place, term, kind, payload: Uint8Array.of(place) };
  });
}

async function openBoth(disk: Disk): Promise<{ log: WriteAheadLog; snapshots: SnapshotStore }> {
  const log = await WriteAheadLog.open({ disk, directory: 'log', segmentBytes: 65_536 });
  return { log, snapshots: await SnapshotStore.open({ disk, directory: 'snapshots' }) };
}

const header = {
  lastIncludedIndex: snapshot.lastIncludedIndex,
  lastIncludedTerm: snapshot.lastIncludedTerm,
  metadata: snapshotMetadataCodec.encode({ logIndex: 0, configuration }),
};

/** Writes a log of ten entries, then a snapshot in its place; answers how each crash leaves it. */
async function install(): Promise<readonly MemoryDisk[]> {
  const memory = new MemoryDisk();
  const crashed: MemoryDisk[] = [];
  const { log, snapshots } = await openBoth(
    watched(memory, () => void crashed.push(memory.afterCrash())),
  );
  const identity = { header, sizeBytes: data.length, crc: crc32c(data, 0, data.length) };
  const persisted: number[] = [];
  const incoming = await snapshots.receive(identity);
  const persistence = new Persistence(
    {
      nodeId: owner,
      startConfiguration: configuration,
      clock: new ManualClock(),
      log,
      snapshots,
      logStart: { logIndex: 0, term: 0 },
      hardState: undefined,
    },
    0,
    {
      claim: () => incoming,
      onPersisted: (ticket) => persisted.push(ticket),
      onDiskFull: () => undefined,
      onDiskRecovered: () => undefined,
      onFailed: (error) => {
        throw error;
      },
    },
  );
  const hardState = { currentTerm: 3, votedFor: undefined, promised: undefined };
  const base = { kind: 'persist', snapshot: undefined, truncateFrom: undefined } as const;
  const write = async (effect: Extract<RaftEffect, { kind: 'persist' }>): Promise<void> => {
    persistence.persist(effect);
    while (persisted.at(-1) !== effect.ticket) await new Promise((done) => setImmediate(done));
  };
  await write({ ...base, ticket: 1, hardState, entries: entries(1, 1, 10) });
  crashed.length = 0;
  await incoming.append(data);
  await incoming.finish();
  await write({ ...base, ticket: 2, hardState: undefined, snapshot, entries: entries(3, 51, 53) });
  crashed.push(memory.afterCrash());
  return crashed;
}

/** What a node that starts on `disk` has: where the snapshot ends, and the log after it. */
async function startedOn(disk: Disk): Promise<string> {
  const after = await openBoth(disk);
  const source = { nodeId: owner, configuration, ...after, trailingEntryCount: 0 };
  const { hardState, snapshot: found, logStart, entries: tail, damagedLog } = await recover(source);
  const raft = createRaft({
    id: owner,
    voters: configuration.voters,
    random: patient,
    hardState,
    snapshot: found?.position,
    logStart,
    entries: tail,
    damaged: damagedLog,
  });
  await found?.stream.close();
  // The log on disk goes on where the core believes it ends.
  const [next] = entries(9, raft.log.lastIndex + 1, raft.log.lastIndex + 1);
  await after.log.append({ entries: next === undefined ? [] : [logEntryOf(next)] });
  await after.log.close();
  return `${found?.position.logIndex ?? 0} then ${raft.log.firstIndex}..${raft.log.lastIndex}`;
}

test('a crash anywhere in an installation leaves the old state or the new one', async () => {
  const seen = new Set<string>();
  for (const disk of await install()) seen.add(await startedOn(disk));
  expect([...seen].sort()).toEqual(['0 then 1..10', '50 then 51..50', '50 then 51..53']);
});
