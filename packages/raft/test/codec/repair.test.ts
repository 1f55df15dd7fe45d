import { DecodeError } from '@quorate/transport/codec';
import { expect, test } from 'vitest';

import { raftCodec } from '../../src/codec.ts';
import type { FetchedEntries, FetchEntries } from '../../src/messages.ts';
import { entriesOf } from '../support/lone-node.ts';

const request: FetchEntries = {
  kind: 'fetchEntries',
  term: 5,
  prevLogIndex: 7,
  prevLogTerm: 2,
  toIndex: 9,
  anchorIndex: 10,
  anchorTerm: 4,
  question: 2 ** 32 - 1,
  isFence: true,
  wantsSnapshot: false,
};

const answer: FetchedEntries = {
  kind: 'fetchedEntries',
  term: 6,
  prevLogIndex: 7,
  prevLogTerm: 2,
  question: 2 ** 32 - 1,
  anchorTerm: 4,
  isLeader: false,
  isAligned: true,
  isDefinite: true,
  isCompacted: false,
  entries: entriesOf([2, 4], 8),
};

test('a question and its answer travel', () => {
  expect(raftCodec.decode(raftCodec.encode(request))).toEqual(request);
  expect(raftCodec.encode(request)[2]).toBe(28);
  expect(raftCodec.decode(raftCodec.encode(answer))).toEqual(answer);
  expect(raftCodec.encode(answer)[2]).toBe(29);
});

test.each([
  ['an anchor of a term above the message’s', { anchorTerm: 7 }],
  ['an entry of a term above the message’s', { entries: entriesOf([7], 8) }],
])('%s is refused', (_, change) => {
  expect(() => raftCodec.decode(raftCodec.encode({ ...answer, ...change }))).toThrow(DecodeError);
});
