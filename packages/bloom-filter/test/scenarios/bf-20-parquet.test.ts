/*
 * What goes wrong elsewhere: the block is h % z, or h * z / 2^32 in floating point, which for a
 * large table and a hash near 2^32 is z itself: one block past the end. Tables then differ from
 * those of other writers in some keys only.
 */
import { keyHasher } from '@quorate/hash';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parquetFilters } from '../../src/codec/parquet-file.ts';
import { decodeParquetFilter, encodeParquetFilter } from '../../src/codec/parquet-filter.ts';
import { fastRange } from '../../src/fast-range.ts';
import { SplitBlockBloomFilter } from '../../src/split-block-bloom.ts';
import { hasSharedData, sharedFile } from '../support/shared-data.ts';

const members = ['hello', 'parquet', 'bloom', 'filter'];

function newFilter(blockCount: number): SplitBlockBloomFilter {
  return new SplitBlockBloomFilter({ blockCount, hasher: keyHasher('xxh64') });
}

describe.skipIf(!hasSharedData)('files of other writers', () => {
  test('have the bits that we set, and we write the bytes that they wrote', () => {
    const theirs = sharedFile('bloom_filter.xxhash.bin');
    const ours = newFilter(32);
    for (const key of members) ours.add(key);

    expect(decodeParquetFilter(theirs).words).toEqual(ours.words);
    expect(encodeParquetFilter(ours)).toEqual(theirs);
  });

  test('of the old kind, hashed by murmur3, are refused', () => {
    expect(() => decodeParquetFilter(sharedFile('bloom_filter.bin'))).toThrow(/^header: expected/);
  });

  test('have filters in their columns, which know the values and no others', () => {
    const [column, ...others] = parquetFilters(
      sharedFile('data_index_bloom_encoding_stats.parquet'),
    );

    expect(others).toEqual([]);
    expect(column?.column).toBe('String');
    expect(column?.filter.stats().sizeBits).toBe(8_192);
    expect(column?.filter.stats().itemCount).toBe(14);
    for (const value of ['Hello', 'today']) expect(column?.filter.has(value)).toBe(true);
    for (const value of ['hello', 'Today', '']) expect(column?.filter.has(value)).toBe(false);
  });
});

describe('a table of any number of blocks', () => {
  test.each([1, 3, 7, 100, 1_023])('%d, is written and read', (blockCount) => {
    const filter = newFilter(blockCount);
    for (const key of members) filter.add(key);
    const decoded = decodeParquetFilter(encodeParquetFilter(filter));

    expect(decoded.words).toEqual(filter.words);
    for (const key of members) expect(decoded.has(key)).toBe(true);
  });

  test('has the block that exact arithmetic chooses', () => {
    const blockCount = fc.integer({ min: 1, max: 2 ** 26 });
    const nearTheEnd = fc.integer({ min: -1_000, max: -1 });
    fc.assert(
      fc.property(fc.oneof(fc.integer(), nearTheEnd), blockCount, (high, count) => {
        const exact = (BigInt(high >>> 0) * BigInt(count)) >> 32n;
        expect(fastRange(high, count)).toBe(Number(exact));
        expect(fastRange(high, count)).toBeLessThan(count);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is not one block too far where floating point rounds up', () => {
    // 2393549483 * (2^26 - 3) is one less than a multiple of 2^32.
    expect(fastRange(2393549483, 2 ** 26 - 3)).toBe(37399208);
  });
});
