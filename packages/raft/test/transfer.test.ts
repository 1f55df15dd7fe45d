import { describe, expect, test } from 'vitest';

import { seededRandom } from '@quorate/transport/system';

import { CoreCluster } from './support/core-cluster.ts';
import { a, b, c, d, LoneNode } from './support/lone-node.ts';

const vote = { lastLogIndex: 1, lastLogTerm: 1 };

/** A leader of term 1 whose no-op both others have. */
function leaderInOffice(options: ConstructorParameters<typeof LoneNode>[0] = {}): LoneNode {
  const node = new LoneNode(options);
  node.becomeLeader();
  node.accept(b, 1);
  node.accept(c, 1);
  return node;
}

function transfer(node: LoneNode, to: typeof a | undefined, transferId = 1): void {
  node.step({ kind: 'transferLeadership', transferId, to });
}

describe('a leader that is to hand over', () => {
  test('tells the target at once if it has the whole log', () => {
    const node = leaderInOffice();
    transfer(node, c);
    expect(node.sent).toEqual([{ kind: 'send', to: c, message: { kind: 'timeoutNow', term: 1 } }]);
  });

  test('waits until the target has the whole log, and tells it once', () => {
    const node = leaderInOffice();
    node.propose('x');
    transfer(node, c);
    expect(node.sentTo(c, 'timeoutNow')).toEqual([]);
    node.accept(b, 2);
    expect(node.sentTo(c, 'timeoutNow')).toEqual([]);
    node.accept(c, 2);
    expect(node.sentTo(c, 'timeoutNow')).toHaveLength(1);
    node.accept(c, 2);
    expect(node.sentTo(c, 'timeoutNow')).toEqual([]);
  });

  test('chooses who has most of the log if nobody is named', () => {
    const node = leaderInOffice();
    node.propose('x');
    node.accept(c, 2);
    transfer(node, undefined);
    expect(node.sentTo(c, 'timeoutNow')).toHaveLength(1);
  });

  // Why this test? Entries taken in after the target was told would be lost with the leadership.
  test('refuses proposals and changes of the members meanwhile', () => {
    const node = leaderInOffice();
    transfer(node, c);
    node.propose('x');
    expect(node.did('proposalRefused')).toMatchObject([{ reason: 'transferring' }]);
    const changes = [{ kind: 'addLearner', node: d }] as const;
    node.step({ kind: 'changeMembership', changeId: 1, changes });
    expect(node.did('membershipRefused')).toMatchObject([{ reason: 'transferring' }]);
    expect(node.raft.log.lastIndex).toBe(1);
  });

  test('goes on as before after one election timeout', () => {
    const node = leaderInOffice();
    transfer(node, c, 7);
    for (let tick = 1; tick < 10; tick += 1) {
      node.tick();
      expect(node.did('transferEnded')).toEqual([]);
    }
    node.receive(b, { kind: 'heartbeatReply', term: 1, round: node.raft.lastRound });
    node.tick();
    expect(node.did('transferEnded')).toEqual([
      { kind: 'transferEnded', transferId: 7, how: 'timedOut' },
    ]);
    node.propose('x');
    expect(node.did('proposed')).toHaveLength(1);
  });

  test('steps down for the target as for any candidate with a higher term', () => {
    const node = leaderInOffice();
    transfer(node, c, 7);
    node.receive(c, { kind: 'requestVote', term: 2, ...vote, isTransfer: true });
    expect(node.did('transferEnded')).toEqual([
      { kind: 'transferEnded', transferId: 7, how: 'steppedDown' },
    ]);
    node.persist();
    expect(node.sentTo(c, 'requestVoteReply')).toMatchObject([{ voteGranted: true }]);
  });

  test.each([
    ['itself', a, 'leadsAlready'],
    ['a stranger', d, 'notVoter'],
  ] as const)('refuses %s', (_name, to, reason) => {
    const node = leaderInOffice();
    transfer(node, to);
    expect(node.effects).toEqual([{ kind: 'transferRefused', transferId: 1, reason }]);
  });

  test('refuses a second target before the first has ended', () => {
    const node = leaderInOffice();
    transfer(node, c);
    transfer(node, b, 2);
    expect(node.effects).toEqual([
      { kind: 'transferRefused', transferId: 2, reason: 'transferPending' },
    ]);
  });

  test('refuses if nobody keeps up', () => {
    const node = new LoneNode();
    node.becomeLeader();
    transfer(node, undefined);
    expect(node.effects).toEqual([
      { kind: 'transferRefused', transferId: 1, reason: 'noSuccessor' },
    ]);
  });

  test('is the only one that can', () => {
    const node = new LoneNode();
    transfer(node, c);
    expect(node.effects).toEqual([{ kind: 'transferRefused', transferId: 1, reason: 'notLeader' }]);
  });
});

