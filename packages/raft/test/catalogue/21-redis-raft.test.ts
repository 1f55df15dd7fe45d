import { MemoryDisk } from '@quorate/storage/memory';
import { crc32c } from '@quorate/transport/codec';
import { expect, test } from 'vitest';

import type { SnapshotMetadata } from '../../src/messages.ts';
import { snapshotMetadataCodec } from '../../src/node/node-record-codec.ts';
import { CoreCluster, n1, n2, n3, n4, n5 } from '../support/core-cluster.ts';
import { watched } from '../support/interrupted-disk.ts';
import { patient } from '../support/lone-node.ts';
import { NodeScene } from '../support/node-scene.ts';
import { commands, startedOn, storedConfiguration, StoredNode } from '../support/stored-node.ts';

// What Jepsen found in Redis-Raft (2020), by the numbers of its issues. Each test names its own
// protection, and the mutation that makes it fail.

/** n1 leads and has committed the no-op of its term. */
function settled(nodeCount: number): CoreCluster {
  const cluster = new CoreCluster({ random: patient, nodeCount });
  cluster.elect(n1);
  cluster.settle();
  return cluster;
}

// #14: all data was gone after a failover, because followers stored entries and applied none.
// Protection: `applyCommitted` ends every step, whatever the role: `finish` of src/raft.ts.
// Mutation: apply where the node leads only.
test('followers apply what is committed, and have it when they lead', () => {
  const cluster = settled(3);
  cluster.propose(n1, 10);
  cluster.settle();
  expect(cluster.raft(n1).commitIndex).toBe(11);
  cluster.crash(n1, 0);
  const digests = [n2, n3].map((id) => cluster.node(id).stateMachine);
  expect(digests.map(({ logIndex }) => logIndex)).toEqual([11, 11]);
  cluster.elect(n2);
  cluster.settle();
  expect(cluster.node(n2).stateMachine.logIndex).toBe(12);
});

// #17: updates were lost when the network fell apart while the members changed. A leader on the
// wrong side takes one node after the other out of its configuration, until it is a majority.
// Protection: no change before the one before it is committed: 'changePending' in
// src/membership.ts.
// Mutation: without it, n1 and n2 commit what n3, n4 and n5 replace.
test('a minority does not make itself a majority', () => {
  const cluster = settled(5);
  cluster.split([n1, n2], [n3, n4, n5]);
  const reasons = [n5, n4, n3].flatMap((node) => {
    const effects = cluster.change(n1, [{ kind: 'remove', node }], { isForced: true });
    cluster.settle();
    return effects.filter((effect) => effect.kind === 'membershipRefused');
  });
  expect(reasons.map(({ reason }) => reason)).toEqual(['changePending', 'changePending']);
  cluster.propose(n1, 3);
  cluster.settle();
  cluster.elect(n3);
  cluster.propose(n3, 5);
  cluster.settle();
  expect(cluster.raft(n3).commitIndex).toBe(7);
  cluster.rejoin();
  for (let tick = 0; tick < 30; tick += 1) cluster.tick();
  expect(cluster.leader?.raft?.configuration.voters).toEqual(cluster.ids);
});

// #28, #44: two leaders after nodes were paused and killed while the network fell apart and members
// changed. n3 knows that n1 was removed, and starts anew; n1 was paused all the time.
// Protection: `initialState` of src/recovery.ts takes the members from the log, not from the
// options that the cluster once started with.
// Mutation: take them from the options: n3 and n1 elect n3, and commit beside n2.
test('who starts again still knows who was removed', () => {
  const cluster = settled(3);
  cluster.split([n2, n3]);
  cluster.elect(n2);
  cluster.settle();
  cluster.change(n2, [{ kind: 'remove', node: n1 }]);
  cluster.settle();
  cluster.change(n2, [{ kind: 'remove', node: n3 }]);
  cluster.settle();
  cluster.split([n1, n3], [n2]);
  cluster.propose(n2, 2);
  cluster.settle();
  expect(cluster.raft(n2).commitIndex).toBe(6);
  for (const id of [n2, n3]) {
    cluster.crash(id, 0);
    cluster.restart(id);
  }
  for (const id of [n3, n1, n3]) {
    cluster.campaign(id);
    cluster.settle();
    cluster.propose(id);
    cluster.settle();
  }
  expect(cluster.raft(n3).role.kind).not.toBe('leader');
  expect(cluster.raft(n1).commitIndex).toBe(1);
  cluster.elect(n2);
  cluster.settle();
  expect(cluster.raft(n2).commitIndex).toBe(7);
});

// #18: while a node replayed its log after a start, reads found nothing.
// Protection: a confirmed read waits for the state machine: `onApplied` of src/node/reads.ts.
// Mutation: let it wait for nothing: the read is there long before the data.
test('a read after a start waits for the replay', async () => {
  const scene = new NodeScene({ nodeCount: 1 });
  const leader = await scene.elect();
  // More than a node applies in one turn.
  const writes = Array.from({ length: 5_000 }, () => scene.write(leader));
  await scene.settled(Promise.all(writes));
  await scene.revive(leader);
  await scene.until(() => scene.node(leader).node.status().role === 'leader');
  const { node, machine } = scene.node(leader);
  const found = node.readIndex({ timeoutMs: 60_000 }).then(({ kind }) => {
    return { kind, foundCount: machine.commandIds.size };
  });
  expect(await scene.settled(found)).toEqual({ kind: 'ready', foundCount: 5_000 });
});

