import { DecodeError } from '@quorate/transport/codec';
import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { raftCodec } from '../../src/codec.ts';
import { configurationOf } from '../../src/configuration.ts';
import type { SnapshotChunk } from '../../src/messages.ts';

const chunk: SnapshotChunk = {
  kind: 'snapshotChunk',
  term: 5,
  snapshot: {
    lastIncludedIndex: 9,
    lastIncludedTerm: 4,
    configurationIndex: 3,
    configuration: configurationOf([nodeId('a')]),
  },
  sizeBytes: 300,
  crc: 0xfffffffe,
  offset: 200,
  dataCrc: 1,
  data: Uint8Array.of(1, 2, 3),
};

test('a chunk names the whole that it is a part of', () => {
  expect(raftCodec.decode(raftCodec.encode(chunk))).toEqual(chunk);
  expect(raftCodec.encode(chunk)[2]).toBe(20);
});

test.each([
  ['beyond the end', { offset: 298 }],
  ['an offset beyond the end', { offset: 301, data: new Uint8Array(0) }],
  ['a term above the message’s', { snapshot: { ...chunk.snapshot, lastIncludedTerm: 6 } }],
  ['no entry', { snapshot: { ...chunk.snapshot, lastIncludedIndex: 0 } }],
  ['later members', { snapshot: { ...chunk.snapshot, configurationIndex: 10 } }],
])('a chunk of %s is refused', (_, change) => {
  expect(() => raftCodec.decode(raftCodec.encode({ ...chunk, ...change }))).toThrow(DecodeError);
});

test('a chunk that claims more data than it brings is refused before anything is allocated', () => {
  const bytes = raftCodec.encode({ ...chunk, sizeBytes: 2 ** 50, data: new Uint8Array(100) });
  const claim = bytes.length - 101;
  expect(bytes[claim]).toBe(100);
  const hostile = Uint8Array.from([
    ...bytes.subarray(0, claim),
    ...[255, 255, 255, 255, 255, 255, 15],
    ...bytes.subarray(claim + 1),
  ]);
  expect(() => raftCodec.decode(hostile)).toThrow(DecodeError);
});

test('an unknown result is refused', () => {
  const about = { term: 5, lastIncludedIndex: 9, crc: 7, offset: 3 };
  const reply = { kind: 'snapshotChunkReply', result: 'gap', ...about } as const;
  const bytes = raftCodec.encode(reply);
  expect(raftCodec.decode(bytes)).toEqual(reply);
  bytes[bytes.length - 2] = 9;
  expect(() => raftCodec.decode(bytes)).toThrow('place: expected 0..3, got 9');
});
