import { DecodeError } from '@quorate/transport/codec';

import { BloomFilter, HASH_COUNT_MAX } from '../bloom.ts';
import { BIT_COUNT_MAX, type BloomShape } from '../sizing.ts';
import { bytesOfWords, encodeFilter, openFilter, wordsOf } from './filter-format.ts';

/** `filter` as bytes, checksum, hash function and seed included; m/8 bytes and some 20. */
export function encodeBloom(filter: BloomFilter): Uint8Array {
  return encodeFilter({
    kind: filter.kind,
    hasher: filter.hasher,
    parameters: (writer) => {
      writer.varint(filter.bitCount);
      writer.varint(filter.hashCount);
    },
    body: [bytesOfWords(filter.words)],
  });
}

/**
 * The filter that `encodeBloom` wrote.
 *
 * @param bytes - Copied.
 * @throws DecodeError if they are anything else; nothing was allocated for what they claim.
 */
export function decodeBloom(bytes: Uint8Array): BloomFilter {
  const { hasher, parameters, body } = openFilter(bytes, 'bloom');
  const bitCount = parameters.varint();
  const hashCount = parameters.varint();
  parameters.expectEnd();
  checkBloomShape({ bitCount, hashCount });
  return new BloomFilter({ words: wordsOf(body, bitCount / 32), hashCount, hasher });
}

/**
 * Throws unless a table of this shape can be.
 *
 * @throws DecodeError
 */
export function checkBloomShape({ bitCount, hashCount }: BloomShape): void {
  if (bitCount < 32 || bitCount > BIT_COUNT_MAX || bitCount % 32 !== 0) {
    throw new DecodeError(`bitCount: expected a multiple of 32 in 32..2^35, got ${bitCount}`);
  }
  if (hashCount < 1 || hashCount > HASH_COUNT_MAX) {
    throw new DecodeError(`hashCount: expected 1..255, got ${hashCount}`);
  }
}
