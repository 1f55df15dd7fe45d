import { describe, expect, test } from 'vitest';

import { becomeCandidate, becomeFollower, becomeLeader, becomePreCandidate } from '../src/roles.ts';
import { b, c, LoneNode } from './support/lone-node.ts';

describe('the transitions between roles', () => {
  test('lead from follower to leader one by one', () => {
    const { raft } = LoneNode.withLog([1, 1], 4);
    becomePreCandidate(raft);
    expect(raft).toMatchObject({ currentTerm: 4, votedFor: undefined, leaderId: undefined });
    becomeCandidate(raft, 'preVoteWon');
    expect(raft).toMatchObject({ currentTerm: 5, votedFor: raft.id, leaderId: undefined });
    const leader = becomeLeader(raft);
    expect(raft).toMatchObject({ currentTerm: 5, leaderId: raft.id });
    expect([...leader.followers].map(([id, { nextIndex }]) => [id, nextIndex])).toEqual([
      [b, 3],
      [c, 3],
    ]);
  });

  test('leave the vote alone within a term, and free it in the next', () => {
    const { raft } = LoneNode.withLog([1], 4);
    becomePreCandidate(raft);
    becomeCandidate(raft, 'preVoteWon');
    becomeFollower(raft, 5);
    expect(raft.votedFor).toBe(raft.id);
    becomeFollower(raft, 6, b);
    expect(raft).toMatchObject({ votedFor: undefined, leaderId: b });
  });

  test('never take a term back', () => {
    const { raft } = LoneNode.withLog([1], 4);
    expect(() => becomeFollower(raft, 3)).toThrow('terms only rise');
  });

  test('skip no step', () => {
    const { raft } = LoneNode.withLog([1], 4);
    expect(() => becomeCandidate(raft, 'preVoteWon')).toThrow(
      'an election starts with a won pre-vote',
    );
    expect(() => becomeLeader(raft)).toThrow('only a candidate wins');
    const node = new LoneNode();
    node.becomeLeader();
    expect(() => becomePreCandidate(node.raft)).toThrow('a leader does not campaign');
  });

  test('end before terms cease to be exact', () => {
    const { raft } = LoneNode.withLog([], Number.MAX_SAFE_INTEGER);
    becomePreCandidate(raft);
    expect(() => becomeCandidate(raft, 'preVoteWon')).toThrow('terms stay safe integers');
  });
});
