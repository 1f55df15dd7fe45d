import type { NodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import type { FetchedEntries, FetchEntries } from '../src/messages.ts';
import type { DamagedLog } from '../src/options.ts';
import { b, c, entriesOf, LoneNode } from './support/lone-node.ts';

/** Held 1@1 2@1 3@1 4@2 5@2 6@2 7@2 in term 3. Lost 4, and what `damage` says. */
function damagedNode(damage: Partial<DamagedLog> = {}): LoneNode {
  const later = entriesOf([2, 2, 2], 5);
  const damaged = { firstDamagedIndex: 4, lastIndex: 7, lastTerm: 2, later, ...damage };
  return LoneNode.withLog([1, 1, 1], 3, { damaged });
}

/** What the node asks in this step, and whom. */
function questions(node: LoneNode): readonly (FetchEntries & { readonly to: NodeId })[] {
  return [b, c].flatMap((to) => node.sentTo(to, 'fetchEntries').map((sent) => ({ ...sent, to })));
}

/** Ticks until the node asks somebody. */
function nextQuestion(node: LoneNode): FetchEntries & { readonly to: NodeId } {
  for (let ticks = 0; ticks < 100; ticks += 1) {
    node.tick();
    const [question] = questions(node);
    if (question !== undefined) return question;
  }
  return expect.fail('asks nobody');
}

/** What the node asked when it was answered, or asks next. */
function openQuestion(node: LoneNode): FetchEntries & { readonly to: NodeId } {
  return questions(node)[0] ?? nextQuestion(node);
}

/** By default a peer that never had any of it and knows of no leader. */
function answer(
  node: LoneNode,
  { to, question, prevLogIndex, prevLogTerm }: FetchEntries & { readonly to: NodeId },
  change: Partial<FetchedEntries> = {},
): void {
  node.receive(to, {
    kind: 'fetchedEntries',
    term: node.raft.currentTerm,
    prevLogIndex,
    prevLogTerm,
    question,
    anchorTerm: 0,
    isLeader: false,
    isAligned: true,
    isDefinite: true,
    isCompacted: false,
    entries: [],
    ...change,
  });
}

const known = { terms: new Map([[4, 2]]) };

describe('a damaged node', () => {
  test('asks one peer after the other for its first gap, and names what it has around it', () => {
    const node = damagedNode();
    const first = nextQuestion(node);
    expect(first).toMatchObject({
      prevLogIndex: 3,
      prevLogTerm: 1,
      toIndex: 4,
      anchorIndex: 5,
      anchorTerm: 2,
      isFence: false,
    });
    expect(nextQuestion(node).to).not.toBe(first.to);
  });

  test('asks less and less often when nobody helps', () => {
    const node = damagedNode();
    node.tick(2_000);
    expect(node.sent.length).toBeLessThan(2_000 / 10);
    expect(node.sent.length).toBeGreaterThan(20);
  });

  test('keeps what it can read until the gap is closed, then writes all of it at once', () => {
    const node = damagedNode(known);
    const question = nextQuestion(node);
    node.persist();
    answer(node, question, { entries: entriesOf([2], 4) });
    expect(node.did('persist')).toMatchObject([
      { truncateFrom: 4, entries: entriesOf([2, 2, 2, 2], 4) },
    ]);
    expect(node.raft.promised).toBeDefined();
    node.persist();
    expect(node.did('recovered')).toEqual([{ kind: 'recovered', fetchedCount: 1 }]);
    expect(node.raft.repair).toBeUndefined();
    node.receive(c, { kind: 'preVote', term: 9, lastLogIndex: 99, lastLogTerm: 8 });
    expect(node.sentTo(c, 'preVoteReply')).toMatchObject([{ voteGranted: true }]);
  });

  test('takes an entry of unknown term only with the log that agrees behind it', () => {
    const node = damagedNode();
    answer(node, nextQuestion(node), { anchorTerm: 3, entries: entriesOf([1], 4) });
    expect(node.raft.repair?.fetchedCount).toBe(0);
    answer(node, nextQuestion(node), { anchorTerm: 2, entries: entriesOf([1], 4) });
    expect(node.logTerms).toEqual([1, 1, 1, 1, 2, 2, 2]);
  });

  test('goes on to the next gap with the same peer', () => {
    const node = damagedNode({ ...known, later: entriesOf([2, 2], 5).filter(isNot(6)) });
    const question = nextQuestion(node);
    const { to } = question;
    answer(node, question, { entries: entriesOf([2], 4) });
    expect(questions(node)).toMatchObject([{ to, prevLogIndex: 5, prevLogTerm: 2, toIndex: 7 }]);
  });

  test('lets the leader’s entries wait while they would cut off healthy ones', () => {
    const node = damagedNode();
    node.append(b, 4, { prevLogIndex: 3, prevLogTerm: 1, terms: [2] });
    expect(node.sentTo(b, 'appendEntriesReply')).toEqual([]);
    expect(node.raft.log.lastIndex).toBe(3);
    expect(node.raft.leaderId).toBe(b);
  });

  test('drops answers that contradict themselves, and counts them', () => {
    const node = damagedNode(known);
    answer(node, nextQuestion(node), { anchorTerm: 2, entries: entriesOf([1], 4) });
    expect(node.raft.refusedFetchCount).toBe(1);
    answer(node, nextQuestion(node), { anchorTerm: 2, entries: entriesOf([2, 2], 4) });
    expect(node.raft.refusedFetchCount).toBe(2);
    expect(node.raft.log.lastIndex).toBe(3);
  });

  test('drops answers to questions of an earlier life', () => {
    const node = damagedNode(known);
    const question = nextQuestion(node);
    answer(node, { ...question, question: question.question + 1 }, { entries: entriesOf([2], 4) });
    expect(node.raft.log.lastIndex).toBe(3);
    expect(node.raft.refusedFetchCount).toBe(0);
  });
});

describe('what nobody has', () => {
  test('goes if the leader of the current term lacks it', () => {
    const node = damagedNode(known);
    const question = nextQuestion(node);
    answer(node, question, { isLeader: true, term: 4 });
    expect(node.did('persist')).toMatchObject([{ truncateFrom: 4, entries: [] }]);
    expect(node.raft.promised).toEqual({ logIndex: 7, term: 2 });
    node.append(question.to, 4, { prevLogIndex: 3, prevLogTerm: 1, terms: [4] });
    node.persist();
    expect(node.did('recovered')).toHaveLength(1);
  });

  test('goes if the leader never answers, as one of an older release: it sends all anew', () => {
    const node = damagedNode(known);
    for (let round = 1; round < 400; round += 1) {
      node.receive(b, { kind: 'heartbeat', term: 3, leaderCommit: 0, round });
      node.tick();
    }
    expect(node.raft.repair?.later).toEqual([]);
    expect(node.raft.promised).toEqual({ logIndex: 7, term: 2 });
  });

  test('stays if a leader of an older term lacks it', () => {
    const node = damagedNode(known);
    answer(node, nextQuestion(node), { isLeader: true, isDefinite: false, term: 2 });
    expect(node.raft.repair?.later).toHaveLength(3);
  });

  test('goes without a leader once all others denied it in a term raised for that', () => {
    const node = damagedNode(known);
    answer(node, nextQuestion(node));
    answer(node, openQuestion(node));
    const fences = questions(node);
    expect(fences).toMatchObject([
      { isFence: true, term: 4 },
      { isFence: true, term: 4 },
    ]);
    for (const fence of fences) answer(node, fence);
    expect(node.raft.promised).toEqual({ logIndex: 3, term: 1 });
    node.persist();
    expect(node.did('recovered')).toHaveLength(1);
    expect(node.logTerms).toEqual([1, 1, 1]);
  });

  test('stays while one who may have had it has not denied it', () => {
    const node = damagedNode(known);
    answer(node, nextQuestion(node));
    answer(node, openQuestion(node), { isDefinite: false });
    expect(questions(node)).toEqual([]);
    expect(node.raft.currentTerm).toBe(3);
  });

  test('stays if it was denied in the old term only: its leader may still hand it out', () => {
    const node = damagedNode(known);
    answer(node, nextQuestion(node));
    answer(node, openQuestion(node));
    for (const fence of questions(node)) answer(node, fence, { term: 3 });
    expect(node.raft.promised).toEqual({ logIndex: 7, term: 2 });
    expect(node.raft.log.lastIndex).toBe(3);
    expect(node.raft.repair?.later).toHaveLength(3);
  });

  test('is replaced at the end of the log by the only entry that can have been committed', () => {
    const node = damagedNode({ lastIndex: 4, lastTerm: 3, later: [] });
    answer(node, nextQuestion(node), { entries: entriesOf([2], 4) });
    answer(node, openQuestion(node));
    const [first, second] = questions(node);
    if (first === undefined || second === undefined) expect.fail('asks nobody');
    answer(node, first, { entries: entriesOf([2], 4) });
    answer(node, second);
    expect(node.logTerms).toEqual([1, 1, 1, 2]);
    node.persist();
    expect(node.did('recovered')).toHaveLength(1);
  });
});

describe('what all have compacted', () => {
  test('is asked for as a snapshot, from anyone while nobody leads', () => {
    const node = damagedNode();
    const question = nextQuestion(node);
    answer(node, question, { isCompacted: true });
    answer(node, openQuestion(node), { isDefinite: false });
    expect(nextQuestion(node)).toMatchObject({ to: question.to, wantsSnapshot: true });
  });

  test('comes with a snapshot, and what follows it here stays', () => {
    const node = damagedNode();
    const question = nextQuestion(node);
    answer(node, question, { isCompacted: true });
    answer(node, openQuestion(node), { isDefinite: false });
    const { to } = nextQuestion(node);
    const { configuration } = node.raft;
    const snapshot = {
      lastIncludedIndex: 5,
      lastIncludedTerm: 2,
      configuration,
      configurationIndex: 0,
      data: new Uint8Array(0),
    };
    node.receive(to === b ? c : b, { kind: 'installSnapshot', term: 0, snapshot });
    expect(node.raft.log.lastIndex).toBe(3);
    node.receive(to, { kind: 'installSnapshot', term: 0, snapshot });
    expect(node.raft.log.start).toEqual({ logIndex: 5, term: 2 });
    expect(node.logTerms).toEqual([2, 2]);
    expect(node.raft.leaderId).toBeUndefined();
    node.persist();
    expect(node.did('recovered')).toHaveLength(1);
  });

  test('comes from the leader, which learns that it is missing', () => {
    const node = damagedNode();
    answer(node, nextQuestion(node), { isLeader: true, isCompacted: true });
    node.append(b, 3, { prevLogIndex: 9, prevLogTerm: 3, terms: [] });
    expect(node.sentTo(b, 'appendEntriesReply')).toMatchObject([
      { result: { kind: 'rejected', hintIndex: 3, hintTerm: 1 } },
    ]);
  });

  test('is not waited for when the next leader has the entries: it is asked for them', () => {
    const node = damagedNode();
    answer(node, nextQuestion(node), { isLeader: true, isCompacted: true });
    // A rejection would be answered with the same entries, at once and without end.
    node.append(c, 4, { prevLogIndex: 3, prevLogTerm: 1, terms: [2, 2, 2, 2] });
    expect(node.sentTo(c, 'appendEntriesReply')).toEqual([]);
    expect(nextQuestion(node)).toMatchObject({ to: c, prevLogIndex: 3, toIndex: 4 });
  });
});

function isNot(logIndex: number): (entry: { readonly logIndex: number }) => boolean {
  return (entry) => entry.logIndex !== logIndex;
}
