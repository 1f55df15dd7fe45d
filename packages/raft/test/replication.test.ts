import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { CoreCluster } from './support/core-cluster.ts';
import { a, b, c, LoneNode } from './support/lone-node.ts';

/** A leader of term 1 whose followers have its no-op, at index 1. */
function leaderInOffice(options: ConstructorParameters<typeof LoneNode>[0] = {}): LoneNode {
  const node = new LoneNode(options);
  node.becomeLeader();
  node.accept(b, 1);
  node.accept(c, 1);
  return node;
}

describe('proposals', () => {
  test('are refused by who does not lead', () => {
    const node = new LoneNode();
    node.propose('x');
    expect(node.effects).toEqual([{ kind: 'proposalRefused', proposalId: 1, reason: 'notLeader' }]);
  });

  test('of several payloads become entries in their order', () => {
    const node = leaderInOffice();
    node.propose('x', 'y');
    expect(node.did('proposed')).toMatchObject([{ proposalId: 1, firstIndex: 2, term: 1 }]);
    expect(node.sentTo(b, 'appendEntries')).toMatchObject([
      { entries: [{ logIndex: 2 }, { logIndex: 3 }] },
    ]);
  });

  test('of nothing are a mistake', () => {
    const node = leaderInOffice();
    expect(() => node.propose()).toThrow(
      new RangeError('payloads: expected at least one, got none'),
    );
  });

  test('of one step share one write and one message per follower', () => {
    const node = leaderInOffice();
    const payloads = [Uint8Array.of(1)];
    node.stepAll(
      { kind: 'propose', proposalId: 1, payloads },
      { kind: 'propose', proposalId: 2, payloads },
      { kind: 'propose', proposalId: 3, payloads },
    );
    expect(node.did('proposed').map(({ firstIndex }) => firstIndex)).toEqual([2, 3, 4]);
    expect(node.did('persist')).toHaveLength(1);
    expect(node.sentTo(b, 'appendEntries')).toHaveLength(1);
  });

  test('leave for the followers before the leader’s own write is done', () => {
    const node = leaderInOffice();
    node.propose('x');
    expect(node.sentTo(b, 'appendEntries')).toHaveLength(1);
    expect(node.raft.log.durableIndex).toBe(1);
  });

  test('are refused once too much is uncommitted, and taken again when it is committed', () => {
    const node = leaderInOffice({ maxUncommittedBytes: 400 });
    const large = 'x'.repeat(100);
    node.propose(large);
    node.propose(large);
    node.propose(large);
    expect(node.did('proposalRefused')).toMatchObject([{ reason: 'tooManyUncommitted' }]);
    node.accept(b, 2);
    node.accept(c, 2);
    node.propose(large);
    expect(node.did('proposed')).toHaveLength(1);
  });

  test('larger than the limit are taken when nothing is uncommitted', () => {
    const node = leaderInOffice({ maxUncommittedBytes: 10 });
    node.propose('x'.repeat(100));
    expect(node.did('proposed')).toHaveLength(1);
  });

  test('of the last term count as uncommitted', () => {
    const node = LoneNode.withLog([1, 1, 1, 1], 1, { maxUncommittedBytes: 350 });
    node.becomeLeader();
    node.propose('x');
    expect(node.did('proposalRefused')).toMatchObject([{ reason: 'tooManyUncommitted' }]);
  });
});

