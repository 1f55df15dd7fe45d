import { expect, test } from 'vitest';

import { CoreCluster, n1, n2, n3 } from '../support/core-cluster.ts';
import { patient } from '../support/lone-node.ts';

// A node that becomes a follower rolls back what is not committed, though others count on its
// copies, and commits what they do not have (CCF#5674; in CCF#7620 it is a pre-candidate).
//
// Protection: `becomeFollower` of src/roles.ts touches neither the log nor the commit index; a
// heartbeat says no higher commit index than the follower is known to match: `broadcastHeartbeat`
// of src/replication.ts.
// Mutations: cut the log after `commitIndex` in `becomeFollower`: n2 leads without what n1 has
// committed with its copy. Send every follower the whole `commitIndex`: n1 commits the tail of its
// own reign in place of what n2 and n3 have committed.

test('who asked for votes in vain still has what it acknowledged', () => {
  const cluster = new CoreCluster({ random: patient, nodeCount: 3 });
  cluster.elect(n1);
  cluster.settle();
  cluster.split([n1, n2]);
  cluster.propose(n1);
  cluster.deliver(0);
  cluster.deliver(0);
  cluster.completeWrites(n2, 1);
  const acknowledged = cluster.parcels.splice(0);
  cluster.campaign(n2);
  expect(cluster.raft(n2).role.kind).toBe('preCandidate');
  cluster.input(n1, { kind: 'tick' });
  while (cluster.raft(n2).role.kind !== 'follower') cluster.deliver(0);
  cluster.completeWrites(n1, 1);
  cluster.completeWrites(n2, 1);
  cluster.parcels = acknowledged;
  cluster.deliver(0);
  expect(cluster.raft(n1).commitIndex).toBe(2);

  cluster.crash(n1, 0);
  cluster.parcels = [];
  cluster.rejoin();
  cluster.elect(n2);
  cluster.settle();
  expect(cluster.raft(n3).commitIndex).toBe(3);
});

test('a leader that is deposed does not take the next reign’s commits for its own', () => {
  const cluster = new CoreCluster({ random: patient, nodeCount: 3 });
  cluster.elect(n1);
  cluster.settle();
  cluster.split([n1]);
  cluster.propose(n1, 3);
  cluster.settle();
  cluster.split([n2, n3]);
  cluster.elect(n2);
  cluster.propose(n2);
  cluster.settle();
  expect(cluster.raft(n2).commitIndex).toBe(3);
  cluster.rejoin();
  // Nothing but heartbeats reaches it.
  cluster.input(n2, { kind: 'tick' });
  for (const { from, to, message } of cluster.parcels.splice(0)) {
    if (message.kind === 'heartbeat') cluster.input(to, { kind: 'receive', from, message });
  }
  expect(cluster.raft(n1)).toMatchObject({ role: { kind: 'follower' }, commitIndex: 1 });
  cluster.tick();
  expect(cluster.raft(n1)).toMatchObject({ commitIndex: 3, log: { lastIndex: 3 } });
});
