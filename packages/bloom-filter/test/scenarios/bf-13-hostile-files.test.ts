/*
 * What goes wrong elsewhere: a body of one byte is taken for a filter of 1,024 bits and its keys
 * are lost; a header that claims 2^40 bits allocates them; 2^31 bits a key keep `has` busy for
 * seconds.
 */
import { keyHasher } from '@quorate/hash';
import { DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import { decodeBloom, encodeBloom } from '../../src/codec/bloom-codec.ts';
import { encodeFilter } from '../../src/codec/filter-format.ts';
import { decodeParquetFilter } from '../../src/codec/parquet-filter.ts';
import { decodeSplitBlock, encodeSplitBlock } from '../../src/codec/split-block-codec.ts';
import { SplitBlockBloomFilter } from '../../src/split-block-bloom.ts';

const classic = new BloomFilter({ bitCount: 256, hashCount: 7 });
const split = new SplitBlockBloomFilter({ blockCount: 1 });
classic.add('a');
split.add('a');

describe.each([
  ['classic', encodeBloom(classic), decodeBloom],
  ['split-block', encodeSplitBlock(split), decodeSplitBlock],
])('a %s file', (_, bytes, decode) => {
  test('is refused when it is shorter by any number of bytes', () => {
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decode(bytes.slice(0, length))).toThrow(DecodeError);
    }
  });

  test('is refused when it is longer', () => {
    expect(() => decode(Uint8Array.of(...bytes, 0))).toThrow(DecodeError);
  });

  test('is refused with any one bit changed', () => {
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const damaged = bytes.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => decode(damaged)).toThrow(DecodeError);
    }
  });
});

test('a file is not read as one of another kind', () => {
  expect(() => decodeBloom(encodeSplitBlock(split))).toThrow(/^kind: expected bloom, got split/);
  expect(() => decodeSplitBlock(encodeBloom(classic))).toThrow(/^kind: expected split-block, got/);
});

describe('a file with a fitting checksum is refused before memory is allocated', () => {
  test.each([
    [2 ** 40, 7],
    [2 ** 53 - 1, 7],
    [256, 2 ** 31],
    [256, 0],
    [0, 0],
  ])('when it claims %d bits and %d for each key', (bitCount, hashCount) => {
    const bytes = encodeFilter({
      kind: 'bloom',
      hasher: keyHasher(),
      parameters: (writer) => {
        writer.varint(bitCount);
        writer.varint(hashCount);
      },
      body: [new Uint8Array(32)],
    });
    expect(() => decodeBloom(bytes)).toThrow(DecodeError);
  });

  test('when it claims 2^40 blocks', () => {
    const bytes = encodeFilter({
      kind: 'split-block',
      hasher: keyHasher(),
      parameters: (writer) => writer.varint(2 ** 40),
      body: [new Uint8Array(32)],
    });
    expect(() => decodeSplitBlock(bytes)).toThrow(DecodeError);
  });

  test('when it is Parquet’s and claims 2 GiB', () => {
    const claim = [0x15, 0xc0, 0xff, 0xff, 0xff, 0x0f];
    const choices = [0x1c, 0x1c, 0, 0, 0x1c, 0x1c, 0, 0, 0x1c, 0x1c, 0, 0, 0];
    expect(() => decodeParquetFilter(Uint8Array.of(...claim, ...choices, 0))).toThrow(
      /^numBytes: expected blocks within 1 bytes, got 2147483616/,
    );
  });
});
