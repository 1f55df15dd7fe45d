import type { NodeId } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { CoreCluster } from './support/core-cluster.ts';
import { a, b, c, d, e, entriesOf, LoneNode, patient } from './support/lone-node.ts';
import { type DurableState, emptyDisk } from './support/model-disk.ts';

// One test per sentence of Ongaro & Ousterhout, "In Search of an Understandable Consensus Algorithm
// (Extended Version)", 2014. The idea is etcd/raft's raft_paper_test.go. Where pre-vote comes
// before what a sentence says, the tests let it pass.

const heartbeat = { kind: 'heartbeat', leaderCommit: 0, round: 1 } as const;

/** A disk with a log of these terms, in the term of its last entry if no other is given. */
function diskWith(terms: readonly number[], currentTerm: number = terms.at(-1) ?? 0): DurableState {
  const hardState = { currentTerm, votedFor: undefined, promised: undefined };
  return { ...emptyDisk(), hardState, entries: entriesOf(terms) };
}

describe('§5.1 Raft basics', () => {
  test('if one server’s current term is smaller than the other’s, it updates to the larger', () => {
    const node = LoneNode.withLog([1], 1);
    node.receive(b, { ...heartbeat, term: 3 });
    expect(node.raft.currentTerm).toBe(3);
  });

  test('a candidate that discovers that its term is out of date reverts to follower state', () => {
    const node = new LoneNode();
    node.becomeCandidate();
    node.receive(b, { kind: 'requestVoteReply', term: 5, voteGranted: false });
    expect([node.raft.role.kind, node.raft.currentTerm]).toEqual(['follower', 5]);
  });

  test('a leader that discovers that its term is out of date reverts to follower state', () => {
    const node = new LoneNode();
    node.becomeLeader();
    node.receive(b, { kind: 'heartbeatReply', term: 5, round: 1 });
    expect([node.raft.role.kind, node.raft.currentTerm]).toEqual(['follower', 5]);
  });

  test('if a server receives a request with a stale term number, it rejects the request', () => {
    const node = LoneNode.withLog([1], 4);
    node.append(b, 3, { prevLogIndex: 1, prevLogTerm: 1, terms: [3], leaderCommit: 1 });
    expect(node.sentTo(b, 'appendEntriesReply')).toMatchObject([
      { term: 4, result: { kind: 'rejected' } },
    ]);
    node.receive(c, { kind: 'requestVote', term: 3, lastLogIndex: 9, lastLogTerm: 3 });
    expect(node.sentTo(c, 'requestVoteReply')).toEqual([
      { kind: 'requestVoteReply', term: 4, voteGranted: false },
    ]);
    expect([node.logTerms, node.raft.commitIndex]).toEqual([[1], 0]);
  });
});

