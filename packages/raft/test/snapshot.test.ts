import type { NodeId } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { configurationOf } from '../src/configuration.ts';
import type { Snapshot } from '../src/messages.ts';
import { CoreCluster } from './support/core-cluster.ts';
import { a, b, c, entriesOf, LoneNode } from './support/lone-node.ts';

const members = { configuration: configurationOf([a, b, c]), configurationIndex: 0 };

function snapshotAt(lastIncludedIndex: number, lastIncludedTerm: number): Snapshot {
  return { lastIncludedIndex, lastIncludedTerm, ...members, data: Uint8Array.of(1, 2, 3) };
}

/** A leader of term 2 that has applied entries 1..6 and kept only those after 5. */
function compactedLeader(): LoneNode {
  const node = LoneNode.withLog([1, 1, 1, 1, 1], 1);
  node.becomeLeader();
  node.accept(c, 6);
  node.step({ kind: 'applied', logIndex: 6 });
  const metadata = { lastIncludedIndex: 6, lastIncludedTerm: 2, ...members };
  node.step({ kind: 'snapshotTaken', metadata, trailingEntryCount: 1 });
  return node;
}

function progressOf(node: LoneNode, peer: NodeId): string | undefined {
  return node.leadership.followers.get(peer)?.state;
}

describe('taking a snapshot', () => {
  test('drops the log it covers, but for the trail', () => {
    const node = compactedLeader();
    expect(node.did('compact')).toEqual([{ kind: 'compact', throughIndex: 5, throughTerm: 1 }]);
    expect(node.raft.log.firstIndex).toBe(6);
  });

  test('drops nothing if the trail is longer than the log', () => {
    const node = LoneNode.withLog([1, 1], 1);
    node.append(b, 1, { prevLogIndex: 2, prevLogTerm: 1, leaderCommit: 2 });
    node.step({ kind: 'applied', logIndex: 2 });
    const metadata = { lastIncludedIndex: 2, lastIncludedTerm: 1, ...members };
    node.step({ kind: 'snapshotTaken', metadata, trailingEntryCount: 100 });
    expect(node.effects).toEqual([]);
    expect(node.raft.snapshot).toEqual({ logIndex: 2, term: 1 });
  });

  test('that a leader’s snapshot has overtaken changes nothing', () => {
    const node = LoneNode.withLog([1, 1], 1);
    node.append(b, 1, { prevLogIndex: 2, prevLogTerm: 1, leaderCommit: 2 });
    node.step({ kind: 'applied', logIndex: 2 });
    node.receive(b, { kind: 'installSnapshot', term: 1, snapshot: snapshotAt(9, 1) });
    const metadata = { lastIncludedIndex: 2, lastIncludedTerm: 1, ...members };
    node.step({ kind: 'snapshotTaken', metadata, trailingEntryCount: 0 });
    expect(node.effects).toEqual([]);
  });

  test('of what was not applied is impossible', () => {
    const node = LoneNode.withLog([1, 1], 1);
    const metadata = { lastIncludedIndex: 2, lastIncludedTerm: 1, ...members };
    expect(() => node.step({ kind: 'snapshotTaken', metadata, trailingEntryCount: 0 })).toThrow(
      'a snapshot holds only what was applied',
    );
  });
});