describe('who is told to lead', () => {
  test('asks for votes at once, and says that the leader wants it', () => {
    const node = LoneNode.withLog([1], 1);
    node.receive(b, { kind: 'timeoutNow', term: 1 });
    expect(node.raft).toMatchObject({ currentTerm: 2, votedFor: a });
    expect(node.sentTo(c, 'preVote')).toEqual([]);
    node.persist();
    const request = { kind: 'requestVote', term: 2, ...vote, isTransfer: true };
    expect(node.sentTo(b, 'requestVote')).toEqual([request]);
    expect(node.sentTo(c, 'requestVote')).toEqual([request]);
  });

  test('says so no more when it tries again', () => {
    const node = LoneNode.withLog([1], 1);
    node.receive(b, { kind: 'timeoutNow', term: 1 });
    node.persist();
    node.becomeCandidate();
    expect(node.sentTo(b, 'requestVote')).toMatchObject([{ term: 3 }]);
    expect(node.sentTo(b, 'requestVote')[0]?.isTransfer).toBeUndefined();
  });

  // Why this test? A word delayed by a partition made a node depose the leader of a later term.
  test('does not listen to the leader of an earlier term', () => {
    const node = LoneNode.withLog([1], 3);
    node.receive(b, { kind: 'timeoutNow', term: 2 });
    expect(node.raft).toMatchObject({ currentTerm: 3, role: { kind: 'follower' } });
  });

  test('does not begin again while it asks for votes, or once it leads', () => {
    const node = LoneNode.withLog([1], 1);
    node.receive(b, { kind: 'timeoutNow', term: 1 });
    node.receive(b, { kind: 'timeoutNow', term: 2 });
    expect(node.raft.currentTerm).toBe(2);
    const leader = leaderInOffice();
    leader.receive(b, { kind: 'timeoutNow', term: 1 });
    expect(leader.raft.role.kind).toBe('leader');
  });

  test('does nothing if it is a learner', () => {
    const configuration = {
      voters: [b, c],
      outgoingVoters: [],
      learners: [a],
      nextLearners: [],
      autoLeave: false,
    };
    const node = new LoneNode({ configuration: { logIndex: 0, configuration } });
    node.receive(b, { kind: 'timeoutNow', term: 1 });
    expect(node.raft).toMatchObject({ currentTerm: 1, leaderId: b, role: { kind: 'follower' } });
  });

  test('does nothing if it has lost entries that it vouched for', () => {
    const promised = { logIndex: 9, term: 1 };
    const hardState = { currentTerm: 1, votedFor: undefined, promised };
    const node = LoneNode.withLog([1], 1, { hardState });
    node.receive(b, { kind: 'timeoutNow', term: 1 });
    expect(node.raft).toMatchObject({ currentTerm: 1, role: { kind: 'follower' } });
  });
});