describe('§5.2 Leader election', () => {
  test('when servers start up, they begin as followers', () => {
    expect(new LoneNode().raft.role.kind).toBe('follower');
  });

  test('a server remains in follower state as long as it receives valid RPCs from a leader', () => {
    const node = new LoneNode();
    for (let round = 1; round <= 10; round += 1) {
      node.tick(18);
      node.receive(b, { ...heartbeat, term: 1, round });
    }
    expect([node.raft.role.kind, node.raft.currentTerm]).toEqual(['follower', 1]);
  });

  test('leaders send periodic heartbeats to all followers to maintain their authority', () => {
    const node = new LoneNode({ heartbeatTicks: 3 });
    node.becomeLeader();
    node.tick(2);
    expect(node.sent).toEqual([]);
    node.tick();
    expect(node.sent.map(({ to, message }) => [to, message.kind])).toEqual([
      [b, 'heartbeat'],
      [c, 'heartbeat'],
    ]);
  });

  test('without communication for an election timeout, a follower begins an election', () => {
    const node = new LoneNode();
    node.tick(node.raft.electionDueTicks - 1);
    expect(node.raft.role.kind).toBe('follower');
    node.tick();
    expect(node.raft.role.kind).toBe('preCandidate');
    node.receive(b, { kind: 'preVoteReply', term: 1, voteGranted: true });
    expect(node.raft.role.kind).toBe('candidate');
  });

  test('it increments its term, votes for itself and issues RequestVotes in parallel', () => {
    const node = LoneNode.withLog([1, 2], 2);
    node.tick(19);
    node.receive(b, { kind: 'preVoteReply', term: 3, voteGranted: true });
    expect(node.did('persist')).toMatchObject([{ hardState: { currentTerm: 3, votedFor: a } }]);
    node.persist();
    const request = { kind: 'requestVote', term: 3, lastLogIndex: 2, lastLogTerm: 2 };
    expect(node.sent).toMatchObject([
      { to: b, message: request },
      { to: c, message: request },
    ]);
  });

  test.each<[size: number, granted: number, refused: number, role: string]>([
    [1, 0, 0, 'leader'],
    [3, 2, 0, 'leader'],
    [3, 1, 0, 'leader'],
    [3, 0, 0, 'candidate'],
    [3, 0, 1, 'candidate'],
    [3, 0, 2, 'follower'],
    [5, 2, 2, 'leader'],
    [5, 1, 2, 'candidate'],
    [5, 1, 3, 'follower'],
    [5, 4, 0, 'leader'],
  ])(
    'a candidate wins with votes from a majority of the full cluster: of %i, +%i and -%i is %s',
    (size, granted, refused, role) => {
      const node = new LoneNode({ voters: [a, b, c, d, e].slice(0, size) });
      node.becomeCandidate();
      const { currentTerm: term } = node.raft;
      for (const [place, peer] of node.raft.peers.slice(0, granted + refused).entries()) {
        node.receive(peer, { kind: 'requestVoteReply', term, voteGranted: place < granted });
      }
      expect(node.raft.role.kind).toBe(role);
    },
  );

  test('votes count only for the same term', () => {
    const node = LoneNode.withLog([1], 6);
    node.becomeCandidate();
    node.receive(b, { kind: 'requestVoteReply', term: 6, voteGranted: true });
    node.receive(c, { kind: 'requestVoteReply', term: 6, voteGranted: true });
    expect(node.raft.role.kind).toBe('candidate');
  });

  test('each server votes for at most one candidate per term, first come first served', () => {
    const request = { kind: 'requestVote', term: 2, lastLogIndex: 0, lastLogTerm: 0 } as const;
    const node = new LoneNode();
    node.receive(b, request);
    node.persist();
    expect(node.sentTo(b, 'requestVoteReply')).toMatchObject([{ voteGranted: true }]);
    node.receive(c, request);
    expect(node.sentTo(c, 'requestVoteReply')).toMatchObject([{ voteGranted: false }]);
    node.receive(b, request);
    expect(node.sentTo(b, 'requestVoteReply')).toMatchObject([{ voteGranted: true }]);
  });

  test('the winner establishes its authority and prevents new elections', () => {
    const node = new LoneNode();
    node.becomeCandidate();
    node.receive(b, { kind: 'requestVoteReply', term: 1, voteGranted: true });
    expect(node.sent.map(({ to, message }) => [to, message.kind])).toEqual([
      [b, 'appendEntries'],
      [c, 'appendEntries'],
    ]);
  });

  test.each([3, 4])(
    'a candidate that hears a leader of term %i, at least its own, returns to follower state',
    (term) => {
      const node = LoneNode.withLog([1], 2);
      node.becomeCandidate();
      node.append(b, term, { prevLogIndex: 1, prevLogTerm: 1 });
      expect(node.raft).toMatchObject({ currentTerm: term, leaderId: b });
      expect(node.raft.role.kind).toBe('follower');
    },
  );

  test('if the term in the RPC is smaller, it rejects the RPC and continues as candidate', () => {
    const node = LoneNode.withLog([1], 2);
    node.becomeCandidate();
    node.append(b, 2, { prevLogIndex: 1, prevLogTerm: 1 });
    expect(node.sentTo(b, 'appendEntriesReply')).toMatchObject([
      { term: 3, result: { kind: 'rejected' } },
    ]);
    expect(node.raft.role.kind).toBe('candidate');
  });

  test('if votes are split, each candidate times out and starts a new election', () => {
    const node = new LoneNode();
    node.becomeCandidate();
    node.receive(b, { kind: 'requestVoteReply', term: 1, voteGranted: false });
    node.tick(19);
    expect(node.sentTo(b, 'preVote')).toMatchObject([{ term: 2 }]);
    node.receive(b, { kind: 'preVoteReply', term: 2, voteGranted: true });
    expect(node.raft).toMatchObject({ currentTerm: 2, votedFor: a });
  });

  test('election timeouts are drawn from a fixed interval, anew for each election', () => {
    const drawn = new Set<number>();
    const drawnAgain = new Set<number>();
    const random = seededRandom('timeouts');
    for (let round = 0; round < 100; round += 1) {
      const node = LoneNode.withLog([], round, { random: random.fork(`${round}`) });
      let ticks = 0;
      while (node.raft.role.kind === 'follower') {
        node.tick();
        ticks += 1;
      }
      drawn.add(ticks);
      drawnAgain.add(node.raft.electionDueTicks);
    }
    const sorted = (ticks: ReadonlySet<number>): readonly number[] => [...ticks].sort();
    // The first tick is left free: see election-timer.ts.
    expect(sorted(drawn)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19]);
    expect(sorted(drawnAgain)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  });
});

