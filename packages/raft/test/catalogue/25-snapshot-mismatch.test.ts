import { DecodeError } from '@quorate/transport/codec';
import { expect, test } from 'vitest';

import { configurationCodec } from '../../src/codec/configuration.ts';
import { configurationOf } from '../../src/configuration.ts';
import { CoreCluster, n1, n2, n3, n4 } from '../support/core-cluster.ts';
import { a, b, c, LoneNode, patient } from '../support/lone-node.ts';
import { NodeScene } from '../support/node-scene.ts';

// Snapshots and configurations that do not fit together. Each test names its own protection, and
// fails without it.

function settled(voterCount: number): CoreCluster {
  const cluster = new CoreCluster({ random: patient, nodeCount: 4, voterCount });
  cluster.elect(n1);
  cluster.settle();
  return cluster;
}

// ledger#1468: a node was both voter and learner.
// Protection: `checkRoles` of src/codec/configuration.ts refuses such bytes from disk and network.
// Mutation: without the call they are read.
test('nobody is both voter and learner', () => {
  const bytes = configurationCodec.encode({ ...configurationOf([a, b]), learners: [b] });
  expect(() => configurationCodec.decode(bytes)).toThrow(DecodeError);
});

// etcd#9087: learners were missing from the configuration of a snapshot.
// Protection: `initialState` of src/recovery.ts begins with the configuration of the snapshot,
// which `#store` of src/node/persistence.ts wrote and src/raft-node.ts hands over.
// Mutations: begin with the voters that the cluster started with: the next test fails. Store those,
// or hand none over: the one after it.
test('learners are still there after a start from a snapshot', () => {
  const cluster = settled(3);
  cluster.change(n1, [{ kind: 'addLearner', node: n4 }]);
  cluster.propose(n1);
  cluster.settle();
  cluster.takeSnapshot(n1, 0);
  cluster.settle();
  cluster.crash(n1, 0);
  cluster.restart(n1);
  const { configuration, log } = cluster.raft(n1);
  expect(log.firstIndex).toBe(4);
  expect(configuration).toEqual({ ...configurationOf([n1, n2, n3]), learners: [n4] });
});

test('learners are still there after a node started from the snapshot on its disk', async () => {
  const tuning = { snapshotEveryEntries: 5, trailingEntryCount: 0 };
  const scene = new NodeScene({ nodeCount: 4, voterCount: 3, tuning });
  const leader = await scene.elect();
  const added = scene.node(leader).node.changeMembership([{ kind: 'addLearner', node: n4 }]);
  expect(await scene.settled(added)).toMatchObject({ kind: 'committed' });
  // The older of two snapshots still needs the log behind it; two that are younger do not.
  for (let count = 0; count < 20; count += 1) await scene.settled(scene.write(leader));
  await scene.revive(leader);
  const { configuration, configurationIndex, firstLogIndex } = scene.node(leader).node.status();
  expect(firstLogIndex).toBeGreaterThan(configurationIndex);
  expect(configuration).toEqual({ ...configurationOf([n1, n2, n3]), learners: [n4] });
});

// raft-rs#472: a snapshot was refused by a node that its configuration does not name.
// Protection: `onInstallSnapshot` of src/snapshot.ts does not ask who is a member.
// Mutation: let it ask: n4 never gets what came before it.
test('a node takes a snapshot from before it became a member', () => {
  const cluster = settled(3);
  cluster.propose(n1);
  cluster.settle();
  cluster.takeSnapshot(n1, 0);
  cluster.settle();
  cluster.change(n1, [{ kind: 'addLearner', node: n4 }]);
  for (let tick = 0; tick < 5; tick += 1) cluster.tick();
  expect(cluster.raft(n4).log.start.logIndex).toBe(2);
  expect(cluster.raft(n4).commitIndex).toBe(3);
  expect(cluster.raft(n4).configuration.learners).toEqual([n4]);
});

// etcd#12582: a joint configuration was left twice, and the second time was a panic.
// Protection: `concludeMembership` of src/membership.ts does nothing while a configuration is not
// committed, and `leaveJoint` refuses.
// Mutation: without its first `if`, the next test fails: it is left before it has begun.
test('a joint configuration is left once', () => {
  const cluster = settled(3);
  const changes = [
    { kind: 'addVoter', node: n4 },
    { kind: 'remove', node: n3 },
  ] as const;
  cluster.change(n1, changes, { isForced: true });
  cluster.settle();
  cluster.propose(n1, 3);
  cluster.settle();
  const { log } = cluster.raft(n1);
  const kinds = log.slice(1, log.lastIndex, Infinity).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'configuration')).toHaveLength(2);
  expect(log.configuration).toEqual(configurationOf([n1, n2, n4]));
  const refused = cluster.change(n1, []);
  expect(refused).toContainEqual(expect.objectContaining({ reason: 'notJoint' }));
});

test('a joint configuration is left once it is committed, and not by any other commit', () => {
  const node = new LoneNode();
  node.becomeLeader();
  node.accept(b, 1);
  node.propose('x');
  const changes = [{ kind: 'remove', node: c }] as const;
  node.step({ kind: 'changeMembership', changeId: 1, changes, transition: 'implicit' });
  node.persist();
  node.accept(b, 2);
  const { raft } = node;
  expect([raft.commitIndex, raft.log.configurationIndex, raft.log.lastIndex]).toEqual([2, 3, 3]);
  node.accept(b, 3);
  expect([raft.commitIndex, raft.log.configurationIndex, raft.log.lastIndex]).toEqual([3, 4, 4]);
});

// The same, by the leader that comes next: the one before it had begun to leave.
test('a joint configuration is left once, whoever leads', () => {
  const cluster = settled(3);
  const changes = [
    { kind: 'addVoter', node: n4 },
    { kind: 'remove', node: n3 },
  ] as const;
  cluster.change(n1, changes, { isForced: true });
  while (cluster.raft(n1).log.configurationIndex < 3) cluster.settleOnce();
  cluster.split([n1], [n2, n3, n4]);
  cluster.parcels = [];
  cluster.elect(n2);
  cluster.settle();
  expect(cluster.raft(n2).configuration).toEqual(configurationOf([n1, n2, n4]));
  cluster.rejoin();
  for (let tick = 0; tick < 30; tick += 1) cluster.tick();
  expect(cluster.leader?.raft?.configuration).toEqual(configurationOf([n1, n2, n4]));
});

// pikiwidb-raft#385: the metadata of a snapshot had the configuration from before a change, at an
// index after it; or the other way round.
// Protection: `configurationAt` of src/log.ts is asked, not what is in force at the end of the log.
// Mutation: let it answer with the latest.
test('a snapshot has the configuration that was in force at its index', () => {
  const node = new LoneNode();
  node.becomeLeader();
  node.accept(b, 1);
  node.propose('x');
  node.persist();
  node.accept(b, 2);
  node.step({ kind: 'changeMembership', changeId: 1, changes: [{ kind: 'remove', node: c }] });
  const { log } = node.raft;
  expect(log.configurationAt(2)).toEqual({
    logIndex: 0,
    configuration: configurationOf([a, b, c]),
  });
  expect(log.configurationAt(3)).toEqual({ logIndex: 3, configuration: configurationOf([a, b]) });
});
