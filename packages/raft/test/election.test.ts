import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { CoreCluster } from './support/core-cluster.ts';
import { a, b, c, d, e, entriesOf, LoneNode, patient } from './support/lone-node.ts';
import { emptyDisk } from './support/model-disk.ts';

const vote = { lastLogIndex: 9, lastLogTerm: 2 } as const;

describe('a pre-vote', () => {
  test('is asked for in the next term, which nobody is in yet', () => {
    const node = LoneNode.withLog([1, 2], 4);
    node.tick(19);
    expect(node.sent.map(({ to, message }) => [to, message])).toEqual([
      [b, { kind: 'preVote', term: 5, lastLogIndex: 2, lastLogTerm: 2 }],
      [c, { kind: 'preVote', term: 5, lastLogIndex: 2, lastLogTerm: 2 }],
    ]);
    expect(node.raft.currentTerm).toBe(4);
    expect(node.did('persist')).toEqual([]);
  });

  // Why this test? A pre-vote was counted as a vote, and cleared votedFor: two votes in a term.
  test('given changes neither term, vote, timer nor disk', () => {
    const hardState = { currentTerm: 3, votedFor: c, promised: undefined };
    const node = LoneNode.withLog([1], 3, { hardState });
    const { electionDueTicks } = node.raft;
    node.tick(10);
    node.receive(b, { kind: 'preVote', term: 4, ...vote });
    expect(node.effects).toEqual([
      { kind: 'send', to: b, message: { kind: 'preVoteReply', term: 4, voteGranted: true } },
    ]);
    expect(node.raft).toMatchObject({ currentTerm: 3, votedFor: c, electionElapsedTicks: 10 });
    node.tick(electionDueTicks - 10);
    expect(node.raft.role.kind).toBe('preCandidate');
  });

  test('may be given to many', () => {
    const node = LoneNode.withLog([1], 3);
    for (const peer of [b, c]) {
      node.receive(peer, { kind: 'preVote', term: 4, ...vote });
      expect(node.sentTo(peer, 'preVoteReply')).toMatchObject([{ voteGranted: true }]);
    }
  });

  test('is refused for a log that is behind', () => {
    const node = LoneNode.withLog([1, 3], 3);
    node.receive(b, { kind: 'preVote', term: 9, ...vote });
    expect(node.sentTo(b, 'preVoteReply')).toEqual([
      { kind: 'preVoteReply', term: 3, voteGranted: false },
    ]);
  });

  test('is refused for a term that is taken, with the term of the one who refuses', () => {
    const node = LoneNode.withLog([1], 7);
    for (const term of [6, 7]) {
      node.receive(b, { kind: 'preVote', term, ...vote });
      expect(node.sentTo(b, 'preVoteReply')).toEqual([
        { kind: 'preVoteReply', term: 7, voteGranted: false },
      ]);
    }
  });

  test('refused teaches the term', () => {
    const node = LoneNode.withLog([1], 2);
    node.tick(19);
    node.receive(b, { kind: 'preVoteReply', term: 8, voteGranted: false });
    expect(node.raft).toMatchObject({ currentTerm: 8, votedFor: undefined });
    expect(node.raft.role.kind).toBe('follower');
    node.tick(19);
    expect(node.sentTo(b, 'preVote')).toMatchObject([{ term: 9 }]);
  });

  test('refused by a majority ends the attempt', () => {
    const node = LoneNode.withLog([1], 2);
    node.tick(19);
    node.receive(b, { kind: 'preVoteReply', term: 1, voteGranted: false });
    expect(node.raft.role.kind).toBe('preCandidate');
    node.receive(c, { kind: 'preVoteReply', term: 2, voteGranted: false });
    expect(node.raft.role.kind).toBe('follower');
  });

  test('given for another term does not count', () => {
    const node = LoneNode.withLog([1], 2);
    node.tick(19);
    for (const term of [1, 2, 4]) {
      node.receive(b, { kind: 'preVoteReply', term, voteGranted: true });
    }
    expect(node.raft.role.kind).toBe('preCandidate');
  });

  test('given too late changes nothing', () => {
    const node = LoneNode.withLog([1], 2);
    node.receive(b, { kind: 'preVoteReply', term: 3, voteGranted: true });
    expect(node.raft).toMatchObject({ currentTerm: 2 });
    expect(node.effects).toEqual([]);
  });

  // Why this test? Nodes with a long log and a low term, and nodes with a short log and a high
  // term, refused each other for ever, because refusals carried no term.
  test('deadlocks no cohorts of long logs and of high terms', () => {
    const hardState = { votedFor: undefined, promised: undefined };
    const long = { ...emptyDisk(), entries: entriesOf([1, 1, 1, 1]) };
    const disks = [
      { ...long, hardState: { ...hardState, currentTerm: 1 } },
      { ...long, hardState: { ...hardState, currentTerm: 1 } },
      { ...emptyDisk(), hardState: { ...hardState, currentTerm: 9 } },
      { ...emptyDisk(), hardState: { ...hardState, currentTerm: 9 } },
    ];
    const random = seededRandom('cohorts');
    const cluster = new CoreCluster({ random, nodeCount: 4, disks });
    for (let tick = 0; tick < 80; tick += 1) cluster.tick();
    expect(cluster.leader).toBeDefined();
    expect(cluster.checker.committedIndex).toBeGreaterThan(4);
  });
});

