import { expect, test } from 'vitest';

import { n1, n2, n3 } from '../support/core-cluster.ts';
import { deliverBetween, rivalCandidates } from '../support/rival-candidates.ts';

// Two leaders in one term: a follower stores its vote for one candidate and grants it to another
// (Zeebe and atomix, camunda#5356, camunda#1068), or a candidate does not note its own vote and
// gives it away (nebula#3415).
//
// Protection: `isFree` in `onRequestVote` of src/election.ts; `votedFor` in `becomeCandidate` of
// src/roles.ts, on disk before anyone is asked: `countOwnVote`, and `sendWhenDurable` in
// `requestVotes`.
// Mutations: let every vote be free: the first and the second test fail. Leave `votedFor` alone in
// `becomeCandidate`: the second fails. Ask by `send`: the third fails.

test('a vote goes to one candidate of a term', () => {
  const cluster = rivalCandidates();
  cluster.completeWrites(n1, 1);
  cluster.completeWrites(n2, 1);
  for (const rival of [n1, n2]) {
    deliverBetween(cluster, rival, n3);
    cluster.completeWrites(n3, 1);
    deliverBetween(cluster, n3, rival);
  }
  expect(cluster.raft(n1)).toMatchObject({ role: { kind: 'leader' }, currentTerm: 1 });
  expect(cluster.raft(n2)).toMatchObject({ role: { kind: 'candidate' }, currentTerm: 1 });
});

test('a candidate gives its own vote to nobody else', () => {
  const cluster = rivalCandidates();
  cluster.completeWrites(n1, 1);
  cluster.completeWrites(n2, 1);
  deliverBetween(cluster, n1, n2);
  deliverBetween(cluster, n2, n1);
  cluster.completeWrites(n1, 1);
  cluster.completeWrites(n2, 1);
  deliverBetween(cluster, n2, n1);
  deliverBetween(cluster, n1, n2);
  expect(cluster.raft(n1).role.kind).not.toBe('leader');
  expect(cluster.raft(n2).role.kind).not.toBe('leader');
});

test('a candidate asks nobody before its own vote would survive a crash', () => {
  const cluster = rivalCandidates();
  cluster.completeWrites(n2, 1);
  expect(cluster.parcels.filter(({ from }) => from === n1)).toEqual([]);
  expect(cluster.parcels.filter(({ from }) => from === n2)).toHaveLength(2);
  // It forgets that it was a candidate, and votes for the other: no promise is broken.
  cluster.crash(n1, 0);
  cluster.restart(n1);
  deliverBetween(cluster, n2, n1);
  cluster.completeWrites(n1, 1);
  deliverBetween(cluster, n1, n2);
  expect(cluster.raft(n2)).toMatchObject({ role: { kind: 'leader' }, currentTerm: 1 });
});
