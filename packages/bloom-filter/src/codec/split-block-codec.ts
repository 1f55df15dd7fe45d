import { DecodeError } from '@quorate/transport/codec';

import type { SharedSplitBlockFilter } from '../shared-split-block.ts';
import { BLOCK_COUNT_MAX } from '../sizing.ts';
import { BLOCK_WORDS, SplitBlockBloomFilter } from '../split-block-bloom.ts';
import { bytesOfWords, encodeFilter, openFilter, wordsOf } from './filter-format.ts';

/**
 * `filter` as bytes, checksum, hash function and seed included; 32 bytes a block and some 20.
 *
 * @param filter - Other threads may add to it meanwhile: what they had added before is written.
 */
export function encodeSplitBlock(
  filter: SplitBlockBloomFilter | SharedSplitBlockFilter,
): Uint8Array {
  return encodeFilter({
    kind: filter.kind,
    hasher: filter.hasher,
    parameters: (writer) => writer.varint(filter.blockCount),
    body: [bytesOfWords(filter.words)],
  });
}

/**
 * The filter that `encodeSplitBlock` wrote.
 *
 * @param bytes - Copied.
 * @throws DecodeError if they are anything else; nothing was allocated for what they claim.
 */
export function decodeSplitBlock(bytes: Uint8Array): SplitBlockBloomFilter {
  const { hasher, parameters, body } = openFilter(bytes, 'split-block');
  const blockCount = parameters.varint();
  parameters.expectEnd();
  if (blockCount < 1 || blockCount > BLOCK_COUNT_MAX) {
    throw new DecodeError(`blockCount: expected 1..2^26, got ${blockCount}`);
  }
  return new SplitBlockBloomFilter({ words: wordsOf(body, BLOCK_WORDS * blockCount), hasher });
}
