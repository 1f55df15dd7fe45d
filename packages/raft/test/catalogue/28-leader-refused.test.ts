import { describe, expect, test } from 'vitest';

import { CoreCluster, n1, n2, n3 } from '../support/core-cluster.ts';
import { a, b, c, LoneNode, patient } from '../support/lone-node.ts';

// A leader that stepped down is refused, because those whom it asks take it for the living leader
// (hashicorp/raft#605, #606). And a node that restarts its timer for a pre-vote it gives waits for
// ever on somebody who cannot win (hashicorp/raft#609). Either way nobody leads.
//
// Protection: `hearsLeader` in src/election.ts, and `isBoundByLease` in src/lease.ts, protect a
// leader from all but itself. `onPreVote` touches no timer.
// Mutations: without `leaderId === except` in `hearsLeader` the first two tests fail, without
// `candidate === lastLeaderId` in `isBoundByLease` the third; with `restartElectionTimer` for a
// pre-vote that is given the two of the second group fail.

const request = { lastLogIndex: 1, lastLogTerm: 1 } as const;

function followerOf(
  leader: typeof b,
  tuning: { readonly maxClockDriftPpm?: number } = {},
): LoneNode {
  const node = LoneNode.withLog([1], 3, tuning);
  node.tick(30);
  node.receive(leader, { kind: 'heartbeat', term: 3, leaderCommit: 1, round: 1 });
  node.tick();
  return node;
}

describe('a leader that leads no more', () => {
  test('gets the pre-vote of those who took it for the leader', () => {
    const node = followerOf(b);
    node.receive(b, { kind: 'preVote', term: 4, ...request });
    expect(node.sentTo(b, 'preVoteReply')).toMatchObject([{ voteGranted: true }]);
  });

  test('gets their vote', () => {
    const node = followerOf(b);
    node.receive(b, { kind: 'requestVote', term: 4, ...request });
    node.persist();
    expect(node.sentTo(b, 'requestVoteReply')).toMatchObject([{ term: 4, voteGranted: true }]);
  });

  test('gets both though it had a lease, which was its own', () => {
    const node = followerOf(b, { maxClockDriftPpm: 1_000 });
    node.receive(b, { kind: 'preVote', term: 4, ...request });
    expect(node.sentTo(b, 'preVoteReply')).toMatchObject([{ voteGranted: true }]);
    node.receive(b, { kind: 'requestVote', term: 4, ...request });
    node.persist();
    expect(node.sentTo(b, 'requestVoteReply')).toMatchObject([{ term: 4, voteGranted: true }]);
  });

  test('gets it from them alone: another is refused as before', () => {
    const node = followerOf(b);
    node.receive(c, { kind: 'preVote', term: 4, ...request });
    expect(node.sentTo(c, 'preVoteReply')).toMatchObject([{ voteGranted: false }]);
  });

  test('that restarted leads again, if it alone has the whole log', () => {
    const cluster = new CoreCluster({ random: patient, nodeCount: 3 });
    cluster.elect(n1);
    cluster.settle();
    cluster.crash(n3, 0);
    cluster.propose(n1);
    cluster.completeWrites(n1, 9);
    cluster.parcels = [];
    cluster.crash(n1, 0);
    cluster.restart(n1);
    let ticks = 0;
    while (cluster.raft(n1).role.kind !== 'leader' && ticks < 100) {
      cluster.tick();
      ticks += 1;
    }
    expect(ticks).toBeLessThan(20);
    expect(cluster.raft(n2).commitIndex).toBe(cluster.raft(n1).log.lastIndex);
  });
});

describe('whoever gives pre-votes', () => {
  test('campaigns as early as if it had given none', () => {
    const node = LoneNode.withLog([1], 3);
    const { electionDueTicks } = node.raft;
    for (let tick = 1; tick < electionDueTicks; tick += 1) {
      node.tick();
      expect(node.raft.role.kind).toBe('follower');
      node.receive(b, { kind: 'preVote', term: 4, ...request });
    }
    node.tick();
    expect(node.raft.role.kind).toBe('preCandidate');
    expect(node.raft.id).toBe(a);
  });

  test('elects another though one asks all the time who cannot hear the answer', () => {
    const cluster = new CoreCluster({ random: patient, nodeCount: 3 });
    cluster.elect(n1);
    cluster.settle();
    cluster.crash(n1, 0);
    cluster.isReachable = (_, to) => to !== n3;
    const message = { kind: 'preVote', term: 50, lastLogIndex: 1, lastLogTerm: 1 } as const;
    let isAsked = false;
    for (let tick = 0; tick < 60; tick += 1) {
      cluster.input(n2, { kind: 'receive', from: n3, message });
      cluster.tick();
      isAsked ||= cluster.raft(n2).role.kind === 'preCandidate';
    }
    // It cannot win alone, but it tries.
    expect(isAsked).toBe(true);
    cluster.rejoin();
    for (let tick = 0; tick < 30; tick += 1) cluster.tick();
    expect(cluster.leader).toBeDefined();
  });
});
