import { keyHasher } from '@quorate/hash';
import { DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import { encodeFilter } from '../../src/codec/filter-format.ts';
import { decodeSplitBlock, encodeSplitBlock } from '../../src/codec/split-block-codec.ts';
import { SplitBlockBloomFilter } from '../../src/split-block-bloom.ts';
import { describeFile } from '../support/filter-files.ts';

const filter = new SplitBlockBloomFilter({ blockCount: 3, hasher: keyHasher('xxh64', 5) });
for (const key of ['a', 'b', 'c']) filter.add(key);

describeFile({
  kind: 'split-block',
  value: filter,
  encode: encodeSplitBlock,
  decode: decodeSplitBlock,
});

describe('a split-block filter in bytes', () => {
  test('reads back as the filter it was', () => {
    const decoded = decodeSplitBlock(encodeSplitBlock(filter));

    expect(decoded.words).toEqual(filter.words);
    expect(decoded.hasher.id).toBe('xxh64');
    expect(decoded.hasher.seed).toEqual(filter.hasher.seed);
    expect(decoded.has('a')).toBe(true);
    expect(encodeSplitBlock(decoded)).toEqual(encodeSplitBlock(filter));
  });

  test.each([
    ['no block', 0, 0],
    ['2^40 blocks', 2 ** 40, 32],
    ['more blocks than there are', 2, 32],
    ['fewer blocks than there are', 1, 64],
  ])('is refused if it claims %s', (_, blockCount, bodyBytes) => {
    const bytes = encodeFilter({
      kind: 'split-block',
      hasher: keyHasher(),
      parameters: (writer) => writer.varint(blockCount),
      body: [new Uint8Array(bodyBytes)],
    });
    expect(() => decodeSplitBlock(bytes)).toThrow(DecodeError);
  });
});
