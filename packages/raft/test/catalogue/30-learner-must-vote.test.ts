import { expect, test } from 'vitest';

import { CoreCluster, n1, n2, n3 } from '../support/core-cluster.ts';
import { patient } from '../support/lone-node.ts';

// A learner that is asked to vote must vote (etcd PR 10998, testdata/campaign_learner_must_vote).
// n3 was promoted and has not heard of it; n1 is gone. n2, which knows, needs the vote of n3: if n3
// refused as a mere learner, two of three voters would be up and elect nobody, for ever.
//
// Protection: `onPreVote` and `onRequestVote` of src/election.ts do not ask who has a seat.
// Mutation: with `hasSeat(state)` among the conditions of either, n2 is never elected.

test('a learner that does not know of its promotion elects a leader', () => {
  const cluster = new CoreCluster({ random: patient, nodeCount: 3, voterCount: 2 });
  cluster.elect(n1);
  cluster.settle();
  cluster.change(n1, [{ kind: 'addLearner', node: n3 }]);
  cluster.settle();
  cluster.split([n1, n2]);
  cluster.change(n1, [{ kind: 'addVoter', node: n3 }]);
  cluster.settle();
  cluster.crash(n1, 0);
  cluster.rejoin();
  expect(cluster.raft(n2).configuration.voters).toEqual([n1, n2, n3]);
  expect(cluster.raft(n3).configuration).toMatchObject({ voters: [n1, n2], learners: [n3] });
  cluster.elect(n2);
  cluster.settle();
  expect(cluster.raft(n3).configuration.voters).toEqual([n1, n2, n3]);
});
