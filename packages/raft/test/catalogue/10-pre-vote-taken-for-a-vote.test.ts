import { expect, test } from 'vitest';

import { CoreCluster, n1, n2, n3 } from '../support/core-cluster.ts';
import { patient } from '../support/lone-node.ts';
import { deliverBetween, rivalCandidates } from '../support/rival-candidates.ts';

// Pre-votes get in the way of votes (canonical/raft#196): the answer to a pre-vote is counted as a
// vote, or whoever asks for pre-votes forgets whom it has voted for.
//
// Protection: `onPreVoteReply` of src/election.ts is for pre-candidates only; `becomePreCandidate`
// of src/roles.ts leaves term and vote alone, and so does `onPreVote`.
// Mutations: count pre-votes of candidates too: the first test fails. Clear `votedFor` in
// `becomePreCandidate`: the second. Give the vote away in `onPreVote`: the third.

test('a pre-vote that comes late is no vote', () => {
  const cluster = rivalCandidates();
  cluster.completeWrites(n1, 1);
  expect(cluster.raft(n1)).toMatchObject({ role: { kind: 'candidate' }, currentTerm: 1 });
  const message = { kind: 'preVoteReply', term: 2, voteGranted: true } as const;
  for (const from of [n2, n3]) {
    cluster.input(n1, { kind: 'receive', from, message });
    cluster.input(n1, { kind: 'receive', from, message: { ...message, term: 1 } });
  }
  expect(cluster.raft(n1)).toMatchObject({ role: { kind: 'candidate' }, currentTerm: 1 });
});

test('who asks for pre-votes has not forgotten its vote', () => {
  const cluster = rivalCandidates();
  cluster.completeWrites(n1, 1);
  cluster.completeWrites(n2, 1);
  deliverBetween(cluster, n1, n3);
  cluster.completeWrites(n3, 1);
  deliverBetween(cluster, n3, n1);
  expect(cluster.raft(n1)).toMatchObject({ role: { kind: 'leader' }, currentTerm: 1 });
  // The leader's first words are lost, and n3 campaigns.
  cluster.parcels = cluster.parcels.filter(({ from, to }) => from === n2 && to === n3);
  const { electionTimeoutTicks } = cluster.raft(n3).tuning;
  for (let tick = 0; tick < 2 * electionTimeoutTicks; tick += 1) {
    cluster.input(n3, { kind: 'tick' });
  }
  expect(cluster.raft(n3).role.kind).toBe('preCandidate');
  deliverBetween(cluster, n2, n3);
  cluster.completeWrites(n3, cluster.node(n3).disk.pendingCount);
  deliverBetween(cluster, n3, n2);
  expect(cluster.raft(n2)).toMatchObject({ role: { kind: 'candidate' }, currentTerm: 1 });
});

test('a pre-vote changes nothing about who gives it', () => {
  const cluster = new CoreCluster({ random: patient, nodeCount: 3 });
  const knownOf = (): unknown => {
    const { currentTerm, votedFor, electionElapsedTicks, leaderId, role } = cluster.raft(n3);
    return { currentTerm, votedFor, electionElapsedTicks, leaderId, role: role.kind };
  };
  cluster.input(n3, { kind: 'tick' });
  const before = knownOf();
  const message = { kind: 'preVote', term: 1, lastLogIndex: 0, lastLogTerm: 0 } as const;
  for (const from of [n1, n2]) cluster.input(n3, { kind: 'receive', from, message });
  const granted = cluster.parcels.map(({ message: answer }) => answer);
  expect(granted).toEqual(
    [1, 1].map((term) => ({ kind: 'preVoteReply', term, voteGranted: true })),
  );
  expect(knownOf()).toEqual(before);
  expect(cluster.node(n3).disk.pendingCount).toBe(0);
});