describe('the others', () => {
  test('vote although they hear the leader, but only if it asked for this', () => {
    for (const isTransfer of [false, true]) {
      const node = LoneNode.withLog([1], 1);
      node.receive(b, { kind: 'heartbeat', term: 1, leaderCommit: 0, round: 1 });
      node.receive(c, { kind: 'requestVote', term: 2, ...vote, isTransfer });
      expect(node.raft.votedFor).toBe(isTransfer ? c : undefined);
    }
  });

  test('do not vote for a shorter log, whoever wants it', () => {
    const node = LoneNode.withLog([1, 1], 1);
    node.receive(c, { kind: 'requestVote', term: 2, ...vote, isTransfer: true });
    expect(node.raft.votedFor).toBeUndefined();
  });
});

describe('a cluster', () => {
  test('has the leader that was wanted, and all its entries', () => {
    const cluster = new CoreCluster({ random: seededRandom('transfer'), nodeCount: 5 });
    while (cluster.leader === undefined) cluster.tick();
    const old = cluster.leader;
    for (let tick = 0; tick < 5; tick += 1) cluster.tick();
    const target = cluster.ids.find((id) => id !== old.nodeId);
    cluster.input(old.nodeId, { kind: 'transferLeadership', transferId: 1, to: target });
    for (let tick = 0; tick < 9; tick += 1) cluster.tick();
    expect(cluster.leader.nodeId).toBe(target);
  });
});

describe('a forgotten leader', () => {
  test('does not keep its follower from voting, and is heard again when it speaks', () => {
    const node = LoneNode.withLog([1], 1);
    node.receive(b, { kind: 'heartbeat', term: 1, leaderCommit: 0, round: 1 });
    node.step({ kind: 'forgetLeader' });
    node.receive(c, { kind: 'preVote', term: 2, ...vote });
    expect(node.sentTo(c, 'preVoteReply')).toMatchObject([{ voteGranted: true }]);
    node.receive(b, { kind: 'heartbeat', term: 1, leaderCommit: 0, round: 2 });
    expect(node.raft.leaderId).toBe(b);
  });

  test('is never the leader itself', () => {
    const node = leaderInOffice();
    node.step({ kind: 'forgetLeader' });
    expect(node.raft).toMatchObject({ leaderId: a, role: { kind: 'leader' } });
  });
});

describe('a leader that must go', () => {
  test('hands over to who has most of the log, once its removal is committed', () => {
    const node = leaderInOffice();
    node.step({ kind: 'changeMembership', changeId: 1, changes: [{ kind: 'remove', node: a }] });
    node.accept(c, 2);
    expect(node.raft.role.kind).toBe('leader');
    node.accept(b, 2);
    expect(node.raft.role.kind).toBe('follower');
    expect(node.sent.filter(({ message }) => message.kind === 'timeoutNow')).toHaveLength(1);
    // It learns of the commit first, and then asks for votes as a member.
    const [last] = node.sent.slice(-1);
    expect(last?.message.kind).toBe('timeoutNow');
  });

  test('is succeeded without a wait', () => {
    const cluster = new CoreCluster({ random: seededRandom('succession'), nodeCount: 4 });
    while (cluster.leader === undefined) cluster.tick();
    const leader = cluster.leader.nodeId;
    cluster.change(leader, [{ kind: 'remove', node: leader }]);
    cluster.settle();
    const next = cluster.leader;
    expect(next.nodeId).not.toBe(leader);
    expect(next.raft?.commitIndex).toBe(next.raft?.log.lastIndex);
  });

  test('tells nobody where nobody keeps up', () => {
    const node = leaderInOffice({ storageStallTicks: 3 });
    node.propose('x');
    for (const peer of [b, c]) {
      node.accept(peer, 2);
      node.step({ kind: 'peerUnreachable', peer });
    }
    node.tick(3);
    expect(node.raft.role.kind).toBe('follower');
    expect(node.sent.filter(({ message }) => message.kind === 'timeoutNow')).toEqual([]);
  });
});
