/*
 * The Bloom filters of a Parquet file, found through its footer.
 *
 *   "PAR1"  columns, pages, filters …  FileMetaData  4 bytes: its length  "PAR1"
 *
 *   FileMetaData    4: row_groups     list of RowGroup
 *   RowGroup        1: columns        list of ColumnChunk
 *   ColumnChunk     3: meta_data      ColumnMetaData
 *   ColumnMetaData  3: path_in_schema list of string;  14: bloom_filter_offset  i64
 *
 * Everything else is skipped. A file with an encrypted footer ends in "PARE" and is refused.
 *
 * Source: Apache Parquet, README.md (file format) and parquet.thrift.
 */
import { DecodeError } from '@quorate/transport/codec';

import type { SplitBlockBloomFilter } from '../split-block-bloom.ts';
import { decodeParquetFilter } from './parquet-filter.ts';
import {
  THRIFT_BINARY,
  THRIFT_I64,
  THRIFT_LIST,
  THRIFT_STRUCT,
  ThriftReader,
} from './thrift-compact.ts';

const MAGIC = 'PAR1';
const decoder = new TextDecoder('utf-8', { fatal: true });
/** Length and magic at the end. */
const TAIL_BYTES = 8;

/** A filter of one column in one row group. */
export interface ParquetColumnFilter {
  /** Which row group, from 0. */
  readonly rowGroup: number;
  /** The column's path in the schema, joined by dots. */
  readonly column: string;
  /** Where in the file the filter begins. */
  readonly offset: number;
  readonly filter: SplitBlockBloomFilter;
}

interface Column {
  rowGroup: number;
  path: string[];
  offset: number | undefined;
}

/**
 * All Bloom filters of a Parquet file, in the order of its row groups and columns.
 *
 * @param file - The whole file. Tables are copied.
 * @throws DecodeError if it is no Parquet file, or a filter in it is not what its header must say.
 *
 * @example
 * ```ts
 * declare const file: Uint8Array;
 * const filters = parquetFilters(file).filter(({ column }) => column === 'order_id');
 * const rowGroups = filters.filter(({ filter }) => filter.has('order-17'));
 * ```
 */
export function parquetFilters(file: Uint8Array): readonly ParquetColumnFilter[] {
  const found: ParquetColumnFilter[] = [];
  for (const { rowGroup, path, offset } of columnsOf(footerOf(file))) {
    if (offset === undefined) continue;
    const column = path.join('.');
    found.push({ rowGroup, column, offset, filter: decodeParquetFilter(file, offset) });
  }
  return found;
}

function footerOf(file: Uint8Array): Uint8Array {
  const tailAt = file.length - TAIL_BYTES;
  if (tailAt < MAGIC.length || !hasMagic(file, 0) || !hasMagic(file, file.length - MAGIC.length)) {
    throw new DecodeError('file: expected PAR1 at both ends, got something else');
  }
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const sizeBytes = view.getUint32(tailAt, true);
  if (sizeBytes > tailAt - MAGIC.length) {
    throw new DecodeError(`footer: expected at most ${tailAt} bytes, got ${sizeBytes}`);
  }
  return file.subarray(tailAt - sizeBytes, tailAt);
}

function hasMagic(file: Uint8Array, at: number): boolean {
  return Array.from(MAGIC).every((letter, index) => file[at + index] === letter.charCodeAt(0));
}

function columnsOf(footer: Uint8Array): readonly Column[] {
  const reader = new ThriftReader(footer);
  const columns: Column[] = [];
  let rowGroup = 0;
  reader.struct(({ id, type }) => {
    if (id !== 4 || type !== THRIFT_LIST) return false;
    reader.list(THRIFT_STRUCT, () => {
      readRowGroup(reader, rowGroup, columns);
      rowGroup += 1;
    });
    return true;
  });
  return columns;
}

function readRowGroup(reader: ThriftReader, rowGroup: number, columns: Column[]): void {
  reader.struct(({ id, type }) => {
    if (id !== 1 || type !== THRIFT_LIST) return false;
    reader.list(THRIFT_STRUCT, () => {
      const column: Column = { rowGroup, path: [], offset: undefined };
      columns.push(column);
      readColumn(reader, column);
    });
    return true;
  });
}

function readColumn(reader: ThriftReader, column: Column): void {
  reader.struct(({ id, type }) => {
    if (id !== 3 || type !== THRIFT_STRUCT) return false;
    readMetadata(reader, column);
    return true;
  });
}

function readMetadata(reader: ThriftReader, column: Column): void {
  reader.struct(({ id, type }) => {
    if (id === 3 && type === THRIFT_LIST) {
      reader.list(THRIFT_BINARY, () => column.path.push(textOf(reader.binary())));
      return true;
    }
    if (id !== 14 || type !== THRIFT_I64) return false;
    column.offset = reader.i64();
    return true;
  });
}

function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new DecodeError('path_in_schema: expected UTF-8, got something else');
  }
}
