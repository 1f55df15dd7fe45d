import { expect, test } from 'vitest';

import { CoreCluster, n1, n2, n3 } from '../support/core-cluster.ts';
import { patient } from '../support/lone-node.ts';

// Changes that are active only once they are applied (etcd#11284, etcd#7625, raft#80). n1 commits
// the removal of n3, then that of n2, and decides alone. n2 has the first entry and has not heard
// that it is committed: if it still counted in the old configuration, n2 and n3 were a majority,
// and there would be two leaders.
//
// Protection: a configuration is in force from the moment it is in the log: `adoptConfiguration` in
// `onAppendEntries` of src/replication.ts.
// Mutation: without that call n2 is elected by n3, without what n1 has committed alone.

test('who has not applied a removal does not count in the configuration before it', () => {
  const cluster = new CoreCluster({ random: patient, nodeCount: 3 });
  cluster.elect(n1);
  cluster.settle();
  cluster.split([n1, n2]);
  cluster.change(n1, [{ kind: 'remove', node: n3 }]);
  // n2 has the entry; its acknowledgement is the last word between the two.
  while (cluster.parcels.some(({ to }) => to !== n1)) cluster.deliver(0);
  cluster.completeWrites(n2, 1);
  cluster.split([n1], [n2, n3]);
  for (const { from, message } of cluster.parcels.splice(0)) {
    if (from === n2) cluster.input(n1, { kind: 'receive', from, message });
  }
  cluster.completeWrites(n1, 1);
  expect(cluster.raft(n1).commitIndex).toBe(2);
  cluster.change(n1, [{ kind: 'remove', node: n2 }]);
  cluster.settle();
  expect(cluster.raft(n1).commitIndex).toBe(3);
  cluster.propose(n1, 1);
  cluster.settle();
  expect(cluster.raft(n1).commitIndex).toBe(4);

  for (let attempt = 0; attempt < 5; attempt += 1) {
    cluster.campaign(n2);
    cluster.settle();
    cluster.campaign(n3);
    cluster.settle();
  }
  expect(cluster.raft(n2).commitIndex).toBe(1);
  expect(cluster.leader?.nodeId).toBe(n1);
});
