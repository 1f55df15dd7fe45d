import { expect, test } from 'vitest';

import { CoreCluster, n1, n2, n3 } from '../support/core-cluster.ts';
import { patient } from '../support/lone-node.ts';

// A follower acknowledges the end of its log instead of the end of the request (CCF#6016). What
// follows there was left by another leader, and the new one commits its own entries by copies that
// do not exist.
//
// Protection: `matchIndex` in `onAppendEntries` of src/replication.ts.
// Mutation: let it be `log.lastIndex`: n1 commits entry 2 with the one copy that it has itself.

test('a follower acknowledges what was sent, and not what else it has', () => {
  const cluster = new CoreCluster({ random: patient, nodeCount: 3 });
  cluster.elect(n3);
  cluster.settle();
  cluster.split([n3]);
  cluster.propose(n3);
  cluster.settle();
  cluster.split([n1, n2]);
  cluster.elect(n1);
  cluster.parcels = [];
  cluster.split([n1, n3]);
  cluster.settle();
  expect(cluster.raft(n1).log.termAt(2)).toBe(2);
  expect(cluster.raft(n3).log.termAt(2)).toBe(1);

  // A heartbeat as in the paper: a request without entries, after what both have.
  const message = {
    kind: 'appendEntries',
    term: 2,
    prevLogIndex: 1,
    prevLogTerm: 1,
    leaderCommit: 1,
    entries: [],
  } as const;
  cluster.input(n3, { kind: 'receive', from: n1, message });
  cluster.completeWrites(n3, 1);
  const answers = cluster.parcels.filter(({ from }) => from === n3).map((each) => each.message);
  expect(answers).toContainEqual({
    kind: 'appendEntriesReply',
    term: 2,
    result: { kind: 'accepted', matchIndex: 1 },
  });
  cluster.deliver(0);
  expect(cluster.raft(n1).commitIndex).toBe(1);
  cluster.rejoin();
  for (let tick = 0; tick < 5; tick += 1) cluster.tick();
  expect(cluster.raft(n3).log.termAt(2)).toBe(2);
  expect(cluster.raft(n1).commitIndex).toBe(2);
});
