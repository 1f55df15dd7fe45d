import { keyHasher } from '@quorate/hash';
import { DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import { decodeParquetFilter, encodeParquetFilter } from '../../src/codec/parquet-filter.ts';
import { SplitBlockBloomFilter } from '../../src/split-block-bloom.ts';

/** What parquet-testing's file begins with: 1,024 bytes, BLOCK, XXHASH, UNCOMPRESSED. */
const HEADER = [0x15, 0x80, 0x10, 0x1c, 0x1c, 0, 0, 0x1c, 0x1c, 0, 0, 0x1c, 0x1c, 0, 0, 0];

const filter = new SplitBlockBloomFilter({ blockCount: 32, hasher: keyHasher('xxh64') });
for (const key of ['hello', 'parquet', 'bloom', 'filter']) filter.add(key);
const bytes = encodeParquetFilter(filter);

function withHeader(change: (header: number[]) => void): Uint8Array {
  const header = HEADER.slice();
  change(header);
  return Uint8Array.from([...header, ...new Uint8Array(1_024)]);
}

describe('a filter as Parquet has it', () => {
  test('has the header of its files', () => {
    expect([...bytes.subarray(0, 16)]).toEqual(HEADER);
    expect(bytes).toHaveLength(1_040);
  });

  test('sets the bits that other writers set', () => {
    // What "hello" has in bloom_filter.xxhash.bin of parquet-testing: block 4, a bit in each word.
    const one = new SplitBlockBloomFilter({ blockCount: 32, hasher: keyHasher('xxh64') });
    one.add('hello');
    const bits = [20, 9, 10, 7, 9, 31, 28, 27];
    expect([...one.words.subarray(32, 40)]).toEqual(bits.map((bit) => 1 << bit));
    expect(one.words.filter((word) => word !== 0)).toHaveLength(8);
  });

  test('reads back from within a file, at any offset', () => {
    const file = Uint8Array.from([7, ...bytes, 8]);
    const decoded = decodeParquetFilter(file, 1);

    expect(decoded.words).toEqual(filter.words);
    expect(decoded.has('parquet')).toBe(true);
    expect(encodeParquetFilter(decoded)).toEqual(bytes);
  });

  test('is refused when cut off anywhere', () => {
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeParquetFilter(bytes.subarray(0, length))).toThrow(DecodeError);
    }
  });

  test.each([
    ['another algorithm', 4, 0x2c],
    ['another hash', 8, 0x2c],
    ['compression', 12, 0x2c],
    ['a size that is no number', 0, 0x13],
    ['a size past its bytes', 2, 0x12],
    ['a size of no whole block', 1, 0x82],
  ])('is refused with %s', (_, at, value) => {
    const changed = withHeader((header) => {
      header[at] = value;
    });
    expect(() => decodeParquetFilter(changed)).toThrow(DecodeError);
  });

  test.each([-1, 0.5, Number.NaN, 2_000, 2 ** 53])('is refused at offset %d', (offset) => {
    expect(() => decodeParquetFilter(bytes, offset)).toThrow(/^offset: expected 0\.\.1040, got/);
  });

  test('is not made of a filter that hashes otherwise', () => {
    const message = /^filter\.hasher: expected xxh64 of seed 0, got/;
    const seeded = new SplitBlockBloomFilter({ blockCount: 1, hasher: keyHasher('xxh64', 1) });
    expect(() => encodeParquetFilter(seeded)).toThrow(message);
    const other = new SplitBlockBloomFilter({ blockCount: 1 });
    expect(() => encodeParquetFilter(other)).toThrow(message);
  });
});