describe('a pipeline', () => {
  test('sends without waiting, up to its window of messages', () => {
    const node = leaderInOffice({ maxInflightMessages: 3 });
    const counts: number[] = [];
    for (let proposal = 0; proposal < 5; proposal += 1) {
      node.propose('x');
      counts.push(node.sentTo(b, 'appendEntries').length);
    }
    expect(counts).toEqual([1, 1, 1, 0, 0]);
    node.accept(b, 2);
    expect(node.sentTo(b, 'appendEntries')).toMatchObject([
      { prevLogIndex: 4, entries: [{ logIndex: 5 }, { logIndex: 6 }] },
    ]);
  });

  test('sends without waiting, up to its window of bytes', () => {
    const node = leaderInOffice({ maxInflightBytes: 150 });
    const counts: number[] = [];
    for (let proposal = 0; proposal < 4; proposal += 1) {
      node.propose('x'.repeat(100));
      counts.push(node.sentTo(b, 'appendEntries').length);
    }
    expect(counts).toEqual([1, 1, 0, 0]);
  });

  test('cuts long batches into messages', () => {
    const node = leaderInOffice({ maxMessageBytes: 260 });
    node.propose('x'.repeat(100), 'y'.repeat(100), 'z'.repeat(100));
    expect(node.sentTo(b, 'appendEntries').map(({ entries }) => entries.length)).toEqual([2, 1]);
  });

  test('stops when the peer is unreachable, and goes on after its next word', () => {
    const node = leaderInOffice();
    node.propose('x');
    node.step({ kind: 'peerUnreachable', peer: b });
    node.propose('y');
    expect(node.sentTo(b, 'appendEntries')).toEqual([]);
    node.tick();
    node.receive(b, { kind: 'heartbeatReply', term: 1, round: node.raft.lastRound });
    expect(node.sentTo(b, 'appendEntries')).toMatchObject([{ prevLogIndex: 1 }]);
  });

  test('carries a new commit index along, and by itself only when nothing is under way', () => {
    const node = leaderInOffice();
    node.propose('x');
    node.propose('y');
    node.persist();
    node.accept(b, 2);
    expect(node.raft.commitIndex).toBe(2);
    // Entry 3 is still under way to b; the answer to it will bring the commit index.
    expect(node.sentTo(b, 'appendEntries')).toEqual([]);
    node.accept(b, 3);
    expect(node.sentTo(b, 'appendEntries')).toMatchObject([{ leaderCommit: 3, entries: [] }]);
    node.accept(b, 3);
    expect(node.sentTo(b, 'appendEntries')).toEqual([]);
  });
});

// Why these tests? Progress stuck for ever after one lost message, in one state or another.
describe('what a lost message leaves behind', () => {
  test('a probe is sent again after a heartbeat’s reply', () => {
    const node = new LoneNode();
    node.becomeLeader();
    node.propose('x');
    expect(node.sentTo(b, 'appendEntries')).toEqual([]);
    node.tick();
    node.receive(b, { kind: 'heartbeatReply', term: 1, round: node.raft.lastRound });
    expect(node.sentTo(b, 'appendEntries')).toMatchObject([{ entries: [{}, {}] }]);
  });

  test('a pipeline finds the gap with an empty message and goes back', () => {
    const node = leaderInOffice();
    node.propose('x');
    node.tick();
    node.receive(b, { kind: 'heartbeatReply', term: 1, round: node.raft.lastRound });
    expect(node.sentTo(b, 'appendEntries')).toMatchObject([{ prevLogIndex: 2, entries: [] }]);
    node.reject(b, 2, 1, 1);
    expect(node.sentTo(b, 'appendEntries')).toMatchObject([
      { prevLogIndex: 1, entries: [{ logIndex: 2 }] },
    ]);
  });

  test('a full pipeline recovers as well', () => {
    const node = leaderInOffice({ maxInflightMessages: 1 });
    node.propose('x');
    node.propose('y');
    node.tick();
    node.receive(b, { kind: 'heartbeatReply', term: 1, round: node.raft.lastRound });
    node.reject(b, 2, 1, 1);
    expect(node.sentTo(b, 'appendEntries')).toMatchObject([{ prevLogIndex: 1 }]);
  });

  test('a lost acknowledgement is made good by the answer to the next message', () => {
    const node = leaderInOffice();
    node.propose('x');
    node.tick();
    node.receive(b, { kind: 'heartbeatReply', term: 1, round: node.raft.lastRound });
    node.accept(b, 2);
    expect(node.leadership.followers.get(b)?.matchIndex).toBe(2);
  });

  test('nothing is checked where nothing is missing', () => {
    const node = leaderInOffice();
    node.tick();
    node.receive(b, { kind: 'heartbeatReply', term: 1, round: node.raft.lastRound });
    expect(node.sent).toEqual([]);
  });
});

