import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { CoreCluster, n2 } from '../support/core-cluster.ts';
import { b, entriesOf, LoneNode } from '../support/lone-node.ts';
import { type DurableState, emptyDisk } from '../support/model-disk.ts';

// Pre-vote locks itself out (openraft#1796; etcd#8501; canonical/raft#279, #281). One cohort has
// the longer log and a low term, the other a high term and a shorter log. The first asks in a term
// that is taken and is refused, the second cannot win with its log, and as refusals do not say the
// term, nothing ever changes.
//
// Protection: a refusal carries the refuser's own term, and the asker goes on from there: `term` in
// `onPreVote` of src/election.ts, and 'preVoteReply' in `adoptTerm` of src/raft.ts.
// Mutations: let a refusal mirror `request.term` in `onPreVote`, or take nothing from it in
// `adoptTerm`, and all but the last test fail. Let grants carry `currentTerm`: the last fails.

function disk(terms: readonly number[], currentTerm: number): DurableState {
  const hardState = { currentTerm, votedFor: undefined, promised: undefined };
  return { ...emptyDisk(), entries: entriesOf(terms), hardState };
}

/** How many ticks it takes until someone leads and has committed. */
function ticksToCommit(cluster: CoreCluster): number {
  for (let tick = 1; tick <= 200; tick += 1) {
    cluster.tick();
    const { leader } = cluster;
    if (leader?.raft?.commitIndex === leader?.raft?.log.lastIndex && leader) return tick;
  }
  return Infinity;
}

describe('nodes with a long log and nodes with a high term', () => {
  const long = [1, 1, 1, 1];

  test.each([
    ['two and two of four', 4, [disk(long, 1), disk(long, 1), disk([], 9), disk([], 9)]],
    ['two and two of five', 5, [disk(long, 1), disk(long, 1), disk([1], 9), disk([1], 7)]],
    ['one and one of three', 3, [disk(long, 1), disk([1], 30)]],
  ] as const)('%s elect one of the long logs', (name, nodeCount, disks) => {
    for (let seed = 0; seed < 20; seed += 1) {
      const random = seededRandom(`${name} ${seed}`);
      const cluster = new CoreCluster({ random, nodeCount, disks });
      // The others are down: neither cohort is a majority.
      for (const id of cluster.ids.slice(disks.length)) cluster.crash(id, 0);
      expect(ticksToCommit(cluster)).toBeLessThan(60);
      expect(cluster.checker.committedIndex).toBeGreaterThan(long.length);
    }
  });

  test('elect one though the high term belongs to a node that comes back late', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const cluster = new CoreCluster({ random: seededRandom(seed), nodeCount: 3 });
      expect(ticksToCommit(cluster)).toBeLessThan(60);
      cluster.propose(cluster.leader?.nodeId ?? n2, 3);
      cluster.settle();
      const late = cluster.ids.find((id) => id !== cluster.leader?.nodeId) ?? n2;
      // It was told to take over, and its requests went nowhere.
      const { currentTerm } = cluster.raft(late);
      cluster.raft(late).currentTerm = currentTerm + 20;
      for (let tick = 0; tick < 60; tick += 1) cluster.tick();
      expect(cluster.leader?.raft?.currentTerm).toBeGreaterThan(currentTerm + 20);
      const terms = new Set(cluster.ids.map((id) => cluster.raft(id).currentTerm));
      expect(terms.size).toBe(1);
    }
  });
});

test('a pre-vote that is given says for which term, or a late one would count for the next', () => {
  const node = LoneNode.withLog([1], 3);
  node.receive(b, { kind: 'preVote', term: 7, lastLogIndex: 1, lastLogTerm: 1 });
  expect(node.sentTo(b, 'preVoteReply')).toEqual([
    { kind: 'preVoteReply', term: 7, voteGranted: true },
  ]);
});