describe('a leader', () => {
  test('sends a snapshot to who needs entries that are compacted', () => {
    const node = compactedLeader();
    node.reject(b, 5, 0, 0);
    expect(node.did('sendSnapshot')).toEqual([{ kind: 'sendSnapshot', to: b, term: 2 }]);
    expect(progressOf(node, b)).toBe('snapshot');
  });

  test('sends nothing else to it meanwhile', () => {
    const node = compactedLeader();
    node.reject(b, 5, 0, 0);
    node.propose('x');
    node.receive(b, { kind: 'heartbeatReply', term: 2, round: node.raft.lastRound });
    node.reject(b, 5, 0, 0);
    node.step({ kind: 'snapshotSent', peer: b, outcome: 'sent' });
    expect(node.sentTo(b, 'appendEntries')).toEqual([]);
    expect(node.did('sendSnapshot')).toEqual([]);
  });

  test('goes on after the snapshot once it is installed', () => {
    const node = compactedLeader();
    node.reject(b, 5, 0, 0);
    node.step({ kind: 'snapshotSent', peer: b, outcome: 'sent' });
    node.propose('x');
    node.receive(b, { kind: 'installSnapshotReply', term: 2, matchIndex: 6 });
    expect(node.sentTo(b, 'appendEntries')).toMatchObject([
      { prevLogIndex: 6, prevLogTerm: 2, entries: [{ logIndex: 7 }] },
    ]);
    expect(progressOf(node, b)).toBe('replicate');
  });

  test('sends none to a peer it does not hear', () => {
    const node = compactedLeader();
    node.tick(10);
    node.receive(c, { kind: 'heartbeatReply', term: 2, round: node.raft.lastRound });
    node.step({ kind: 'peerRestarted', peer: b });
    const progress = node.leadership.followers.get(b);
    expect(progress?.isRecentlyActive).toBe(false);
    if (progress !== undefined) progress.nextIndex = 1;
    progress?.becomeProbe(1);
    node.propose('x');
    expect(node.did('sendSnapshot')).toEqual([]);
    node.receive(b, { kind: 'heartbeatReply', term: 2, round: node.raft.lastRound });
    expect(node.did('sendSnapshot')).toHaveLength(1);
  });

  test('that could not send it tries again after the next heartbeat', () => {
    const node = compactedLeader();
    node.reject(b, 5, 0, 0);
    node.step({ kind: 'snapshotSent', peer: b, outcome: 'failed' });
    expect(node.did('sendSnapshot')).toEqual([]);
    node.tick();
    node.receive(b, { kind: 'heartbeatReply', term: 2, round: node.raft.lastRound });
    expect(node.did('sendSnapshot')).toHaveLength(1);
  });

  // Why this test? A snapshot whose answer was lost left the follower waiting for ever; one that
  // was asked for again too early was sent over and over.
  test('that hears nothing of it for too long asks the follower what it has', () => {
    const node = compactedLeader();
    node.reject(b, 5, 0, 0);
    node.step({ kind: 'snapshotSent', peer: b, outcome: 'sent' });
    for (let tick = 0; tick < 99; tick += 1) {
      node.tick();
      node.receive(c, { kind: 'heartbeatReply', term: 2, round: node.raft.lastRound });
    }
    expect(progressOf(node, b)).toBe('snapshot');
    node.tick();
    expect(node.sentTo(b, 'appendEntries')).toMatchObject([{ prevLogIndex: 6, entries: [] }]);
    node.accept(b, 6);
    expect(progressOf(node, b)).toBe('replicate');
  });
});

