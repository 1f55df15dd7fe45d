import { keyHasher } from '@quorate/hash';
import { expect, test } from 'vitest';

import { decodeSharedSplitBlock } from '../../src/codec/shared-split-block-codec.ts';
import { decodeSplitBlock, encodeSplitBlock } from '../../src/codec/split-block-codec.ts';
import { SharedSplitBlockFilter } from '../../src/shared-split-block.ts';
import { SplitBlockBloomFilter } from '../../src/split-block-bloom.ts';
import { claim, describeFile, expectRefusal } from '../support/filter-files.ts';

const hasher = keyHasher('xxh64', 5);
const shared = new SharedSplitBlockFilter({ blockCount: 3, hasher });
for (const key of ['a', 'b', 'c']) shared.add(key);

describeFile({
  kind: 'split-block',
  value: shared,
  encode: encodeSplitBlock,
  decode: decodeSharedSplitBlock,
});

test('a file of one thread is read into memory for many, and back', () => {
  const plain = new SplitBlockBloomFilter({ itemCount: 500, falsePositiveRate: 0.01, hasher });
  for (let key = 0; key < 400; key += 1) plain.add(key);
  const read = decodeSharedSplitBlock(encodeSplitBlock(plain));
  const elsewhere = new SharedSplitBlockFilter({ buffer: read.buffer });
  for (let key = 400; key < 500; key += 1) expect(elsewhere.add(key)).toBe(plain.add(key));

  expect(decodeSplitBlock(encodeSplitBlock(read)).words).toEqual(plain.words);
  expect([elsewhere.hasher.id, elsewhere.hasher.seed]).toEqual([hasher.id, hasher.seed]);
});

test.each([
  ['no block', 0, 0],
  ['2^40 blocks', 2 ** 40, 32],
  ['more blocks than there are', 2, 32],
  ['fewer blocks than there are', 1, 64],
])('a file that claims %s is refused', (_, blockCount, bodyBytes) => {
  const bytes = claim(
    'split-block',
    (writer) => {
      writer.varint(blockCount);
    },
    bodyBytes,
  );
  expectRefusal(decodeSharedSplitBlock, bytes);
});