describe('a leader that is heard', () => {
  test.each(['preVote', 'requestVote'] as const)('is not deposed by a %s', (kind) => {
    const node = LoneNode.withLog([1], 3);
    node.receive(b, { kind: 'heartbeat', term: 3, leaderCommit: 0, round: 1 });
    node.tick(9);
    node.receive(c, { kind, term: 4, ...vote });
    expect(node.raft).toMatchObject({ currentTerm: 3, votedFor: undefined, leaderId: b });
    expect(node.sentTo(c, 'requestVoteReply')).toEqual([]);
  });

  test('protects itself as long as it leads', () => {
    const node = new LoneNode();
    node.becomeLeader();
    node.receive(c, { kind: 'requestVote', term: 4, ...vote });
    expect(node.raft.role.kind).toBe('leader');
    node.receive(c, { kind: 'preVote', term: 4, ...vote });
    expect(node.sentTo(c, 'preVoteReply')).toMatchObject([{ term: 1, voteGranted: false }]);
  });

  test('is forgotten after the minimum election timeout', () => {
    const node = LoneNode.withLog([1], 3);
    node.receive(b, { kind: 'heartbeat', term: 3, leaderCommit: 0, round: 1 });
    node.tick(10);
    node.receive(c, { kind: 'requestVote', term: 4, ...vote });
    expect(node.raft.votedFor).toBe(c);
  });

  // Why this test? A leader that had stepped down was refused by followers who still believed in
  // it, and the cluster never had a leader again.
  test('is not protected from itself', () => {
    const node = LoneNode.withLog([1], 3);
    node.receive(b, { kind: 'heartbeat', term: 3, leaderCommit: 0, round: 1 });
    node.receive(b, { kind: 'preVote', term: 4, ...vote });
    expect(node.sentTo(b, 'preVoteReply')).toMatchObject([{ voteGranted: true }]);
  });

  // Why this test? A bridge that could reach everyone honoured a leader without a majority, and
  // three of five nodes that could talk to each other elected nobody (Cloudflare, 2020).
  test('but hears no majority gives way, and a connected majority elects its own', () => {
    const cluster = new CoreCluster({ random: seededRandom('bridge'), nodeCount: 5 });
    while (cluster.leader === undefined) cluster.tick();
    cluster.tick();
    const old = cluster.leader;
    const [bridge, left, right] = cluster.ids.filter((id) => id !== old.nodeId);
    // The old leader reaches the bridge alone; left and right reach the bridge and each other.
    const connected = new Set([bridge, left, right]);
    cluster.isReachable = (from, to) =>
      from === bridge || to === bridge || (connected.has(from) && connected.has(to));
    for (let tick = 0; tick < 60; tick += 1) cluster.tick();
    const leaderId = cluster.leader.nodeId;
    expect(connected.has(leaderId)).toBe(true);
    expect(old.raft?.role.kind).not.toBe('leader');
  });
});

