import { expect, test } from 'vitest';

import { CoreCluster, n1, n2, n3, n4, n5 } from '../support/core-cluster.ts';
import { patient } from '../support/lone-node.ts';

// An entry of an old term is committed because a majority has it, and is lost to a leader with a
// later last term (Raft paper, Figure 8; found again in CCF by model checking). The letters are
// those of the figure.
//
// Protection: `advanceCommit` of src/commitment.ts counts copies of its own term's entries only.
// Mutation: without the comparison of terms n1 commits entry 2 in (c), and n5 erases it in (d).

/** (c): n1 leads again and has brought its old entry 2 to a majority, and nothing more. */
function figureEight(): CoreCluster {
  const tuning = { maxMessageBytes: 1, maxInflightMessages: 1 };
  const cluster = new CoreCluster({ random: patient, nodeCount: 5, tuning });
  cluster.elect(n1);
  cluster.settle();
  // (a)
  cluster.split([n1, n2]);
  cluster.propose(n1);
  cluster.settle();
  cluster.crash(n1, 0);
  // (b)
  cluster.split([n3, n4, n5]);
  cluster.elect(n5);
  cluster.split([n5]);
  cluster.settle();
  cluster.crash(n5, 0);
  // (c)
  cluster.restart(n1);
  cluster.split([n1, n2, n3]);
  cluster.elect(n1);
  while (cluster.raft(n3).log.lastIndex < 2) cluster.settleOnce();
  for (const { from, message } of cluster.parcels.splice(0)) {
    if (from === n3) cluster.input(n1, { kind: 'receive', from, message });
  }
  const entries = [n1, n2, n3].map((id) => cluster.node(id).disk.durable.entries[1]?.term);
  expect(entries).toEqual([1, 1, 1]);
  return cluster;
}

test('an old entry on a majority is not committed, and may be erased', () => {
  const cluster = figureEight();
  expect(cluster.raft(n1).currentTerm).toBeGreaterThan(2);
  expect(cluster.raft(n1).commitIndex).toBeLessThan(2);
  // (d)
  cluster.crash(n1, 0);
  cluster.restart(n5);
  cluster.split([n3, n4, n5]);
  cluster.elect(n5);
  cluster.settle();
  cluster.rejoin();
  cluster.restart(n1);
  for (let tick = 0; tick < 5; tick += 1) cluster.tick();
  expect(cluster.raft(n1).log.termAt(2)).toBe(2);
  expect(cluster.raft(n1).commitIndex).toBeGreaterThan(2);
});

test('it is committed by an entry of the new term on top, and can be erased no more', () => {
  const cluster = figureEight();
  // (e)
  cluster.settle();
  expect(cluster.raft(n1).commitIndex).toBe(3);
  cluster.crash(n1, 0);
  cluster.restart(n5);
  cluster.split([n3, n4, n5]);
  expect(() => cluster.elect(n5)).toThrow('nobody elects n5');
  cluster.elect(n3);
});
