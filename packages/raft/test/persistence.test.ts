import { describe, expect, test } from 'vitest';

import { a, b, c, LoneNode } from './support/lone-node.ts';

const voteRequest = { kind: 'requestVote', term: 3, lastLogIndex: 1, lastLogTerm: 1 } as const;

describe('what a node has promised', () => {
  // Why these tests? Terms and votes that were answered before they were stored: after a restart a
  // node voted twice, or committed entries were overwritten by a leader of a lower term.
  test('a vote leaves with the write that holds it, not before', () => {
    const node = LoneNode.withLog([1], 2);
    node.receive(b, voteRequest);
    expect(node.effects.map(({ kind }) => kind)).toEqual(['roleChanged', 'persist']);
    expect(node.did('persist')).toMatchObject([{ hardState: { currentTerm: 3, votedFor: b } }]);
    node.persist();
    expect(node.sent).toEqual([
      {
        kind: 'send',
        to: b,
        message: { kind: 'requestVoteReply', term: 3, voteGranted: true },
      },
    ]);
  });

  test('an acknowledgement leaves with the write that holds the entries', () => {
    const node = LoneNode.withLog([1], 1);
    node.append(b, 1, { prevLogIndex: 1, prevLogTerm: 1, terms: [1] });
    expect(node.sent).toEqual([]);
    node.persist();
    expect(node.sentTo(b, 'appendEntriesReply')).toHaveLength(1);
  });

  test('that changes nothing still waits for the write under way', () => {
    const node = LoneNode.withLog([1], 1);
    const request = { prevLogIndex: 1, prevLogTerm: 1, terms: [1] };
    node.append(b, 1, request);
    node.append(b, 1, request);
    expect(node.effects).toEqual([]);
    node.persist();
    expect(node.sentTo(b, 'appendEntriesReply')).toHaveLength(1);
    node.append(b, 1, request);
    expect(node.sentTo(b, 'appendEntriesReply')).toHaveLength(1);
  });

  test('is released in order, as far as writes are done', () => {
    const node = LoneNode.withLog([1], 1);
    node.append(b, 1, { prevLogIndex: 1, prevLogTerm: 1, terms: [1] });
    node.append(b, 1, { prevLogIndex: 2, prevLogTerm: 1, terms: [1] });
    node.step({ kind: 'persisted', ticket: 1 });
    expect(node.sentTo(b, 'appendEntriesReply')).toMatchObject([{ result: { matchIndex: 2 } }]);
    node.step({ kind: 'persisted', ticket: 2 });
    expect(node.sentTo(b, 'appendEntriesReply')).toMatchObject([{ result: { matchIndex: 3 } }]);
  });

  test('is released all at once by the last write', () => {
    const node = LoneNode.withLog([1], 1);
    node.append(b, 1, { prevLogIndex: 1, prevLogTerm: 1, terms: [1] });
    node.tick(10);
    node.receive(c, { ...voteRequest, lastLogIndex: 2 });
    node.persist();
    expect(node.sent.map(({ to }) => to)).toEqual([b, c]);
  });

  test('does not pile up on a disk that hangs', () => {
    const node = LoneNode.withLog([1], 1);
    node.append(b, 1, { prevLogIndex: 1, prevLogTerm: 1, terms: [1] });
    for (let round = 0; round < 1_000; round += 1) {
      node.append(b, 1, { prevLogIndex: 2, prevLogTerm: 1 });
    }
    expect(node.raft.withheld).toHaveLength(1);
  });
});

describe('a write', () => {
  test('is asked for once, with a ticket one higher than the last', () => {
    const node = LoneNode.withLog([1], 1);
    node.append(b, 1, { prevLogIndex: 1, prevLogTerm: 1, terms: [1] });
    expect(node.did('persist').map(({ ticket }) => ticket)).toEqual([1]);
    node.append(b, 2, { prevLogIndex: 2, prevLogTerm: 1, terms: [2] });
    expect(node.did('persist')).toMatchObject([
      { ticket: 2, hardState: { currentTerm: 2, votedFor: undefined } },
    ]);
    node.tick();
    expect(node.did('persist')).toEqual([]);
  });

  test('holds the hard state only where that changed', () => {
    const node = LoneNode.withLog([1], 1);
    node.append(b, 1, { prevLogIndex: 1, prevLogTerm: 1, terms: [1] });
    expect(node.did('persist')).toMatchObject([{ hardState: undefined }]);
  });

  test('that replaces entries says from where on', () => {
    const node = LoneNode.withLog([1, 1, 1], 1);
    node.append(b, 2, { prevLogIndex: 1, prevLogTerm: 1, terms: [2] });
    expect(node.did('persist')).toMatchObject([
      { truncateFrom: 2, entries: [{ logIndex: 2, term: 2 }] },
    ]);
  });

  test('reported twice changes nothing', () => {
    const node = LoneNode.withLog([1], 1);
    node.append(b, 1, { prevLogIndex: 1, prevLogTerm: 1, terms: [1] });
    node.persist();
    expect(node.persist()).toEqual([]);
  });

  test('that nobody asked for cannot be done', () => {
    expect(() => new LoneNode().step({ kind: 'persisted', ticket: 1 })).toThrow(
      'only a write that was asked for can be durable',
    );
  });

  // Why this test? The reply to the first write was taken for one to the third, which had brought
  // the same index and term back, while the second was about to destroy it on disk.
  test('vouches for no entry that was cut and came back since', () => {
    const node = new LoneNode({ voters: [a, b, c] });
    node.append(b, 1, { terms: [1, 1] });
    node.persist();
    node.append(c, 2, { prevLogIndex: 2, prevLogTerm: 1, terms: [2] });
    node.append(b, 3, { prevLogIndex: 2, prevLogTerm: 1, terms: [3] });
    node.append(c, 4, { prevLogIndex: 2, prevLogTerm: 1, terms: [2] });
    node.step({ kind: 'persisted', ticket: 2 });
    expect(node.raft.log.durableIndex).toBe(2);
    node.step({ kind: 'persisted', ticket: 3 });
    expect(node.raft.log.durableIndex).toBe(2);
    node.step({ kind: 'persisted', ticket: 4 });
    expect(node.raft.log.durableIndex).toBe(3);
  });
});
