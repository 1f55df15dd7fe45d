import { expect, test } from 'vitest';

import { raftCodec } from '../../src/codec.ts';
import type { RaftMessage } from '../../src/messages.ts';

const about = { term: 3, nonce: 300, forwardId: 5 } as const;

test.each<[string, RaftMessage, readonly number[]]>([
  [
    'a proposal',
    { kind: 'forwardProposal', ...about, payloads: [Uint8Array.of(9), new Uint8Array(0)] },
    [2, 2, 14, 3, 172, 2, 5, 2, 1, 9, 0],
  ],
  [
    'its place in the log',
    { kind: 'forwardReply', ...about, result: { kind: 'proposed', firstIndex: 9 } },
    [2, 2, 15, 3, 172, 2, 5, 1, 9],
  ],
  [
    'a refusal',
    { kind: 'forwardReply', ...about, result: { kind: 'refused', reason: 'transferring' } },
    [2, 2, 15, 3, 172, 2, 5, 0, 1],
  ],
])('%s has these bytes', (_what, message, bytes) => {
  expect(Array.from(raftCodec.encode(message))).toEqual(bytes);
  expect(raftCodec.decode(Uint8Array.from(bytes))).toEqual(message);
});

test('a proposal of nothing is refused', () => {
  expect(() => raftCodec.decode(Uint8Array.of(2, 2, 14, 3, 1, 5, 0))).toThrow(
    'forwardProposal: expected a payload, got none',
  );
});

test('no entry stands at index 0', () => {
  expect(() => raftCodec.decode(Uint8Array.of(2, 2, 15, 3, 1, 5, 1, 0))).toThrow(
    'firstIndex: expected at least 1, got 0',
  );
});
