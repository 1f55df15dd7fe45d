import { type NodeId, nodeId } from '@quorate/transport';
import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { hastenElection, restartElectionTimer } from '../src/election-timer.ts';
import { createRaft } from '../src/raft.ts';
import type { RaftState } from '../src/state.ts';
import { a, b, c, LoneNode } from './support/lone-node.ts';

/** One more than what can be cut into 2 to 9 equal parts. */
const electionTimeoutTicks = 2_521;

function followersOf(term: number, voterCount: number): readonly RaftState[] {
  const voters = Array.from({ length: voterCount }, (_, place) => nodeId(`n${place + 1}`));
  const hardState = { currentTerm: term, votedFor: undefined, promised: undefined };
  return voters.map((id) => {
    const random = seededRandom(`${id} in ${term}`);
    return createRaft({ id, voters, hardState, random, electionTimeoutTicks });
  });
}

/** Which of the equal parts of the interval the wait of `raft` ends in. */
function partOf({ electionDueTicks, peers }: RaftState): number {
  const offset = electionDueTicks - electionTimeoutTicks - 1;
  return Math.floor((offset * (peers.length + 1)) / (electionTimeoutTicks - 1));
}

/** The voters in the order in which their waits end. */
function orderOf(followers: readonly RaftState[]): readonly NodeId[] {
  return [...followers]
    .sort((left, right) => left.electionDueTicks - right.electionDueTicks)
    .map(({ id }) => id);
}

describe('the waits of followers', () => {
  test.each([2, 3, 4, 5, 7, 9])('of %i voters end each in a part of its own', (voterCount) => {
    for (let term = 0; term < 200; term += 1) {
      const parts = followersOf(term, voterCount).map(partOf);
      expect([...new Set(parts)].sort()).toEqual(Array.from({ length: voterCount }, (_, i) => i));
    }
  });

  test('keep their parts, however often they are drawn', () => {
    for (const raft of followersOf(7, 5)) {
      const part = partOf(raft);
      const drawn = new Set<number>();
      for (let round = 0; round < 200; round += 1) {
        restartElectionTimer(raft);
        expect(partOf(raft)).toBe(part);
        drawn.add(raft.electionDueTicks);
      }
      expect(drawn.size).toBeGreaterThan(15);
    }
  });

  test('favour nobody from term to term', () => {
    const counts = new Map<NodeId, number>();
    for (let term = 1; term <= 1_000; term += 1) {
      const [first] = orderOf(followersOf(term, 5));
      if (first !== undefined) counts.set(first, (counts.get(first) ?? 0) + 1);
    }
    expect(counts.size).toBe(5);
    for (const count of counts.values()) {
      expect(count).toBeGreaterThan(150);
      expect(count).toBeLessThan(250);
    }
  });

  test('put the leader that they follow last', () => {
    for (let term = 1; term < 100; term += 1) {
      const followers = followersOf(term, 4);
      const leaderId = nodeId('n2');
      for (const raft of followers) {
        raft.leaderId = leaderId;
        restartElectionTimer(raft);
      }
      expect(orderOf(followers).at(-1)).toBe(leaderId);
      expect(new Set(followers.map(partOf)).size).toBe(4);
    }
  });

  test('put whom they voted for last', () => {
    for (let term = 1; term < 100; term += 1) {
      const node = LoneNode.withLog([1], term, { electionTimeoutTicks });
      const request = { kind: 'requestVote', lastLogIndex: 1, lastLogTerm: 1 } as const;
      node.receive(b, { ...request, term: term + 1 });
      expect(node.raft.votedFor).toBe(b);
      expect(partOf(node.raft)).toBeLessThan(2);
    }
  });

  test('stay within the interval where there are more voters than ticks', () => {
    const voters = Array.from({ length: 9 }, (_, place) => nodeId(`n${place + 1}`));
    for (const id of voters) {
      const random = seededRandom(id);
      const raft = createRaft({ id, voters, random, electionTimeoutTicks: 2 });
      expect(raft.electionDueTicks).toBe(3);
    }
  });
});

test('whoever has campaigned draws from the whole interval', () => {
  const parts = new Set<number>();
  for (let round = 0; round < 50; round += 1) {
    const random = seededRandom(round);
    const node = LoneNode.withLog([1], 3, { random, electionTimeoutTicks });
    node.tick(node.raft.electionDueTicks);
    expect(node.raft.role.kind).toBe('preCandidate');
    for (const peer of [b, c]) {
      node.receive(peer, { kind: 'preVoteReply', term: 3, voteGranted: false });
    }
    expect(node.raft.role.kind).toBe('follower');
    expect(node.raft.electionDueTicks).toBeGreaterThanOrEqual(electionTimeoutTicks);
    expect(node.raft.electionDueTicks).toBeLessThan(2 * electionTimeoutTicks);
    parts.add(partOf(node.raft));
  }
  expect(parts.size).toBeGreaterThan(2);
});

describe('whoever refuses a shorter log', () => {
  const short = { kind: 'preVote', lastLogIndex: 1, lastLogTerm: 1 } as const;

  test('campaigns soon, if it misses the leader too', () => {
    for (let term = 2; term < 50; term += 1) {
      const node = LoneNode.withLog([1, 2], term);
      node.append(c, term, { prevLogIndex: 2, prevLogTerm: 2 });
      node.tick(10);
      node.receive(b, { ...short, term: term + 1 });
      expect(node.sentTo(b, 'preVoteReply')).toMatchObject([{ voteGranted: false }]);
      node.tick();
      expect(node.raft.role.kind).toBe('preCandidate');
    }
  });

  test('waits as before, if it hears the leader', () => {
    const node = LoneNode.withLog([1, 2], 5);
    node.append(c, 5, { prevLogIndex: 2, prevLogTerm: 2 });
    const { electionDueTicks } = node.raft;
    node.tick(9);
    node.receive(b, { ...short, term: 6 });
    expect(node.raft.electionDueTicks).toBe(electionDueTicks);
  });

  test('never waits for less than the minimum election timeout', () => {
    const node = LoneNode.withLog([1, 2], 5);
    node.receive(b, { ...short, term: 6 });
    expect(node.raft.electionDueTicks).toBe(10);
  });

  test('never waits for longer than before', () => {
    const node = LoneNode.withLog([1, 2], 5);
    const { electionDueTicks } = node.raft;
    node.tick(electionDueTicks - 1);
    hastenElection(node.raft);
    expect(node.raft.electionDueTicks).toBe(electionDueTicks);
  });

  test('waits for its turn again after a vote that it gave', () => {
    const node = LoneNode.withLog([1, 2], 5);
    node.tick(10);
    node.receive(b, { kind: 'requestVote', term: 6, lastLogIndex: 2, lastLogTerm: 2 });
    expect(node.raft.electionElapsedTicks).toBe(0);
    expect(node.raft.electionDueTicks).toBeGreaterThan(10);
  });
});

test('a node without a vote draws from the whole interval', () => {
  const raft = createRaft({ id: a, voters: [], random: seededRandom(1) });
  for (let round = 0; round < 50; round += 1) {
    restartElectionTimer(raft);
    expect(raft.electionDueTicks).toBeGreaterThanOrEqual(10);
    expect(raft.electionDueTicks).toBeLessThan(20);
  }
});