describe('a vote', () => {
  const request = { kind: 'requestVote', term: 3, lastLogIndex: 1, lastLogTerm: 1 } as const;

  test('restarts the election timer', () => {
    const node = LoneNode.withLog([1], 2);
    node.tick(15);
    node.receive(b, request);
    expect(node.raft.electionElapsedTicks).toBe(0);
  });

  test('refused leaves the election timer alone, though the term rises', () => {
    const node = LoneNode.withLog([1, 1], 2);
    node.tick(15);
    node.receive(b, request);
    expect(node.raft).toMatchObject({ currentTerm: 3, electionElapsedTicks: 15 });
  });

  // Why this test? The vote for the first candidate was stored and then forgotten in the same term.
  test('for one candidate leaves none for another, after any number of other messages', () => {
    const node = LoneNode.withLog([1], 2);
    node.receive(b, request);
    node.receive(c, { kind: 'preVote', term: 4, ...vote });
    node.receive(c, { kind: 'heartbeat', term: 2, leaderCommit: 0, round: 1 });
    node.receive(c, request);
    expect(node.sentTo(c, 'requestVoteReply')).toMatchObject([{ voteGranted: false }]);
    expect(node.raft.votedFor).toBe(b);
  });

  // Why this test? A candidate did not record its own vote and gave a second one.
  test('for itself leaves none for another', () => {
    const node = LoneNode.withLog([1], 2);
    node.becomeCandidate();
    node.receive(b, request);
    expect(node.sentTo(b, 'requestVoteReply')).toMatchObject([{ voteGranted: false }]);
  });

  test('for itself is kept when it steps down in the same term', () => {
    const node = LoneNode.withLog([1], 2);
    node.becomeCandidate();
    for (const peer of [b, c]) {
      node.receive(peer, { kind: 'requestVoteReply', term: 3, voteGranted: false });
    }
    expect(node.raft.role.kind).toBe('follower');
    node.receive(b, request);
    expect(node.raft.votedFor).toBe(a);
  });

  test('that arrives twice counts once', () => {
    const node = new LoneNode({ voters: [a, b, c, d, e] });
    node.becomeCandidate();
    const reply = { kind: 'requestVoteReply', term: 1, voteGranted: true } as const;
    node.receive(b, reply);
    node.receive(b, reply);
    expect(node.raft.role.kind).toBe('candidate');
  });

  test('of the candidate itself counts only once it is durable', () => {
    const node = new LoneNode();
    node.tick(19);
    node.receive(b, { kind: 'preVoteReply', term: 1, voteGranted: true });
    expect(node.raft.role.kind).toBe('candidate');
    expect(node.sentTo(b, 'requestVote')).toEqual([]);
    node.persist();
    expect(node.sentTo(b, 'requestVote')).toHaveLength(1);
  });

  // Why this test? On a slow disk each campaign was overtaken by the next, and none was ever won.
  test('of the candidate itself starts the wait for the others, however long it took', () => {
    const node = new LoneNode();
    node.tick(19);
    node.receive(b, { kind: 'preVoteReply', term: 1, voteGranted: true });
    node.tick(100);
    expect(node.raft).toMatchObject({ currentTerm: 1 });
    node.persist();
    node.tick(18);
    expect(node.raft.role.kind).toBe('candidate');
    node.tick();
    expect(node.raft.role.kind).toBe('preCandidate');
  });

  test('of a stranger does not count', () => {
    const node = new LoneNode();
    node.becomeCandidate();
    node.receive(d, { kind: 'requestVoteReply', term: 1, voteGranted: true });
    expect(node.raft.role.kind).toBe('candidate');
    expect(node.raft.strangerCount).toBe(1);
  });

  test('goes to a stranger who asks, for its configuration may be on its way here', () => {
    const node = new LoneNode();
    node.receive(d, { kind: 'requestVote', term: 9, ...vote });
    node.persist();
    expect(node.sentTo(d, 'requestVoteReply')).toMatchObject([{ term: 9, voteGranted: true }]);
  });
});

