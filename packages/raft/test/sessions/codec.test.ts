import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import {
  parseSessionCommand,
  sessionAnswerCodec,
  sessionAttemptCodec,
  sessionCommandCodec,
  sessionRequestCodec,
  sessionSnapshotCodec,
} from '../../src/sessions/codec.ts';

test('a call takes a few bytes besides its payload', () => {
  const payload = Uint8Array.of(7, 8);
  const request = {
    kind: 'call',
    sessionId: 3,
    sequence: 5,
    acknowledgedThrough: 4,
    payload,
  } as const;
  const bytes = sessionCommandCodec.encode({ stampMs: 300, request });
  expect(bytes).toEqual(Uint8Array.of(1, 172, 2, 4, 3, 5, 0, 7, 8));
  expect(sessionCommandCodec.decode(bytes)).toEqual({ stampMs: 300, request });
});

describe('what is impossible', () => {
  test.each([
    ['another version', [2, 1, 1, 97], 'version: expected 1, got 2'],
    ['an unknown request', [1, 9], 'request: expected 1..4, got 9'],
    ['a session named 0', [1, 2, 0], 'sessionId: expected at least 1, got 0'],
    ['a call numbered 0', [1, 4, 1, 0, 0], 'sequence: expected at least 1, got 0'],
    ['more outstanding than called', [1, 4, 1, 2, 2], 'outstanding: expected less than 2, got 2'],
    ['no nonce', [1, 1, 0], 'nonce: expected 1..64 bytes, got none'],
    [
      'a nonce too long',
      [1, 1, 65, ...new Array<number>(65).fill(97)],
      'length: expected at most 64',
    ],
    ['bytes after the end', [1, 2, 1, 0], 'message: expected its end'],
    ['half a request', [1, 3, 1], 'varint: expected 1 more bytes'],
  ])('is refused: %s', (_title, bytes, message) => {
    expect(() => sessionRequestCodec.decode(Uint8Array.from(bytes))).toThrow(message);
  });

  test.each([
    ['an unknown answer', [1, 5], 'answer: expected 1..4, got 5'],
    ['an unknown reason', [1, 4, 4], 'place: expected 0..3, got 4'],
    ['an answer of index 0', [1, 2, 0], 'logIndex: expected at least 1, got 0'],
  ])('is refused: %s', (_title, bytes, message) => {
    expect(() => sessionAnswerCodec.decode(Uint8Array.from(bytes))).toThrow(message);
  });

  test.each([
    ['an unknown attempt', [1, 4], 'attempt: expected 1..3, got 4'],
    ['a leader without a name', [1, 2, 0, 1, 0], 'node id: expected 1..64 bytes'],
    ['a flag that is none', [1, 2, 0, 2], 'flag: expected 0 or 1, got 2'],
  ])('is refused: %s', (_title, bytes, message) => {
    expect(() => sessionAttemptCodec.decode(Uint8Array.from(bytes))).toThrow(message);
  });

  test.each([
    [
      'a session heard before time began',
      [1, 5, 1, 1, 1, 97, 6, 0, 0],
      'silence: expected at most 5',
    ],
    [
      'sessions out of the order of use',
      [1, 9, 2, 1, 1, 97, 0, 0, 0, 2, 1, 98, 3, 0, 0],
      'sessions: expected the order of use',
    ],
    [
      'a name twice',
      [1, 0, 2, 1, 1, 97, 0, 0, 0, 2, 1, 97, 0, 0, 0],
      'sessions: expected names of their own',
    ],
    ['more sessions than bytes', [1, 0, 100, 1, 1, 97], 'count: expected items for'],
    ['more responses than bytes', [1, 0, 1, 1, 1, 97, 0, 0, 90], 'count: expected items for'],
  ])('is refused in a snapshot: %s', (_title, bytes, message) => {
    expect(() => sessionSnapshotCodec.decode(Uint8Array.from(bytes))).toThrow(message);
  });
});

test('who leads comes along, if it is known', () => {
  const rejected = { kind: 'rejected', reason: 'notLeader' } as const;
  for (const leaderId of [undefined, nodeId('n2')]) {
    const bytes = sessionAttemptCodec.encode({ ...rejected, leaderId });
    expect(sessionAttemptCodec.decode(bytes)).toEqual({ ...rejected, leaderId });
  }
});

test('a command that does not decode is nothing', () => {
  expect(parseSessionCommand(Uint8Array.of(3))).toBeUndefined();
  expect(parseSessionCommand(new Uint8Array(0))).toBeUndefined();
});