describe('§5.3 Log replication', () => {
  test('the leader appends the command to its log, then replicates it in parallel', () => {
    const node = new LoneNode();
    node.becomeLeader();
    node.accept(b, 1);
    node.accept(c, 1);
    node.propose('x');
    expect(node.did('proposed')).toMatchObject([{ firstIndex: 2, term: 1 }]);
    expect(node.did('persist')).toMatchObject([{ entries: [{ logIndex: 2, term: 1 }] }]);
    const request = {
      kind: 'appendEntries',
      term: 1,
      prevLogIndex: 1,
      prevLogTerm: 1,
      entries: [{ logIndex: 2, kind: 'command', payload: new TextEncoder().encode('x') }],
    };
    expect(node.sent).toMatchObject([
      { to: b, message: request },
      { to: c, message: request },
    ]);
  });

  test.each<[size: number, acknowledging: readonly NodeId[], isCommitted: boolean]>([
    [1, [], true],
    [3, [], false],
    [3, [b], true],
    [3, [b, c], true],
    [5, [b], false],
    [5, [b, c], true],
    [5, [b, c, d, e], true],
  ])(
    'an entry is committed once it is on a majority: of %i, with acks of %j: %s',
    (size, acknowledging, isCommitted) => {
      const node = new LoneNode({ voters: [a, b, c, d, e].slice(0, size) });
      node.becomeLeader();
      for (const peer of acknowledging) node.accept(peer, 1);
      expect(node.raft.commitIndex).toBe(isCommitted ? 1 : 0);
    },
  );

  test.each([[[]], [[2]], [[1, 2]], [[1]]])(
    'this also commits all preceding entries, including those of previous leaders: %j',
    (terms) => {
      const node = LoneNode.withLog(terms, 2);
      node.becomeLeader();
      node.accept(b, terms.length + 1);
      expect(node.did('apply').flatMap(({ entries }) => entries.map(({ term }) => term))).toEqual([
        ...terms,
        3,
      ]);
    },
  );

  test('the leader includes its commit index in AppendEntries so that others find out', () => {
    const node = new LoneNode();
    node.becomeLeader();
    node.accept(b, 1);
    expect(node.sentTo(b, 'appendEntries')).toMatchObject([{ leaderCommit: 1, entries: [] }]);
    node.propose('x');
    expect(node.sentTo(b, 'appendEntries')).toMatchObject([{ leaderCommit: 1 }]);
  });

  test('the leader includes its commit index in heartbeats, as far as the follower has it', () => {
    const node = new LoneNode();
    node.becomeLeader();
    node.accept(b, 1);
    node.tick();
    expect(node.sentTo(b, 'heartbeat')).toMatchObject([{ leaderCommit: 1 }]);
    expect(node.sentTo(c, 'heartbeat')).toMatchObject([{ leaderCommit: 0 }]);
  });

  test('a follower that learns of a commit applies the entries in log order', () => {
    const node = new LoneNode();
    node.append(b, 1, { terms: [1, 1, 1], leaderCommit: 2 });
    node.persist();
    expect(node.did('apply').flatMap(({ entries }) => entries)).toEqual(entriesOf([1, 1]));
    node.append(b, 1, { prevLogIndex: 3, prevLogTerm: 1, leaderCommit: 3 });
    expect(node.did('apply').flatMap(({ entries }) => entries)).toEqual(entriesOf([1], 3));
  });

  test('the leader retries AppendEntries indefinitely, until all followers have it all', () => {
    const node = new LoneNode();
    node.becomeLeader();
    for (let round = 1; round <= 5; round += 1) {
      node.tick();
      node.receive(b, { kind: 'heartbeatReply', term: 1, round: node.raft.lastRound });
      expect(node.sentTo(b, 'appendEntries')).toMatchObject([{ entries: [{ logIndex: 1 }] }]);
    }
  });

  test.each<[prevLogIndex: number, prevLogTerm: number, accepted: boolean]>([
    [0, 0, true],
    [1, 1, true],
    [2, 2, true],
    [1, 2, false],
    [2, 1, false],
    [3, 2, false],
  ])(
    'without an entry at index %i of term %i, it refuses the new entries: %s',
    (prevLogIndex, prevLogTerm, accepted) => {
      const node = LoneNode.withLog([1, 2], 2);
      node.append(b, 2, { prevLogIndex, prevLogTerm });
      const [reply] = node.sentTo(b, 'appendEntriesReply');
      expect(reply?.result.kind).toBe(accepted ? 'accepted' : 'rejected');
    },
  );

  test.each<[prev: number, prevTerm: number, sent: readonly number[], wanted: readonly number[]]>([
    [2, 2, [3], [1, 2, 3]],
    [1, 1, [3, 4], [1, 3, 4]],
    [0, 0, [1], [1, 2]],
    [0, 0, [3], [3]],
    [0, 0, [1, 2], [1, 2]],
  ])(
    'conflicting entries are overwritten: after %i@%i, %j makes %j',
    (prevLogIndex, prevLogTerm, sent, wanted) => {
      const node = LoneNode.withLog([1, 2], 4);
      node.append(b, 4, { prevLogIndex, prevLogTerm, terms: sent });
      expect(node.logTerms).toEqual(wanted);
      node.persist();
      expect(node.sentTo(b, 'appendEntriesReply')).toMatchObject(
        node.sent.length === 0
          ? []
          : [{ result: { kind: 'accepted', matchIndex: prevLogIndex + sent.length } }],
      );
    },
  );

  test('a new leader initializes all nextIndex values to just after its last entry', () => {
    const node = LoneNode.withLog([1, 1, 2], 2);
    node.becomeCandidate();
    node.receive(b, { kind: 'requestVoteReply', term: 3, voteGranted: true });
    expect(node.sentTo(c, 'appendEntries')).toMatchObject([
      { prevLogIndex: 3, prevLogTerm: 2, entries: [{ logIndex: 4, kind: 'noop' }] },
    ]);
  });

  test('after a rejection the leader goes back and retries, one rejection per term', () => {
    const node = LoneNode.withLog([1, 1, 2, 2, 2, 3, 3], 3);
    node.becomeLeader();
    // The follower has 1 1 1 1 1 1: nothing of term 2 or 3 can match.
    node.reject(b, 7, 6, 1);
    expect(node.sentTo(b, 'appendEntries')).toMatchObject([{ prevLogIndex: 2, prevLogTerm: 1 }]);
  });

  test.each<[name: string, terms: readonly number[]]>([
    ['a', [1, 1, 1, 4, 4, 5, 5, 6, 6]],
    ['b', [1, 1, 1, 4]],
    ['c', [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6]],
    ['d', [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7]],
    ['e', [1, 1, 1, 4, 4, 4, 4]],
    ['f', [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3]],
  ])('Figure 7: the leader brings the log of follower (%s) into line with its own', (_, terms) => {
    const leaderLog = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
    // Terms 7 and 8 were used up, or the follower of case (d) would be of a later term.
    const disks = [diskWith(leaderLog, 8), diskWith(terms), diskWith([])];
    const cluster = new CoreCluster({ random: patient, nodeCount: 3, disks });
    const [leader, follower, empty] = cluster.ids;
    if (leader === undefined || follower === undefined || empty === undefined) expect.fail();
    cluster.elect(leader);
    cluster.settle();
    for (let tick = 0; tick < 3; tick += 1) cluster.tick();
    const { log } = cluster.raft(leader);
    for (const id of [follower, empty]) {
      const other = cluster.raft(id).log;
      expect(other.slice(1, other.lastIndex, Infinity)).toEqual(
        log.slice(1, log.lastIndex, Infinity),
      );
    }
    expect(log.lastTerm).toBe(9);
  });

  test('a leader never overwrites or deletes entries in its own log', () => {
    const node = LoneNode.withLog([1, 1, 2], 2);
    node.becomeLeader();
    node.reject(b, 3, 0, 0);
    node.reject(c, 3, 1, 1);
    node.propose('x');
    expect(node.logTerms).toEqual([1, 1, 2, 3, 3]);
  });
});