describe('a cluster of one', () => {
  test('elects itself as soon as its vote is durable', () => {
    const node = new LoneNode({ voters: [a] });
    node.tick(19);
    expect(node.raft.role.kind).toBe('candidate');
    node.persist();
    expect(node.raft.role.kind).toBe('leader');
  });

  test('keeps its quorum for ever', () => {
    const node = new LoneNode({ voters: [a] });
    node.becomeLeader();
    node.tick(1_000);
    expect(node.raft.role.kind).toBe('leader');
  });
});

describe('the check of the quorum', () => {
  test('deposes a leader that hears no majority for an election timeout', () => {
    const node = new LoneNode();
    node.becomeLeader();
    node.tick(10);
    expect(node.raft.role.kind).toBe('leader');
    node.tick(10);
    expect(node.raft.role.kind).toBe('follower');
    expect(node.raft).toMatchObject({ currentTerm: 1, votedFor: a, leaderId: undefined });
  });

  test('is content with a majority', () => {
    const node = new LoneNode();
    node.becomeLeader();
    for (let round = 1; round <= 100; round += 1) {
      node.tick();
      node.receive(b, { kind: 'heartbeatReply', term: 1, round: node.raft.lastRound });
    }
    expect(node.raft.role.kind).toBe('leader');
  });
});

// Why these tests? A leader whose disk hung kept sending heartbeats, and nothing could be committed
// or applied there for as long as it did.
describe('a disk that hangs', () => {
  test('ends leadership once the others commit what it cannot store', () => {
    const node = new LoneNode({ storageStallTicks: 15 });
    node.becomeLeader();
    node.propose('x');
    node.accept(b, 2);
    node.accept(c, 2);
    for (let tick = 0; tick < 15; tick += 1) {
      expect(node.raft.role.kind).toBe('leader');
      node.tick();
      node.receive(b, { kind: 'heartbeatReply', term: 1, round: node.raft.lastRound });
    }
    expect(node.raft.role.kind).toBe('follower');
  });

  test('ends no leadership while the others cannot store anything either: reads go on', () => {
    const node = new LoneNode({ storageStallTicks: 15 });
    node.becomeLeader();
    node.accept(b, 1);
    node.propose('x');
    for (let tick = 0; tick < 100; tick += 1) {
      node.tick();
      node.receive(b, { kind: 'heartbeatReply', term: 1, round: node.raft.lastRound });
    }
    node.step({ kind: 'readIndex', readId: 1 });
    node.receive(b, { kind: 'heartbeatReply', term: 1, round: node.raft.lastRound });
    expect(node.did('readReady')).toEqual([{ kind: 'readReady', readId: 1, readIndex: 1 }]);
  });

  test('is no matter while writes go on being finished', () => {
    const node = new LoneNode({ storageStallTicks: 15 });
    node.becomeLeader();
    for (let logIndex = 3; logIndex < 23; logIndex += 2) {
      node.propose('x');
      node.propose('y');
      node.accept(b, logIndex);
      node.accept(c, logIndex);
      for (let tick = 0; tick < 10; tick += 1) {
        node.tick();
        node.receive(b, { kind: 'heartbeatReply', term: 1, round: node.raft.lastRound });
      }
      node.step({ kind: 'persisted', ticket: node.raft.issuedTicket - 1 });
    }
    expect(node.raft.role.kind).toBe('leader');
  });

  test('keeps a node from campaigning until it works again', () => {
    const node = new LoneNode({ storageStallTicks: 15, random: patient });
    node.append(b, 1, { terms: [1] });
    node.tick(100);
    expect(node.raft.role.kind).toBe('follower');
    expect(node.raft.leaderId).toBeUndefined();
    node.persist();
    node.tick(19);
    expect(node.raft.role.kind).toBe('preCandidate');
  });
});
