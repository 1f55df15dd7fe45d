/*
 * What goes wrong elsewhere: a table is written as the machine holds it, and read on one of another
 * byte order, or from an offset that is no multiple of four, where a typed array cannot begin.
 */
import { expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import { decodeBloom, encodeBloom } from '../../src/codec/bloom-codec.ts';
import { decodeSplitBlock, encodeSplitBlock } from '../../src/codec/split-block-codec.ts';
import { bloomPositions } from '../../src/probes.ts';
import { SplitBlockBloomFilter } from '../../src/split-block-bloom.ts';

const shape = { bitCount: 1_024, hashCount: 7 };
const classic = new BloomFilter(shape);
classic.add('a');

test('bit i of the table is bit i % 8 of byte i / 8, as a reader without words finds it', () => {
  const bytes = encodeBloom(classic);
  const body = bytes.subarray(bytes.length - 4 - 128, bytes.length - 4);
  classic.hasher.hash('a');
  const positions = new Set(bloomPositions(classic.hasher.high, classic.hasher.low, shape));
  for (let at = 0; at < 1_024; at += 1) {
    expect((body[at >> 3]! >> (at & 7)) & 1).toBe(positions.has(at) ? 1 : 0);
  }
});

test('words are read with the lowest byte first, whatever the machine does', () => {
  const words = new Int32Array(8);
  words[0] = 0x0403_0201;
  const bytes = encodeSplitBlock(new SplitBlockBloomFilter({ words }));
  expect([...bytes.subarray(-36, -32)]).toEqual([1, 2, 3, 4]);
  expect(decodeSplitBlock(bytes).words[0]).toBe(0x0403_0201);
});

test.each([1, 2, 3, 5])('a file is read from offset %d', (offset) => {
  const bytes = encodeBloom(classic);
  const shifted = new Uint8Array(offset + bytes.length);
  shifted.set(bytes, offset);
  expect(decodeBloom(shifted.subarray(offset)).words).toEqual(classic.words);
});

test('what was decoded does not change with the bytes', () => {
  const bytes = encodeBloom(classic);
  const decoded = decodeBloom(bytes);
  bytes.fill(0);
  expect(decoded.has('a')).toBe(true);
});