describe('a follower', () => {
  // Why this test? A follower acknowledged its whole log: a leader committed entries that this
  // follower held from another term.
  test('acknowledges what the request spoke of, not what else it has', () => {
    const node = LoneNode.withLog([1, 1, 2, 2], 2);
    node.append(b, 3, { prevLogIndex: 1, prevLogTerm: 1, terms: [1], leaderCommit: 4 });
    node.persist();
    expect(node.sentTo(b, 'appendEntriesReply')).toMatchObject([
      { result: { kind: 'accepted', matchIndex: 2 } },
    ]);
    expect(node.raft.commitIndex).toBe(2);
  });

  // Why this test? A late, shorter request cut off entries that were acknowledged, and committed.
  test('keeps entries beyond a request that conflicts with none', () => {
    const node = LoneNode.withLog([1, 1, 1], 1);
    node.append(b, 1, { prevLogIndex: 0, prevLogTerm: 0, terms: [1] });
    expect(node.logTerms).toEqual([1, 1, 1]);
    expect(node.did('persist')).toEqual([]);
  });

  // Why this test? A batch of which nothing was new was never answered, and sent for ever.
  test('acknowledges a batch of which it has everything', () => {
    const node = LoneNode.withLog([1, 1, 1], 1);
    node.append(b, 1, { prevLogIndex: 1, prevLogTerm: 1, terms: [1, 1] });
    expect(node.sentTo(b, 'appendEntriesReply')).toMatchObject([
      { result: { kind: 'accepted', matchIndex: 3 } },
    ]);
  });

  test('takes what lies in its snapshot for known', () => {
    const node = new LoneNode({
      hardState: { currentTerm: 2, votedFor: undefined, promised: undefined },
      snapshot: { logIndex: 5, term: 2 },
    });
    node.append(b, 2, { prevLogIndex: 3, prevLogTerm: 1, terms: [2, 2, 2] });
    node.persist();
    expect(node.sentTo(b, 'appendEntriesReply')).toMatchObject([
      { result: { kind: 'accepted', matchIndex: 6 } },
    ]);
    expect(node.raft.log.firstIndex).toBe(6);
  });

  test('says where the logs can still agree', () => {
    const node = LoneNode.withLog([1, 1, 4, 4, 4], 4);
    node.append(b, 6, { prevLogIndex: 5, prevLogTerm: 3 });
    expect(node.sentTo(b, 'appendEntriesReply')).toMatchObject([
      { result: { kind: 'rejected', prevLogIndex: 5, hintIndex: 2, hintTerm: 1 } },
    ]);
    node.append(b, 6, { prevLogIndex: 9, prevLogTerm: 6 });
    expect(node.sentTo(b, 'appendEntriesReply')).toMatchObject([
      { result: { kind: 'rejected', prevLogIndex: 9, hintIndex: 5, hintTerm: 4 } },
    ]);
  });

  // Why this test? Only successful appends counted as a leader's word, so a follower that caught
  // up after a gap campaigned against the leader that was helping it.
  test('takes every request of its leader for a sign of life, gap or not', () => {
    const node = LoneNode.withLog([1], 2);
    for (let round = 0; round < 10; round += 1) {
      node.tick(18);
      node.append(b, 2, { prevLogIndex: 9, prevLogTerm: 2 });
    }
    expect(node.raft.role.kind).toBe('follower');
  });

  test('never commits less than before', () => {
    const node = LoneNode.withLog([1, 1, 1], 1);
    node.append(b, 1, { prevLogIndex: 3, prevLogTerm: 1, leaderCommit: 3 });
    node.append(b, 1, { prevLogIndex: 3, prevLogTerm: 1, leaderCommit: 1 });
    node.receive(b, { kind: 'heartbeat', term: 1, leaderCommit: 2, round: 1 });
    expect(node.raft.commitIndex).toBe(3);
  });

  test('answers a leader of the past with its term and no promise', () => {
    const node = LoneNode.withLog([1], 5);
    node.receive(b, { kind: 'heartbeat', term: 3, leaderCommit: 1, round: 8 });
    expect(node.sent).toMatchObject([{ message: { kind: 'heartbeatReply', term: 5, round: 8 } }]);
    expect(node.raft).toMatchObject({ commitIndex: 0, leaderId: undefined });
  });

  test('stops at a second leader in one term: someone broke the protocol', () => {
    const node = LoneNode.withLog([1], 2);
    node.append(b, 2, { prevLogIndex: 1, prevLogTerm: 1 });
    expect(() => node.append(c, 2, { prevLogIndex: 1, prevLogTerm: 1 })).toThrow(
      'a term has one leader',
    );
  });

  test('stops at a conflict with what is committed', () => {
    const node = LoneNode.withLog([1, 1], 2);
    node.append(b, 2, { prevLogIndex: 2, prevLogTerm: 1, leaderCommit: 2 });
    expect(() => node.append(b, 2, { prevLogIndex: 1, prevLogTerm: 1, terms: [2] })).toThrow(
      'committed entries never conflict',
    );
  });
});

