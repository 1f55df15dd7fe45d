import { expect, test } from 'vitest';

import type { AppendEntries } from '../../src/messages.ts';
import { CoreCluster, n1, n2, n3 } from '../support/core-cluster.ts';
import { patient } from '../support/lone-node.ts';

// A follower cuts its log at whatever AppendEntries comes first, and with it what it acknowledged
// (CCF#5991, fixed by CCF#6016; async-raft, "deleting entries after prev-log-id causes committed
// entry to be lost"). The request was merely earlier: sent again by a leader that believed a stale
// rejection, or late.
//
// Protection: `onAppendEntries` of src/replication.ts cuts at the first entry that differs, which
// `firstMissing` of src/log.ts finds; `rejected` of src/progress.ts believes no rejection from
// below what was accepted.
// Mutations: take all of `entries` for missing: the first test fails, n2 leads without what was
// committed. Cut after `prevLogIndex` where a request is empty: so does the second. Without
// `prevLogIndex < this.matchIndex` in `rejected` the third fails.

/** n1 and n2 have committed up to 3, which n2 has not heard of; n3 heard of nothing. */
function withAcknowledged(): { readonly cluster: CoreCluster; readonly early: AppendEntries } {
  const cluster = new CoreCluster({ random: patient, nodeCount: 3 });
  cluster.elect(n1);
  cluster.settle();
  cluster.split([n1, n2]);
  cluster.propose(n1);
  const early = cluster.parcels
    .filter(({ to }) => to === n2)
    .map(({ message }) => message)
    .find((message) => message.kind === 'appendEntries');
  if (early === undefined) throw new Error('the entry is on its way');
  cluster.propose(n1);
  while (cluster.raft(n1).commitIndex < 3) cluster.settleOnce();
  cluster.parcels = [];
  expect(cluster.raft(n2).commitIndex).toBeLessThan(3);
  return { cluster, early };
}

/** n1 is gone for good, and the others go on: without loss, or the checker throws. */
function expectNothingLost(cluster: CoreCluster): void {
  cluster.settle();
  expect(cluster.raft(n2).log.lastIndex).toBe(3);
  cluster.crash(n1, 0);
  cluster.rejoin();
  cluster.elect(n2);
  cluster.settle();
  expect(cluster.raft(n3).commitIndex).toBe(4);
}

test('a request that comes twice takes away nothing that came after it', () => {
  const { cluster, early } = withAcknowledged();
  cluster.input(n2, { kind: 'receive', from: n1, message: early });
  expectNothingLost(cluster);
});

test('an empty request that is early takes away nothing that follows', () => {
  const { cluster, early } = withAcknowledged();
  cluster.input(n2, { kind: 'receive', from: n1, message: { ...early, entries: [] } });
  expectNothingLost(cluster);
});

test('a leader does not go back for a rejection from before what was accepted', () => {
  const { cluster } = withAcknowledged();
  const result = { kind: 'rejected', prevLogIndex: 2, hintIndex: 1, hintTerm: 1 } as const;
  const message = { kind: 'appendEntriesReply', term: 1, result } as const;
  cluster.input(n1, { kind: 'receive', from: n2, message });
  const { role } = cluster.raft(n1);
  const progress = role.kind === 'leader' ? role.followers.get(n2) : undefined;
  expect(progress).toMatchObject({ state: 'replicate', matchIndex: 3, nextIndex: 4 });
});