// #43: a node that crashed while a snapshot replaced its log had a gap between the two.
// Protection: the snapshot is durable before the log is reset, and `isInstallUnfinished` of
// src/node/recovery.ts finishes at the start what a crash cut short.
// Mutations: let `isInstallUnfinished` say no: after some crashes the log refuses the next entry.
// Reset the log before the snapshot is adopted in `#replaceLog`: a start has neither.
test('a crash anywhere in an installation leaves the old state or the new one', async () => {
  const seen = new Set<string>();
  for (const disk of await crashesOfAnInstallation()) seen.add(await startedOn(disk));
  expect([...seen].sort()).toEqual(['0 then 1..10', '50 then 51..50', '50 then 51..53']);
});

const data = Uint8Array.from({ length: 5_000 }, (_, at) => at & 0xff);

/** Writes a log of ten entries, then a snapshot in its place; answers how each crash leaves it. */
async function crashesOfAnInstallation(): Promise<readonly MemoryDisk[]> {
  const memory = new MemoryDisk();
  const crashed: MemoryDisk[] = [];
  const disk = watched(memory, () => void crashed.push(memory.afterCrash()));
  const stored = await StoredNode.open(disk);
  const { logIndex: configurationIndex, configuration } = storedConfiguration;
  const snapshot: SnapshotMetadata = {
    lastIncludedIndex: 50,
    lastIncludedTerm: 3,
    configuration,
    configurationIndex,
  };
  const metadata = snapshotMetadataCodec.encode(storedConfiguration);
  const incoming = await stored.snapshots.receive({
    header: { lastIncludedIndex: 50, lastIncludedTerm: 3, metadata },
    sizeBytes: data.length,
    crc: crc32c(data, 0, data.length),
  });
  stored.incoming = incoming;
  const hardState = { currentTerm: 3, votedFor: undefined, promised: undefined };
  await stored.write({ hardState, entries: commands(1, 1, 10) });
  crashed.length = 0;
  await incoming.append(data);
  await incoming.finish();
  await stored.write({ snapshot, entries: commands(3, 51, 53) });
  return [...crashed, memory.afterCrash()];
}

// #52: a committed write was lost when nodes crashed while the network fell apart.
// Protection: what a follower acknowledges is on its disk: `sendWhenDurable` in `onAppendEntries`
// of src/replication.ts.
// Mutation: answer by `send`: n1 commits, n2 forgets, and n3 is elected without the entry.
test('what is acknowledged outlives the crash of who acknowledged it', () => {
  const cluster = settled(3);
  cluster.split([n1, n2]);
  cluster.propose(n1);
  cluster.completeWrites(n1, 1);
  while (cluster.parcels.length > 0) cluster.deliver(0);
  expect(cluster.raft(n2).log.lastIndex).toBe(2);
  cluster.crash(n2, 0);
  cluster.restart(n2);
  cluster.split([n1], [n2, n3]);
  cluster.elect(n3);
  cluster.propose(n3);
  cluster.settle();
  cluster.rejoin();
  for (let tick = 0; tick < 5; tick += 1) cluster.tick();
  expect(cluster.raft(n1).log.termAt(2)).toBe(2);
});

// #654: a crash while a snapshot was written left half of it, which was then loaded.
// Protection: a snapshot gets its name once it is synced: src/snapshot-writer.ts of
// @quorate/storage. `compact` of src/node/persistence.ts keeps the log that the older one needs.
// Mutations: name it without the sync: some starts find one that they cannot read. Compact through
// what was asked for: where the newer one is damaged, entries are missing.
test('a crash anywhere in a snapshot leaves the one before it', async () => {
  const seen = new Set<string>();
  for (const disk of await crashesOfASnapshot()) seen.add(await startedOn(disk));
  expect([...seen].sort()).toEqual(['10 then 11..20', '20 then 21..20']);
});

test('the log makes up for a snapshot that is damaged all the same', async () => {
  const disk = (await crashesOfASnapshot()).at(-1);
  if (disk === undefined) throw new Error('there is a last state');
  const [newest = ''] = (await disk.list('snapshots')).toSorted().toReversed();
  const file = await disk.open(`snapshots/${newest}`);
  await file.truncate(1_000);
  await file.close();
  expect(await startedOn(disk)).toBe('10 then 11..20, 1 unreadable');
});

/** Takes a snapshot at 10 and another at 20; answers how each crash in the second leaves it. */
async function crashesOfASnapshot(): Promise<readonly MemoryDisk[]> {
  const memory = new MemoryDisk();
  const crashed: MemoryDisk[] = [];
  const disk = watched(memory, () => void crashed.push(memory.afterCrash()));
  const stored = await StoredNode.open(disk);
  const hardState = { currentTerm: 1, votedFor: undefined, promised: undefined };
  await stored.write({ hardState, entries: commands(1, 1, 20) });
  const { persistence } = stored;
  await persistence.saveSnapshot({ logIndex: 10, term: 1 }, storedConfiguration, data);
  persistence.compact(10);
  crashed.length = 0;
  await persistence.saveSnapshot({ logIndex: 20, term: 1 }, storedConfiguration, data);
  persistence.compact(20);
  await stored.write({ hardState: { ...hardState, currentTerm: 2 } });
  return [...crashed, memory.afterCrash()];
}
