import { DecodeError } from '@quorate/transport/codec';

import { HASH_COUNT_MAX } from '../bloom.ts';
import { COUNTER_COUNT_MAX, CountingFilter, WORD_COUNTERS } from '../counting.ts';
import { bytesOfWords, encodeFilter, openFilter, wordsOf } from './filter-format.ts';

/** `filter` as bytes, checksum, hash function and seed included; m/2 bytes and some 20. */
export function encodeCounting(filter: CountingFilter): Uint8Array {
  return encodeFilter({
    kind: filter.kind,
    hasher: filter.hasher,
    parameters: (writer) => {
      writer.varint(filter.counterCount);
      writer.varint(filter.hashCount);
    },
    body: [bytesOfWords(filter.words)],
  });
}

/**
 * The filter that `encodeCounting` wrote: keys can be added to it and removed from it as before.
 *
 * @param bytes - Copied.
 * @throws DecodeError if they are anything else; nothing was allocated for what they claim.
 */
export function decodeCounting(bytes: Uint8Array): CountingFilter {
  const { hasher, parameters, body } = openFilter(bytes, 'counting');
  const counterCount = parameters.varint();
  const hashCount = parameters.varint();
  parameters.expectEnd();
  const wordCount = counterCount / WORD_COUNTERS;
  if (wordCount < 1 || counterCount > COUNTER_COUNT_MAX || !Number.isInteger(wordCount)) {
    throw new DecodeError(`counterCount: expected a multiple of 8 in 8..2^33, got ${counterCount}`);
  }
  if (hashCount < 1 || hashCount > HASH_COUNT_MAX) {
    throw new DecodeError(`hashCount: expected 1..255, got ${hashCount}`);
  }
  return new CountingFilter({ words: wordsOf(body, wordCount), hashCount, hasher });
}
