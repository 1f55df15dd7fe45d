import { expect, test } from 'vitest';

import { CoreCluster, n1, n2, n3, n4 } from '../support/core-cluster.ts';
import { patient } from '../support/lone-node.ts';

// A removed server disrupts (thesis §4.2.3, hashicorp#524). It was cut off while it was removed, or
// has the entry that removes it and never heard of its commit. It misses its leader, and asks for
// votes again and again; each time its term is higher than everyone's, and a leader that is well
// steps down.
//
// Protection: pre-vote, and whoever hears a leader gives none: `hearsLeader` in `onPreVote` and
// `adoptTerm` of src/election.ts and src/raft.ts. What strangers answer is dropped: `isHeard`.
// Mutation: without `hearsLeader` in `onPreVote` the second test fails, without it in `adoptTerm`
// the third, without `isHeard` the fourth.

function settled(): CoreCluster {
  const cluster = new CoreCluster({ random: patient, nodeCount: 4 });
  cluster.elect(n1);
  cluster.settle();
  return cluster;
}

/** Goes on for long, with everyone in reach: n1 leads all the time, and no term rises anywhere. */
function expectPeace(cluster: CoreCluster): void {
  const term = cluster.raft(n1).currentTerm;
  for (let tick = 0; tick < 100; tick += 1) {
    cluster.tick();
    expect(cluster.raft(n1).role.kind).toBe('leader');
    expect(cluster.ids.map((id) => cluster.raft(id).currentTerm)).toEqual([term, term, term, term]);
  }
}

test('who was removed while it was cut off comes back and disturbs nobody', () => {
  const cluster = settled();
  cluster.split([n1, n2, n3]);
  cluster.change(n1, [{ kind: 'remove', node: n4 }]);
  for (let tick = 0; tick < 50; tick += 1) cluster.tick();
  cluster.rejoin();
  expectPeace(cluster);
});

test('who has the entry that removes it, and not its commit, disturbs nobody', () => {
  const cluster = settled();
  cluster.change(n1, [{ kind: 'remove', node: n4 }]);
  while (cluster.parcels.length > 0) cluster.deliver(0);
  cluster.split([n1, n2, n3]);
  cluster.settle();
  expect(cluster.raft(n1).commitIndex).toBe(2);
  expect(cluster.raft(n4).commitIndex).toBe(1);
  expect(cluster.raft(n4).log.configurationIndex).toBe(2);
  cluster.rejoin();
  expectPeace(cluster);
});

test('a vote that a removed server asks for in a high term is not even heard', () => {
  const cluster = settled();
  cluster.change(n1, [{ kind: 'remove', node: n4 }]);
  cluster.settle();
  for (const to of [n1, n2, n3]) {
    const message = { kind: 'requestVote', term: 50, lastLogIndex: 9, lastLogTerm: 9 } as const;
    cluster.input(to, { kind: 'receive', from: n4, message });
  }
  expectPeace(cluster);
});

test('what a removed server answers deposes nobody', () => {
  const cluster = settled();
  cluster.change(n1, [{ kind: 'remove', node: n4 }]);
  cluster.settle();
  const message = { kind: 'heartbeatReply', term: 50, round: 1 } as const;
  cluster.input(n1, { kind: 'receive', from: n4, message });
  expectPeace(cluster);
});

test('who learns that it was removed stays quiet', () => {
  const cluster = settled();
  cluster.change(n1, [{ kind: 'remove', node: n4 }]);
  cluster.settle();
  expect(cluster.raft(n4).commitIndex).toBe(2);
  expect(cluster.raft(n4).log.configurationIndex).toBe(2);
  cluster.campaign(n4);
  cluster.campaign(n4);
  expect(cluster.parcels.filter(({ from }) => from === n4)).toEqual([]);
});
