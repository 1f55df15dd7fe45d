import { describe, expect, test } from 'vitest';

import { a, b, c, entriesOf, LoneNode } from './support/lone-node.ts';

describe('the commit index', () => {
  // Why this test? A single node handed out entries as committed along with the write that was to
  // make them durable: acknowledged, then lost in a crash.
  test('of a cluster of one moves only when its write is durable', () => {
    const node = new LoneNode({ voters: [a] });
    node.becomeLeader();
    expect(node.raft.commitIndex).toBe(1);
    node.propose('x');
    expect(node.did('apply')).toEqual([]);
    expect(node.raft.commitIndex).toBe(1);
    node.persist();
    expect(node.raft.commitIndex).toBe(2);
    expect(node.did('apply')).toMatchObject([{ entries: [{ logIndex: 2 }] }]);
  });

  test('counts the leader only as far as its own disk', () => {
    const node = new LoneNode();
    node.becomeLeader();
    node.propose('x');
    node.accept(b, 2);
    expect(node.raft.commitIndex).toBe(1);
    node.persist();
    expect(node.raft.commitIndex).toBe(2);
  });

  test('can move without the leader’s own disk, if the others are a majority', () => {
    const node = new LoneNode();
    node.becomeLeader();
    node.propose('x');
    node.accept(b, 2);
    node.accept(c, 2);
    expect(node.raft.commitIndex).toBe(2);
    expect(node.raft.log.durableIndex).toBe(1);
  });

  // Why this test? A node that had just ceased to lead advanced its commit index once more.
  test('does not move by acknowledgements after leadership', () => {
    const node = new LoneNode();
    node.becomeLeader();
    node.receive(b, { kind: 'heartbeatReply', term: 2, round: 1 });
    node.receive(b, {
      kind: 'appendEntriesReply',
      term: 1,
      result: { kind: 'accepted', matchIndex: 1 },
    });
    node.accept(c, 1);
    expect(node.raft.commitIndex).toBe(0);
  });

  test('does not move by acknowledgements of an earlier leadership', () => {
    const node = LoneNode.withLog([1, 1], 1);
    node.becomeLeader();
    const result = { kind: 'accepted', matchIndex: 3 } as const;
    node.receive(b, { kind: 'appendEntriesReply', term: 1, result });
    expect(node.raft.commitIndex).toBe(0);
  });

  test('ignores an acknowledgement of what this leader never had', () => {
    const node = new LoneNode();
    node.becomeLeader();
    node.accept(b, 99);
    expect(node.raft.commitIndex).toBe(0);
    expect(node.leadership.followers.get(b)?.matchIndex).toBe(0);
  });
});

describe('applying', () => {
  // Why this test? A follower computed min(leaderCommit, flushed) before its flush and never again.
  test('waits for the own disk and goes on as soon as it is done', () => {
    const node = new LoneNode();
    node.append(b, 1, { terms: [1, 1], leaderCommit: 2 });
    expect(node.raft.commitIndex).toBe(2);
    expect(node.did('apply')).toEqual([]);
    node.persist();
    expect(node.did('apply')).toEqual([{ kind: 'apply', entries: entriesOf([1, 1]) }]);
  });

  test('comes in batches, within a window', () => {
    const node = new LoneNode({ maxMessageBytes: 50, maxApplyBytes: 200 });
    const terms = [1, 1, 1, 1, 1, 1, 1, 1];
    node.append(b, 1, { terms, leaderCommit: 8 });
    node.persist();
    const sizes = (): readonly number[] => node.did('apply').map(({ entries }) => entries.length);
    expect(sizes()).toEqual([2, 2]);
    node.step({ kind: 'applied', logIndex: 2 });
    expect(sizes()).toEqual([2]);
    node.step({ kind: 'applied', logIndex: 6 });
    expect(sizes()).toEqual([2]);
    node.step({ kind: 'applied', logIndex: 8 });
    expect(node.raft.lastApplied).toBe(8);
  });

  test('is never reported for what was not handed out', () => {
    const node = new LoneNode();
    expect(() => node.step({ kind: 'applied', logIndex: 1 })).toThrow(
      'only what was handed over can be applied',
    );
  });

  test('reported twice or late changes nothing', () => {
    const node = LoneNode.withLog([1, 1], 1);
    node.append(b, 1, { prevLogIndex: 2, prevLogTerm: 1, leaderCommit: 2 });
    node.step({ kind: 'applied', logIndex: 2 });
    node.step({ kind: 'applied', logIndex: 1 });
    expect(node.raft.lastApplied).toBe(2);
  });
});
