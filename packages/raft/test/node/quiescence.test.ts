import { describe, expect, test } from 'vitest';

import { Quiescence } from '../../src/node/quiescence.ts';
import { a, b, c, LoneNode } from '../support/lone-node.ts';

const heartbeat = { kind: 'heartbeat', term: 1, leaderCommit: 1, round: 1 } as const;

function ofLeader() {
  const node = new LoneNode();
  node.becomeLeader();
  node.accept(b, 1);
  node.accept(c, 1);
  node.step({ kind: 'applied', logIndex: 1 });
  const sent: string[] = [];
  const rest = new Quiescence(node.raft, 3, (to, { term, lastLogIndex }) => {
    sent.push(`${to} ${term} ${lastLogIndex}`);
  });
  return { node, rest, sent };
}
const ticksOf = (rest: Quiescence, count: number): readonly boolean[] =>
  Array.from({ length: count }, () => rest.tick());

describe('a leader', () => {
  test('rests after so many ticks in which nothing happened, and says so', () => {
    const { rest, sent } = ofLeader();
    expect(ticksOf(rest, 4)).toEqual([true, true, false, false]);
    expect(rest.isQuiescent).toBe(true);
    expect(sent).toEqual([`${b} 1 1`, `${c} 1 1`]);
  });

  test('never rests where that is not wanted', () => {
    const { node } = ofLeader();
    const rest = new Quiescence(node.raft, 0, () => expect.unreachable());
    expect(ticksOf(rest, 50)).not.toContain(false);
  });

  test('begins to count anew when something happens; echoes of heartbeats are nothing', () => {
    const { rest } = ofLeader();
    ticksOf(rest, 2);
    rest.onMessage(b, { kind: 'heartbeatReply', term: 1, round: 1 });
    expect(rest.tick()).toBe(false);
    rest.wake();
    expect(ticksOf(rest, 3)).toEqual([true, true, false]);
    rest.onMessage(b, { kind: 'preVote', term: 2, lastLogIndex: 1, lastLogTerm: 1 });
    expect(rest.tick()).toBe(true);
  });

  test('does not rest while a follower lacks an entry, or while it hands over', () => {
    const { node, rest } = ofLeader();
    node.propose('x');
    node.accept(b, 2);
    node.persist();
    node.step({ kind: 'applied', logIndex: 2 });
    expect(ticksOf(rest, 9)).not.toContain(false);
    node.accept(c, 2);
    node.step({ kind: 'transferLeadership', transferId: 1, to: b });
    expect(ticksOf(rest, 9)).not.toContain(false);
  });
});

describe('a leader that is asked', () => {
  test('does not rest while a read waits for the word of the others', () => {
    const { node, rest } = ofLeader();
    node.step({ kind: 'readIndex', readId: 1 });
    expect(ticksOf(rest, 9)).not.toContain(false);
  });
});

describe('a follower', () => {
  function ofFollower() {
    const node = LoneNode.withLog([1]);
    node.step({ kind: 'receive', from: b, message: heartbeat });
    node.step({ kind: 'applied', logIndex: 1 });
    return { node, rest: new Quiescence(node.raft, 3, () => expect.unreachable()) };
  }
  const wish = { kind: 'quiesce', term: 1, lastLogIndex: 1 } as const;

  test('rests when its leader wishes it and it has everything, until something comes', () => {
    const { rest } = ofFollower();
    expect(ticksOf(rest, 9)).not.toContain(false);
    rest.onMessage(b, wish);
    expect([rest.isQuiescent, rest.tick()]).toEqual([true, false]);
    rest.onMessage(b, heartbeat);
    expect([rest.isQuiescent, rest.tick()]).toEqual([false, true]);
  });

  test.each([
    ['another than its leader', c, wish],
    ['an older term', b, { ...wish, term: 0 }],
    ['a log that goes on', b, { ...wish, lastLogIndex: 2 }],
    ['a log that is shorter', b, { ...wish, lastLogIndex: 0 }],
  ] as const)('does not rest for %s', (_title, from, message) => {
    const { rest } = ofFollower();
    rest.onMessage(from, message);
    expect(rest.isQuiescent).toBe(false);
  });

  test('does not rest with more than its leader has', () => {
    const node = LoneNode.withLog([1, 1]);
    node.step({ kind: 'receive', from: b, message: heartbeat });
    node.step({ kind: 'applied', logIndex: 1 });
    const rest = new Quiescence(node.raft, 3, () => expect.unreachable());
    rest.onMessage(b, wish);
    expect([node.raft.commitIndex, rest.isQuiescent]).toEqual([1, false]);
  });

  test('does not rest before its state machine has all of it', () => {
    const node = LoneNode.withLog([1]);
    node.step({ kind: 'receive', from: b, message: heartbeat });
    const rest = new Quiescence(node.raft, 3, () => expect.unreachable());
    rest.onMessage(b, wish);
    expect([node.raft.commitIndex, rest.isQuiescent]).toEqual([1, false]);
  });

  test('does not rest while its log is being repaired', () => {
    const { node, rest } = ofFollower();
    node.raft.promised = { logIndex: 1, term: 1 };
    rest.onMessage(b, wish);
    expect(rest.isQuiescent).toBe(false);
    node.raft.promised = undefined;
    rest.onMessage(b, wish);
    expect(rest.isQuiescent).toBe(true);
  });

  test('does not rest before it knows that all it has is committed', () => {
    const node = LoneNode.withLog([1]);
    node.step({ kind: 'receive', from: b, message: { ...heartbeat, leaderCommit: 0 } });
    const rest = new Quiescence(node.raft, 3, () => expect.unreachable());
    rest.onMessage(b, wish);
    expect([node.raft.id, rest.isQuiescent]).toEqual([a, false]);
  });
});
