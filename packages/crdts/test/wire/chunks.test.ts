import { expect, test } from 'vitest';

import { CorruptBytesError } from '../../src/errors.ts';
import { type Chunk, decodeChunks, encodeChunks } from '../../src/wire/chunks.ts';

const known = new Set([1, 2]);
const one: Chunk = [1, Uint8Array.of(1, 2, 3)];

test('chunks come back, in their order', () => {
  const two: Chunk = [2, new Uint8Array(300).fill(7)];
  expect([...decodeChunks(encodeChunks([two, one]), known)]).toEqual([two, one]);
  expect([...decodeChunks(encodeChunks([]), known)]).toEqual([]);
});

test('an optional chunk that nobody knows is skipped by who asks for others', () => {
  const file = encodeChunks([one, [64, Uint8Array.of(9)]]);
  expect(decodeChunks(file, known).get(1)).toEqual(one[1]);
});

test.each<[string, Uint8Array]>([
  ['a chunk that is needed and unknown', encodeChunks([one, [3, Uint8Array.of(9)]])],
  ['an id that is too large', encodeChunks([[128, Uint8Array.of(9)]])],
  ['a chunk that comes twice', encodeChunks([one, one])],
  ['no end', encodeChunks([one]).subarray(0, -1)],
  ['something after the end', Uint8Array.of(...encodeChunks([one]), 0)],
  ['a later version', encodeChunks([one]).with(4, 2)],
  ['other magic', encodeChunks([one]).with(0, 0x50)],
  ['nothing', new Uint8Array(0)],
])('refuses %s', (_, file) => {
  expect(() => decodeChunks(file, known)).toThrow(CorruptBytesError);
});
