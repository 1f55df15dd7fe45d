/*
 * A split-block filter as Parquet has it: a header in Thrift's compact protocol, then the table.
 *
 *   BloomFilterHeader   1: numBytes      i32, the size of the table
 *                       2: algorithm     union of which 1 is BLOCK
 *                       3: hash          union of which 1 is XXHASH, of seed 0
 *                       4: compression   union of which 1 is UNCOMPRESSED
 *
 * There is no checksum, and nothing says which keys are within. A key is the plain encoding of a
 * value: the bytes of a string without a length, 4 bytes of an INT32 and 8 of an INT64,
 * little-endian. So a string and a `bigint` are keys as they are, and an INT32 is 4 bytes.
 *
 * Older files have a table without such a header, hashed by murmur3; they are refused.
 *
 * Source: Apache Parquet, BloomFilter.md and parquet.thrift.
 */
import { keyHasher } from '@quorate/hash';
import { ByteWriter, DecodeError } from '@quorate/transport/codec';

import { isSameHash } from '../filter.ts';
import { BLOCK_WORDS, SplitBlockBloomFilter } from '../split-block-bloom.ts';
import { bytesOfWords, wordsOf } from './filter-format.ts';
import {
  THRIFT_I32,
  THRIFT_STRUCT,
  ThriftReader,
  writeI32,
  writeStop,
  writeUnion,
} from './thrift-compact.ts';

const BLOCK_BYTES = 4 * BLOCK_WORDS;
/** numBytes is an int32. */
const TABLE_BYTES_MAX = 2 ** 31 - BLOCK_BYTES;

/**
 * `filter` as it stands in a Parquet file: header and table.
 *
 * @throws RangeError if it hashes by anything but XXH64 of seed 0, or has 2 GiB.
 */
export function encodeParquetFilter(filter: SplitBlockBloomFilter): Uint8Array {
  if (!isSameHash(filter.hasher, keyHasher('xxh64'))) {
    throw new RangeError(`filter.hasher: expected xxh64 of seed 0, got ${filter.hasher.id}`);
  }
  const tableBytes = BLOCK_BYTES * filter.blockCount;
  if (tableBytes > TABLE_BYTES_MAX) {
    throw new RangeError(`filter: expected less than 2^31 bytes, got ${tableBytes}`);
  }
  const writer = new ByteWriter(tableBytes + 32);
  writeI32(writer, 1, tableBytes);
  writeUnion(writer, 1, 1);
  writeUnion(writer, 1, 1);
  writeUnion(writer, 1, 1);
  writeStop(writer);
  writer.bytes(bytesOfWords(filter.words));
  return writer.finish();
}

/**
 * The filter that begins at `offset`.
 *
 * @param bytes - A filter, or a whole file that holds one. The table is copied.
 * @param offset - What the column's metadata calls `bloom_filter_offset`; 0 without it.
 * @throws DecodeError if no filter of BLOCK, XXHASH and UNCOMPRESSED begins there, or it is cut
 *   off.
 */
export function decodeParquetFilter(bytes: Uint8Array, offset = 0): SplitBlockBloomFilter {
  if (!Number.isSafeInteger(offset) || offset < 0 || offset > bytes.length) {
    throw new DecodeError(`offset: expected 0..${bytes.length}, got ${offset}`);
  }
  const reader = new ThriftReader(bytes, offset);
  let tableBytes = 0;
  let choices = '';
  reader.struct(({ id, type }) => {
    if (id === 1 && type === THRIFT_I32) {
      tableBytes = reader.i64();
      return true;
    }
    if (id < 2 || id > 4 || type !== THRIFT_STRUCT) return false;
    choices += `${id}:${choiceOf(reader)} `;
    return true;
  });
  if (choices !== '2:1 3:1 4:1 ') {
    throw new DecodeError(`header: expected algorithm, hash and compression 1, got ${choices}`);
  }
  const blockCount = tableBytes / BLOCK_BYTES;
  const left = bytes.length - reader.offset;
  if (!Number.isInteger(blockCount) || blockCount < 1 || tableBytes > left) {
    throw new DecodeError(`numBytes: expected blocks within ${left} bytes, got ${tableBytes}`);
  }
  const table = bytes.subarray(reader.offset, reader.offset + tableBytes);
  const words = wordsOf(table, BLOCK_WORDS * blockCount);
  return new SplitBlockBloomFilter({ words, hasher: keyHasher('xxh64') });
}

/** Which field of a union is set; 0 if none is. */
function choiceOf(reader: ThriftReader): number {
  let choice = 0;
  reader.struct(({ id }) => {
    choice = id;
    return false;
  });
  return choice;
}
