import { expect, test } from 'vitest';

import { raftCodec } from '../../src/codec.ts';
import type { RaftMessage } from '../../src/messages.ts';

const about = { term: 3, nonce: 300, requestId: 5 } as const;

test.each<[string, RaftMessage, readonly number[]]>([
  [
    'a request',
    { kind: 'readIndexRequest', ...about, isLeaseEnough: true },
    [2, 2, 12, 3, 172, 2, 5, 1],
  ],
  [
    'a refusal',
    { kind: 'readIndexReply', ...about, result: { kind: 'refused' } },
    [2, 2, 13, 3, 172, 2, 5, 0],
  ],
  [
    'a confirmation',
    {
      kind: 'readIndexReply',
      ...about,
      result: { kind: 'confirmed', readIndex: 9, isByLease: false },
    },
    [2, 2, 13, 3, 172, 2, 5, 1, 0, 9],
  ],
])('%s has these bytes', (_what, message, bytes) => {
  expect(Array.from(raftCodec.encode(message))).toEqual(bytes);
  expect(raftCodec.decode(Uint8Array.from(bytes))).toEqual(message);
});