describe('§5.4.1 Election restriction', () => {
  test('the RequestVote RPC includes information about the candidate’s log', () => {
    const node = LoneNode.withLog([1, 2, 2], 4);
    node.becomeCandidate();
    expect(node.sentTo(b, 'requestVote')).toEqual([
      { kind: 'requestVote', term: 5, lastLogIndex: 3, lastLogTerm: 2 },
    ]);
  });

  test.each<
    [own: readonly number[], lastLogIndex: number, lastLogTerm: number, voteGranted: boolean]
  >([
    [[1], 1, 1, true],
    [[1], 2, 1, true],
    [[1, 1], 1, 1, false],
    [[1], 1, 2, true],
    [[1], 2, 2, true],
    [[1, 1], 1, 2, true],
    [[2], 1, 1, false],
    [[2], 2, 1, false],
  ])(
    'the voter with %j denies its vote if its log is more up to date than %i@%i: %s',
    (own, lastLogIndex, lastLogTerm, voteGranted) => {
      const node = LoneNode.withLog(own, 2);
      node.receive(b, { kind: 'requestVote', term: 3, lastLogIndex, lastLogTerm });
      node.persist();
      expect(node.raft.votedFor).toBe(voteGranted ? b : undefined);
    },
  );
});

describe('§5.4.2 Committing entries from previous terms', () => {
  test.each([
    [1, 0],
    [2, 0],
    [3, 3],
  ])(
    'only entries of the current term are committed by counting: with a copy up to %i, %i',
    (matchIndex, commitIndex) => {
      const node = LoneNode.withLog([1, 2], 2);
      node.becomeLeader();
      node.accept(b, matchIndex);
      expect(node.raft.commitIndex).toBe(commitIndex);
    },
  );

  test('Figure 8: an entry on a majority is overwritten, and so was not committed', () => {
    const disk = diskWith([1]);
    const cluster = new CoreCluster({
      random: patient,
      nodeCount: 5,
      tuning: { maxMessageBytes: 1 },
      disks: [disk, disk, disk, disk, disk],
    });
    const [s1, s2, s3, s4, s5] = cluster.ids;
    if (!s1 || !s2 || !s3 || !s4 || !s5) expect.fail();
    const limitTo = (...near: readonly NodeId[]): void => {
      cluster.isReachable = (from, to) => near.includes(from) && near.includes(to);
    };
    const termOfSecond = (id: NodeId): number | undefined =>
      cluster.node(id).disk.durable.entries[1]?.term;

    // (a) S1 leads term 2 and keeps its entry at index 2 to itself.
    limitTo(s1, s2, s3);
    cluster.elect(s1);
    limitTo(s1);
    cluster.settle();
    cluster.crash(s1, 0);
    // (b) S5 leads a later term with the votes of S3 and S4, and has another entry there.
    limitTo(s5, s3, s4);
    cluster.elect(s5);
    limitTo(s5);
    cluster.settle();
    cluster.crash(s5, 0);
    const later = termOfSecond(s5);
    expect(later).toBeGreaterThan(2);
    // (c) S1 leads once more and copies the old entry to S2 and S3, but nothing of its new term.
    cluster.restart(s1);
    limitTo(s1, s2, s3);
    cluster.elect(s1);
    const { role } = cluster.raft(s1);
    if (role.kind !== 'leader') expect.fail();
    const hasCopied = (): boolean =>
      [s2, s3].every((id) => role.followers.get(id)?.matchIndex === 2);
    for (let parcel = 0; parcel < 50 && !hasCopied(); parcel += 1) {
      cluster.deliver(0);
      for (const id of [s1, s2, s3]) cluster.completeWrites(id, 10);
    }
    expect([s1, s2, s3, s4, s5].map(termOfSecond)).toEqual([2, 2, 2, undefined, later]);
    expect(hasCopied()).toBe(true);
    expect(cluster.raft(s1).commitIndex).toBeLessThan(2);

    // (d) S1 crashes; S5 can still win, and overwrites the entry everywhere.
    cluster.parcels = [];
    cluster.crash(s1, 0);
    cluster.restart(s5);
    limitTo(s2, s3, s4, s5);
    cluster.elect(s5);
    cluster.settle();
    expect([s1, s2, s3, s4, s5].map(termOfSecond)).toEqual([2, later, later, later, later]);
    expect(cluster.raft(s5).commitIndex).toBeGreaterThan(2);
  });
});