describe('a peer that restarted', () => {
  test('is asked anew from the end of the log, and counts for nothing until it answers', () => {
    const node = leaderInOffice();
    node.propose('x');
    node.accept(b, 2);
    node.step({ kind: 'peerRestarted', peer: b });
    expect(node.leadership.followers.get(b)).toMatchObject({ matchIndex: 0, state: 'probe' });
    expect(node.sentTo(b, 'appendEntries')).toMatchObject([{ prevLogIndex: 2, entries: [] }]);
  });

  test('never takes a commit back', () => {
    const node = leaderInOffice();
    expect(node.raft.commitIndex).toBe(1);
    node.step({ kind: 'peerRestarted', peer: b });
    node.step({ kind: 'peerRestarted', peer: c });
    node.propose('x');
    node.persist();
    expect(node.raft.commitIndex).toBe(1);
    node.accept(b, 2);
    expect(node.raft.commitIndex).toBe(2);
  });

  test('that lost entries it had acknowledged gets them again, even if nobody said so', () => {
    const cluster = new CoreCluster({ random: seededRandom('lost'), nodeCount: 3 });
    while (cluster.leader === undefined) cluster.tick();
    const leader = cluster.leader.nodeId;
    for (let count = 0; count < 5; count += 1) {
      cluster.propose(leader);
      cluster.settle();
    }
    const victim = cluster.ids.find((id) => id !== leader) ?? leader;
    cluster.crash(victim, 0);
    cluster.restart(victim, 3, { isReported: false });
    expect(cluster.raft(victim).log.lastIndex).toBe(2);
    for (let tick = 0; tick < 10; tick += 1) cluster.tick();
    expect(cluster.raft(victim).log.durableIndex).toBe(cluster.raft(leader).log.durableIndex);
    expect(cluster.raft(victim).promised).toBeUndefined();
  });
});

describe('a leader that was removed', () => {
  test('says so to everyone before it steps down, also where entries are under way', () => {
    const node = leaderInOffice();
    const changes = [{ kind: 'remove', node: a }] as const;
    node.step({ kind: 'changeMembership', changeId: 1, changes });
    node.propose('x');
    node.accept(b, 2);
    node.accept(c, 2);
    expect(node.raft.role.kind).toBe('follower');
    for (const peer of [b, c]) {
      expect(node.sentTo(peer, 'appendEntries')).toMatchObject([{ leaderCommit: 2 }]);
    }
  });
});
