import { expect, test } from 'vitest';

import type { MembershipChange } from '../../src/configuration.ts';
import { CoreCluster, n1, n2, n3, n4, n5, n6 } from '../support/core-cluster.ts';
import { patient } from '../support/lone-node.ts';

// The single-server bug (Ongaro, raft-dev, July 2015). A leader begins a change and is deposed
// before it has committed it; the next leader begins another change on the same base. Each of the
// two differs from the base by one vote and from the other by two, and two majorities that need not
// overlap decide.
//
// Protection: no change before the leader has committed an entry of its own term: the reason
// 'termNotCommitted' in src/membership.ts.
// Mutation: without it the second change is accepted, n2 and n3 commit, and n1 is elected by n4
// without what they have committed.

interface Variant {
  readonly title: string;
  /** Begun by n1, which leads first. */
  readonly first: MembershipChange;
  /** Begun by n2, which leads next. */
  readonly second: MembershipChange;
}

const variants: readonly Variant[] = [
  {
    title: 'one added, one removed',
    first: { kind: 'addVoter', node: n5 },
    second: { kind: 'remove', node: n1 },
  },
  {
    title: 'two added',
    first: { kind: 'addVoter', node: n5 },
    second: { kind: 'addVoter', node: n6 },
  },
  {
    title: 'two removed',
    first: { kind: 'remove', node: n2 },
    second: { kind: 'remove', node: n1 },
  },
];

test.each(variants)('two changes on one base never both decide: $title', ({ first, second }) => {
  const cluster = new CoreCluster({ random: patient, nodeCount: 6, voterCount: 4 });
  cluster.elect(n1);
  cluster.settle();
  cluster.split([n1, n5], [n2, n3, n4]);
  cluster.change(n1, [first], { isForced: true });
  cluster.settle();
  cluster.elect(n2);
  cluster.split([n1, n5], [n2, n3, n6], [n4]);
  const effects = cluster.change(n2, [second], { isForced: true });
  expect(effects).toContainEqual({
    kind: 'membershipRefused',
    changeId: 1,
    reason: 'termNotCommitted',
  });
  cluster.settle();
  cluster.split([n1, n4, n5], [n2, n3, n6]);
  cluster.tick();
  cluster.elect(n1);
  cluster.settle();
  cluster.rejoin();
  for (let tick = 0; tick < 30; tick += 1) cluster.tick();
  // The first change stands, for n1 could win with it; the second may be made on top of it now.
  expect(cluster.leader?.raft?.log.configurationIndex).toBe(2);
  expect(cluster.checker.committedIndex).toBeGreaterThan(2);
});
