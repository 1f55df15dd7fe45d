import { type NodeId, nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { type LeaderHint, TargetChoice } from '../../src/sessions/target-choice.ts';

const [a, b, c] = [nodeId('a'), nodeId('b'), nodeId('c')];
const unknown: LeaderHint = { isAnswered: false, leaderId: undefined };
const answered: LeaderHint = { isAnswered: true, leaderId: undefined };

function notLeader(leaderId: NodeId): LeaderHint {
  return { isAnswered: false, leaderId };
}

test('stays with whoever answers', () => {
  const targets = new TargetChoice([a, b, c]);
  expect(targets.learn(b, answered)).toBe('later');
  expect(targets.current).toBe(b);
});

test('goes to the leader that is named, at once', () => {
  const targets = new TargetChoice([a, b, c]);
  expect(targets.learn(a, notLeader(c))).toBe('atOnce');
  expect(targets.current).toBe(c);
});

test('takes turns where nobody knows a leader it may ask', () => {
  const targets = new TargetChoice([a, b]);
  expect(targets.learn(a, notLeader(nodeId('stranger')))).toBe('later');
  expect(targets.current).toBe(b);
  expect(targets.learn(b, notLeader(b))).toBe('later');
  expect(targets.current).toBe(a);
  expect(targets.learn(a, unknown)).toBe('later');
  expect(targets.current).toBe(b);
});

test('lets a late word about a node that it has left pass', () => {
  const targets = new TargetChoice([a, b, c]);
  targets.learn(a, notLeader(c));
  expect(targets.learn(a, notLeader(b))).toBe('atOnce');
  expect(targets.current).toBe(c);
});

test('needs somebody to ask', () => {
  expect(() => new TargetChoice([])).toThrow('nodeIds: expected at least one, got none');
});
