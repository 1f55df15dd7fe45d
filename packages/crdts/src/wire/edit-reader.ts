/*
 * Reads what edit-writer wrote, keystrokes too; the layout stands there.
 */

import { EVENT_COUNT_MAX } from '../graph/causal-graph.ts';

import type { IncomingEvents } from './batch-reader.ts';
import { ByteReader, corrupt } from './byte-reader.ts';
import {
  EDIT_COUNT_MAX,
  editCount,
  HAS_COUNT,
  HAS_PARENTS,
  IS_DISTANT,
  IS_PACKED,
  isEdit,
  KIND_SHIFT,
} from './edit-writer.ts';
import { IS_ELSEWHERE, TEXT_KIND_SHIFT, TEXT_ROW } from './operation-rows.ts';
import { type IncomingTable, readName } from './replica-table.ts';
import { readPackedId, readTextId } from './replica-id-codec.ts';

const SEQUENCE_MAX = 2 ** 31 - 2;

/** Reads an edit or a keystroke out of an update whose checksum is right, up to `end`. */
export function readEdit(bytes: Uint8Array, end: number): IncomingEvents {
  const reader = new ByteReader(bytes, 0, end);
  const flags = reader.u8();
  const isPacked = (flags & IS_PACKED) !== 0;
  const table: IncomingTable = {
    form: 'open',
    ids: [isPacked ? readPackedId(reader) : readTextId(reader)],
  };
  const sequence = reader.varint(SEQUENCE_MAX);
  const isKeystroke = !isEdit(flags);
  let count = isKeystroke ? 1 : editCount(flags);
  if (count === 0) {
    count = reader.varint(EVENT_COUNT_MAX);
    if (count <= EDIT_COUNT_MAX) throw corrupt('a count', 'a longer form');
  }
  const parents = readParents(reader, table, sequence, flags);
  const kind = (flags >>> KIND_SHIFT) & 3;
  if (isKeystroke && (flags & HAS_COUNT) !== 0) {
    count = reader.varint(EVENT_COUNT_MAX);
    if (count < 2) throw corrupt('another count', count);
  }
  if (isKeystroke && (!isPacked || flags % 2 === 1)) throw corrupt('a keystroke', flags);
  const elsewhere = (flags & IS_DISTANT) === 0 ? 0 : IS_ELSEWHERE;
  const code = TEXT_ROW | (kind << TEXT_KIND_SHIFT) | elsewhere;
  return {
    table,
    pieces: [{ replica: 0, sequence, count, parents }],
    columns: {
      codes: reader,
      counts: reader,
      positions: reader,
      names: reader,
      keys: reader,
      values: reader,
      text: reader,
    },
    textLength: -1,
    ...(isKeystroke ? { first: { code, count } } : {}),
  };
}

function readParents(
  reader: ByteReader,
  table: IncomingTable,
  sequence: number,
  flags: number,
): number[] {
  const guessed = sequence === 0 ? [] : [0, sequence - 1];
  if ((flags & HAS_PARENTS) === 0) return guessed;
  const parents: number[] = [];
  for (let left = reader.count(); left > 0; left -= 1) {
    const name = readName(reader, table, 0, sequence);
    if (name.replica < 0) throw corrupt('an event', 'none');
    parents.push(name.replica, name.sequence);
  }
  if (String(parents) === String(guessed)) throw corrupt('a guessed parent', 'a longer form');
  return parents;
}
