import { ByteReader, ByteWriter } from '@quorate/transport/codec';

import { MatrixClock, type MatrixRow } from '../matrix-clock.ts';
import { readClock, writeClock } from './clock-fields.ts';
import { readHead, writeHead } from './head.ts';
import { ID_BYTES_MIN, readNextId } from './id-fields.ts';

/** `matrix` as bytes: for each row, by ascending ids, the id and the clock. */
export function encodeMatrixClock(matrix: MatrixClock): Uint8Array {
  const writer = new ByteWriter();
  writeHead(writer, 'matrix clock');
  const rows = matrix.rows();
  writer.varint(rows.length);
  for (const [id, clock] of rows) {
    writer.string(id);
    writeClock(writer, clock);
  }
  return writer.finish();
}

/**
 * The matrix in `bytes`. Rows with the same ids share them.
 *
 * @throws DecodeError if they are anything else, in time and memory of their length.
 */
export function decodeMatrixClock(bytes: Uint8Array): MatrixClock {
  const reader = new ByteReader(bytes);
  readHead(reader, 'matrix clock');
  const count = reader.count(ID_BYTES_MIN + 1);
  const rows: MatrixRow[] = [];
  for (let index = 0; index < count; index += 1) {
    const [previousId, previousClock] = rows[index - 1] ?? [];
    const id = readNextId(reader, previousId);
    rows.push([id, readClock(reader, previousClock)]);
  }
  reader.expectEnd();
  return MatrixClock.of(rows);
}
