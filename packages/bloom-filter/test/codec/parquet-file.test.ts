import { keyHasher } from '@quorate/hash';
import { ByteWriter, DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import { parquetFilters } from '../../src/codec/parquet-file.ts';
import { encodeParquetFilter } from '../../src/codec/parquet-filter.ts';
import { SplitBlockBloomFilter } from '../../src/split-block-bloom.ts';

const MAGIC = new TextEncoder().encode('PAR1');

/** A file of one row group: a column `a.b` with a filter of "x", and a column `c` without. */
function fileOf(offset: number = MAGIC.length, path: Uint8Array = Uint8Array.of(97)): Uint8Array {
  const filter = new SplitBlockBloomFilter({ blockCount: 2, hasher: keyHasher('xxh64') });
  filter.add('x');
  const footer = footerOf(offset, path);
  const file = new ByteWriter();
  file.bytes(MAGIC);
  file.bytes(encodeParquetFilter(filter));
  file.bytes(footer);
  file.bytes(Uint8Array.of(footer.length, 0, 0, 0));
  file.bytes(MAGIC);
  return file.finish();
}

function footerOf(offset: number, path: Uint8Array): Uint8Array {
  const footer = new ByteWriter();
  footer.bytes(Uint8Array.of(0x15, 2)); // version 1
  footer.bytes(Uint8Array.of(0x39, 0x1c)); // row_groups: one struct
  footer.bytes(Uint8Array.of(0x19, 0x2c)); // columns: two structs
  footer.bytes(Uint8Array.of(0x3c, 0x39, 0x28)); // meta_data, path_in_schema of two
  footer.lengthPrefixed(path);
  footer.lengthPrefixed(Uint8Array.of(98));
  footer.bytes(Uint8Array.of(0xb6)); // bloom_filter_offset
  footer.varint(2 * offset);
  footer.bytes(Uint8Array.of(0, 0));
  footer.bytes(Uint8Array.of(0x3c, 0x39, 0x18, 1, 99, 0, 0)); // the column without
  footer.bytes(Uint8Array.of(0, 0));
  return footer.finish();
}

describe('a Parquet file', () => {
  test('has the filters that its footer names', () => {
    const [found, ...others] = parquetFilters(fileOf());

    expect(others).toEqual([]);
    expect(found?.column).toBe('a.b');
    expect(found?.rowGroup).toBe(0);
    expect(found?.offset).toBe(4);
    expect(found?.filter.has('x')).toBe(true);
    expect(found?.filter.has('y')).toBe(false);
  });

  test('is read wherever its bytes begin', () => {
    const shifted = Uint8Array.from([0, ...fileOf()]).subarray(1);
    expect(parquetFilters(shifted)).toHaveLength(1);
  });

  test('is refused when cut off anywhere', () => {
    const file = fileOf();
    for (let length = 0; length < file.length; length += 1) {
      expect(() => parquetFilters(file.subarray(0, length))).toThrow(DecodeError);
    }
  });

  test('with any one byte changed gives filters or is refused', () => {
    const file = fileOf();
    for (let at = 0; at < file.length; at += 1) {
      for (const value of [0, 1, 127, 128, 255]) {
        const damaged = file.slice();
        damaged[at] = value;
        expect(outcomeOf(damaged)).toMatch(/^(read|refused)$/);
      }
    }
  });

  test('is refused if a filter lies beyond its end', () => {
    expect(() => parquetFilters(fileOf(1_000))).toThrow(/^offset: expected/);
  });

  test('is refused if a name is no text', () => {
    expect(() => parquetFilters(fileOf(4, Uint8Array.of(255)))).toThrow(
      /^path_in_schema: expected/,
    );
  });
});

function outcomeOf(file: Uint8Array): string {
  try {
    parquetFilters(file);
    return 'read';
  } catch (error) {
    return error instanceof DecodeError ? 'refused' : String(error);
  }
}
