import { expect, test } from 'vitest';

import {
  keyValueCommandCodec,
  keyValueQueryCodec,
  keyValueSnapshotCodec,
  parseKeyValueCommand,
} from '../../src/kv/codec.ts';
import type { KeyValueOperation } from '../../src/kv/messages.ts';

test('a put takes a few bytes besides its key and value', () => {
  const then: readonly KeyValueOperation[] = [{ kind: 'put', key: 'a', value: Uint8Array.of(9) }];
  const command = { kind: 'transaction', compare: [], then, otherwise: [] } as const;
  const bytes = keyValueCommandCodec.encode(command);
  expect(bytes).toEqual(Uint8Array.of(1, 1, 0, 1, 1, 1, 97, 1, 9, 0));
  expect(keyValueCommandCodec.decode(bytes)).toEqual(command);
});

test.each([
  ['another version', [2], 'version: expected 1, got 2'],
  ['an unknown command', [1, 3], 'place: expected 1..2, got 3'],
  ['an unknown comparison', [1, 1, 1, 9, 1, 97], 'place: expected 0..4, got 9'],
  ['a key without a byte', [1, 1, 0, 1, 0, 0, 0], 'key: expected at least 1 byte, got none'],
  ['a key written twice', [1, 1, 0, 2, 2, 1, 97, 2, 1, 97, 0], 'each key to be written once'],
  ['text that is not UTF-8', [1, 1, 0, 1, 0, 1, 0xff, 0], 'string: expected UTF-8'],
  ['a lone surrogate', [1, 1, 0, 1, 0, 3, 0xed, 0xa0, 0x80, 0], 'string: expected UTF-8'],
  ['more operations than bytes', [1, 1, 0, 100], 'count: expected items for 0 bytes'],
  [
    'more operations than one may have',
    [1, 1, 129, 1, ...Array.from({ length: 129 }, () => [0, 1, 97]).flat(), 0, 0],
    'count: expected at most 128, got 129',
  ],
  [
    'a key that is too long',
    [1, 1, 0, 1, 0, 129, 8, ...new Array<number>(1_025).fill(97), 0],
    'length: expected at most 1024',
  ],
  ['bytes after the end', [1, 2, 1, 0], 'message: expected its end'],
])('refuses %s in a command', (_title, bytes, message) => {
  const input = Uint8Array.from(bytes);
  expect(() => keyValueCommandCodec.decode(input)).toThrow(message);
  expect(parseKeyValueCommand(input)).toBeUndefined();
});

test.each([
  ['an unknown query', [1, 3], 'place: expected 1..2, got 3'],
  ['a page of nothing', [1, 2, 0, 0, 0], 'limit: expected at least 1, got 0'],
  ['a flag that is none', [1, 2, 0, 2, 1], 'flag: expected 0 or 1, got 2'],
])('refuses %s', (_title, bytes, message) => {
  expect(() => keyValueQueryCodec.decode(Uint8Array.from(bytes))).toThrow(message);
});

test.each([
  ['more forgotten than happened', [1, 1, 2, 0, 0], 'compacted: expected at most 1, got 2'],
  ['keys out of order', [1, 9, 0, 2, 1, 98, 0, 1, 0, 0, 1, 97, 0, 1, 0, 0, 0], 'sorted keys'],
  ['a key twice', [1, 9, 0, 2, 1, 97, 0, 1, 0, 0, 1, 97, 0, 1, 0, 0, 0], 'sorted keys'],
  ['a write of the future', [1, 9, 0, 1, 1, 97, 0, 8, 2, 0, 0], 'modRevision: expected at most 9'],
  ['a change that is forgotten', [1, 9, 5, 0, 1, 0, 2, 1, 97], 'changes: expected 6..9'],
  ['a change of the future', [1, 9, 5, 0, 1, 5, 2, 1, 97], 'changes: expected 6..9'],
  ['more entries than bytes', [1, 9, 0, 50, 1, 97], 'count: expected items for'],
])('refuses %s in a snapshot', (_title, bytes, message) => {
  expect(() => keyValueSnapshotCodec.decode(Uint8Array.from(bytes))).toThrow(message);
});
