import { describe, expect, test } from 'vitest';

import type { FetchEntries } from '../src/messages.ts';
import { b, c, entriesOf, LoneNode } from './support/lone-node.ts';

/** What `b` asks: what follows 3@1, up to 5? */
const question: FetchEntries = {
  kind: 'fetchEntries',
  term: 2,
  prevLogIndex: 3,
  prevLogTerm: 1,
  toIndex: 5,
  anchorIndex: 0,
  anchorTerm: 0,
  question: 77,
  isFence: false,
  wantsSnapshot: false,
};

function asked(node: LoneNode, change: Partial<FetchEntries> = {}) {
  node.receive(b, { ...question, ...change });
  return node.sentTo(b, 'fetchedEntries')[0];
}

/** Lost entry 4; entries 5 to 7 can be read. */
function damaged(): LoneNode {
  const node = LoneNode.withLog([1, 1, 1], 2, {
    damaged: { firstDamagedIndex: 4, lastIndex: 7, lastTerm: 2, later: entriesOf([2, 2, 2], 5) },
  });
  // Its promise is written down first.
  node.tick();
  node.persist();
  return node;
}

describe('a node that is asked for entries', () => {
  test('gives what follows the asker’s log, up to where it is asked', () => {
    const answer = asked(LoneNode.withLog([1, 1, 1, 1, 2, 2]));
    expect(answer).toMatchObject({ question: 77, isAligned: true, isDefinite: true });
    expect(answer?.entries).toEqual(entriesOf([1, 2], 4));
  });

  test('gives as much as fits a message', () => {
    const answer = asked(LoneNode.withLog([1, 1, 1, 1, 1], 1, { maxMessageBytes: 1 }));
    expect(answer?.entries).toHaveLength(1);
  });

  test('says that it never had them, where its log ends before or has gone another way', () => {
    expect(asked(LoneNode.withLog([1, 1, 1]))).toMatchObject({ isDefinite: true, entries: [] });
    const elsewhere = asked(LoneNode.withLog([1, 1, 2, 2, 2]));
    expect(elsewhere).toMatchObject({ isDefinite: true, isAligned: false, entries: [] });
  });

  test('says what it has at the anchor', () => {
    const anchor = { anchorIndex: 6, anchorTerm: 2 };
    const node = LoneNode.withLog([1, 1, 1, 1, 2, 2]);
    expect(asked(node, anchor)?.anchorTerm).toBe(2);
    expect(asked(LoneNode.withLog([1, 1, 1]), anchor)?.anchorTerm).toBe(0);
  });

  test('says that it compacted them', () => {
    const node = LoneNode.withLog([], 2, { snapshot: { logIndex: 4, term: 1 }, entries: [] });
    expect(asked(node)).toMatchObject({ isCompacted: true, entries: [] });
  });

  test('gives its snapshot to who wants it, in a term that no leader has', () => {
    const node = LoneNode.withLog([], 2, { snapshot: { logIndex: 4, term: 1 }, entries: [] });
    node.receive(b, { ...question, wantsSnapshot: true });
    expect(node.did('sendSnapshot')).toEqual([{ kind: 'sendSnapshot', to: b, term: 0 }]);
  });

  test('denies nothing while it hears a leader, for that one is to be asked', () => {
    const node = LoneNode.withLog([1, 1, 1], 2);
    node.receive(c, { kind: 'heartbeat', term: 2, leaderCommit: 0, round: 1 });
    expect(asked(node)).toMatchObject({ isDefinite: false });
    node.tick(node.raft.tuning.electionTimeoutTicks);
    expect(asked(node)).toMatchObject({ isDefinite: true });
  });

  test('answers a fence in its term, once that is durable, unless it hears a leader', () => {
    const node = LoneNode.withLog([1, 1, 1], 2);
    expect(asked(node, { term: 6 })).toMatchObject({ term: 2 });
    expect(asked(node, { term: 6, isFence: true })).toBeUndefined();
    node.persist();
    expect(node.sentTo(b, 'fetchedEntries')).toMatchObject([{ term: 6, isDefinite: true }]);
    node.receive(c, { kind: 'heartbeat', term: 6, leaderCommit: 0, round: 1 });
    expect(asked(node, { term: 7, isFence: true })).toMatchObject({ term: 6, isDefinite: false });
  });
});

describe('a damaged node that is asked for entries', () => {
  test('gives what it can read behind its own damage', () => {
    const answer = asked(damaged(), { prevLogIndex: 4, toIndex: 6 });
    expect(answer?.entries).toEqual(entriesOf([2, 2], 5));
  });

  test('does not know whether it had what it lost, but knows where its log ended', () => {
    expect(asked(damaged())).toMatchObject({ isDefinite: false, entries: [] });
    const behind = { prevLogIndex: 7, prevLogTerm: 2, toIndex: 8 };
    expect(asked(damaged(), behind)).toMatchObject({ isDefinite: true, entries: [] });
  });
});
