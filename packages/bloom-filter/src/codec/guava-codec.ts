/*
 * What Guava's `BloomFilter.writeTo` writes, without a checksum and without the funnel:
 *
 *   strategy    1 byte: 0 for mitz-32, 1 for mitz-64
 *   hash count  1 byte
 *   longs       4 bytes, how many follow
 *   table       8 bytes a long, big-endian, as everything here
 */
import { ByteReader, ByteWriter, DecodeError } from '@quorate/transport/codec';

import { GuavaBloomFilter, type GuavaFunnel, type GuavaStrategy } from '../guava-bloom.ts';

const strategies: readonly GuavaStrategy[] = ['mitz-32', 'mitz-64'];

/** `filter` as `BloomFilter.readFrom` of Guava reads it, given the same funnel. */
export function encodeGuava(filter: GuavaBloomFilter): Uint8Array {
  const { words } = filter;
  const writer = new ByteWriter(6 + 4 * words.length);
  writer.u8(strategies.indexOf(filter.strategy));
  writer.u8(filter.hashCount);
  writer.u32(words.length / 2);
  for (let at = 0; at < words.length; at += 2) {
    writer.u32((words[at + 1] ?? 0) >>> 0);
    writer.u32((words[at] ?? 0) >>> 0);
  }
  return writer.finish();
}

/**
 * The filter that `BloomFilter.writeTo` of Guava wrote.
 *
 * @param bytes - Copied.
 * @param funnel - What strings were hashed by: the bytes do not say.
 * @throws DecodeError if they are anything else; nothing was allocated for what they claim.
 */
export function decodeGuava(bytes: Uint8Array, funnel: GuavaFunnel = 'utf-8'): GuavaBloomFilter {
  const reader = new ByteReader(bytes);
  const code = reader.u8();
  const strategy = strategies[code];
  if (strategy === undefined) throw new DecodeError(`strategy: expected 0 or 1, got ${code}`);
  const hashCount = reader.u8();
  if (hashCount === 0) throw new DecodeError('hashCount: expected at least 1, got 0');
  const longCount = reader.u32();
  if (longCount === 0 || reader.remaining !== 8 * longCount) {
    throw new DecodeError(`longs: expected those of ${reader.remaining} bytes, got ${longCount}`);
  }
  const words = new Int32Array(2 * longCount);
  for (let at = 0; at < words.length; at += 2) {
    words[at + 1] = reader.u32();
    words[at] = reader.u32();
  }
  return new GuavaBloomFilter({ words, hashCount, strategy, funnel });
}