describe('a follower', () => {
  test('replaces its log, and its state once the snapshot is durable', () => {
    const node = LoneNode.withLog([1, 1], 1);
    const snapshot = snapshotAt(9, 2);
    node.receive(b, { kind: 'installSnapshot', term: 2, snapshot });
    expect(node.did('persist')).toMatchObject([
      { hardState: { currentTerm: 2 }, snapshot, truncateFrom: undefined, entries: [] },
    ]);
    expect([node.did('restore'), node.sent]).toEqual([[], []]);
    node.persist();
    expect(node.did('restore')).toEqual([{ kind: 'restore', snapshot }]);
    expect(node.sent).toMatchObject([
      { to: b, message: { kind: 'installSnapshotReply', term: 2, matchIndex: 9 } },
    ]);
    expect(node.raft).toMatchObject({ commitIndex: 9, applyingIndex: 9 });
  });

  test('applies what comes after the snapshot after it', () => {
    const node = LoneNode.withLog([1, 1], 1);
    node.receive(b, { kind: 'installSnapshot', term: 2, snapshot: snapshotAt(9, 2) });
    node.append(b, 2, { prevLogIndex: 9, prevLogTerm: 2, terms: [2], leaderCommit: 10 });
    expect(node.did('apply')).toEqual([]);
    node.persist();
    expect(node.effects.map(({ kind }) => kind)).toEqual(['send', 'send', 'restore', 'apply']);
    expect(node.did('apply')).toEqual([{ kind: 'apply', entries: entriesOf([2], 10) }]);
  });

  test('keeps what follows if its log holds the snapshot’s last entry', () => {
    const node = LoneNode.withLog([1, 1, 1, 1], 1);
    node.receive(b, { kind: 'installSnapshot', term: 2, snapshot: snapshotAt(3, 1) });
    expect(node.logTerms).toEqual([1, 1, 1, 1]);
    expect(node.raft.commitIndex).toBe(3);
    node.persist();
    expect(node.did('restore')).toEqual([]);
    expect(node.sentTo(b, 'installSnapshotReply')).toMatchObject([{ matchIndex: 3 }]);
  });

  test('answers an old snapshot with what it has committed', () => {
    const node = LoneNode.withLog([1, 1, 1, 1], 1);
    node.append(b, 1, { prevLogIndex: 4, prevLogTerm: 1, leaderCommit: 4 });
    node.receive(b, { kind: 'installSnapshot', term: 1, snapshot: snapshotAt(2, 1) });
    expect(node.sentTo(b, 'installSnapshotReply')).toMatchObject([{ matchIndex: 4 }]);
    expect(node.logTerms).toEqual([1, 1, 1, 1]);
  });

  // Why this test? A candidate refused the snapshot of the leader of its own term.
  test('takes a snapshot as a candidate, and follows its sender', () => {
    const node = LoneNode.withLog([1], 1);
    node.becomeCandidate();
    node.receive(b, { kind: 'installSnapshot', term: 2, snapshot: snapshotAt(9, 2) });
    expect(node.raft.role.kind).toBe('follower');
    expect(node.raft).toMatchObject({ leaderId: b, commitIndex: 9 });
  });

  test('answers a snapshot of the past with its term', () => {
    const node = LoneNode.withLog([1], 5);
    node.receive(b, { kind: 'installSnapshot', term: 2, snapshot: snapshotAt(9, 2) });
    expect(node.sentTo(b, 'installSnapshotReply')).toEqual([
      { kind: 'installSnapshotReply', term: 5, matchIndex: 0 },
    ]);
    expect(node.raft.commitIndex).toBe(0);
  });

  test('with two snapshots on their way restores both, in order', () => {
    const node = LoneNode.withLog([1], 1);
    node.receive(b, { kind: 'installSnapshot', term: 2, snapshot: snapshotAt(5, 1) });
    node.receive(b, { kind: 'installSnapshot', term: 2, snapshot: snapshotAt(9, 2) });
    node.persist();
    expect(node.did('restore').map(({ snapshot }) => snapshot.lastIncludedIndex)).toEqual([5, 9]);
  });
});

test('a node that slept through the compaction comes back by snapshot', () => {
  const cluster = new CoreCluster({ random: seededRandom('sleeper'), nodeCount: 3 });
  while (cluster.leader === undefined) cluster.tick();
  const leader = cluster.leader.nodeId;
  const sleeper = cluster.ids.find((id) => id !== leader) ?? leader;
  cluster.crash(sleeper, 0);
  cluster.propose(leader, 20);
  cluster.settle();
  cluster.takeSnapshot(leader, 2);
  cluster.propose(leader, 3);
  cluster.settle();
  cluster.restart(sleeper);
  for (let tick = 0; tick < 5; tick += 1) cluster.tick();
  expect(cluster.node(sleeper).stateMachine).toMatchObject({ logIndex: 24 });
  expect(cluster.node(sleeper).disk.durable.snapshot).toMatchObject({ lastIncludedIndex: 21 });
});
