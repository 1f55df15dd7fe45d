import { keyHasher } from '@quorate/hash';
import { DecodeError, type ByteWriter } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import { decodeBloom, encodeBloom } from '../../src/codec/bloom-codec.ts';
import { encodeFilter } from '../../src/codec/filter-format.ts';
import { describeFile } from '../support/filter-files.ts';

const filter = new BloomFilter({ bitCount: 1_024, hashCount: 7, hasher: keyHasher('xxh64', 5) });
for (const key of ['a', 'b', 'c']) filter.add(key);

function bytesWith(parameters: (writer: ByteWriter) => void, bodyBytes: number): Uint8Array {
  const body = [new Uint8Array(bodyBytes)];
  return encodeFilter({ kind: 'bloom', hasher: keyHasher(), parameters, body });
}

describeFile({ kind: 'bloom', value: filter, encode: encodeBloom, decode: decodeBloom });

describe('a classic filter in bytes', () => {
  test('reads back as the filter it was', () => {
    const decoded = decodeBloom(encodeBloom(filter));

    expect(decoded.words).toEqual(filter.words);
    expect(decoded.hashCount).toBe(7);
    expect(decoded.hasher.id).toBe('xxh64');
    expect(decoded.hasher.seed).toEqual(filter.hasher.seed);
    expect(decoded.has('a')).toBe(true);
    expect(encodeBloom(decoded)).toEqual(encodeBloom(filter));
  });

  test.each([
    ['no bit', 0, 7, 0],
    ['bits that are no words', 40, 7, 5],
    ['2^40 bits', 2 ** 40, 7, 128],
    ['more bits than there are', 2_048, 7, 128],
    ['fewer bits than there are', 512, 7, 128],
    ['no bit for a key', 1_024, 0, 128],
    ['2^31 bits for a key', 1_024, 2 ** 31, 128],
  ])('is refused if it claims %s', (_, bitCount, hashCount, bodyBytes) => {
    const bytes = bytesWith((writer) => {
      writer.varint(bitCount);
      writer.varint(hashCount);
    }, bodyBytes);
    expect(() => decodeBloom(bytes)).toThrow(DecodeError);
  });

  test('is refused with parameters too many', () => {
    const bytes = bytesWith((writer) => {
      for (const value of [1_024, 7, 0]) writer.varint(value);
    }, 128);
    expect(() => decodeBloom(bytes)).toThrow(/^message: expected its end/);
  });
});
