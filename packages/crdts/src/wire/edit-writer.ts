/*
 * What one replica did in one go, as a short update: a character typed, a key set, an item moved.
 *
 * A batch says the length of each of its columns. This form is for a few operations of any kind, in
 * rows as in a batch (operation-rows.ts), but one after the other in one column; and in its
 * shortest form for what is sent most often, characters typed or deleted. Cursor and
 * container are guessed from the replica's own previous event, which each of its events descends
 * from, so that both sides know it.
 *
 *   edit        flags · id · sequence · count? · parents? · rows · checksum
 *   keystroke   flags · id · sequence · parents? · count? · distance? · text · checksum
 *
 *   bit 7     1; a batch begins with its version instead
 *   bit 6, 5  of a keystroke its kind: 0 insert, 1 delete, 2 delete backward; 3: an edit
 *   bit 4     the id is packed: 6 bytes; else its length and its text; always so in a keystroke
 *   bit 3     of a keystroke: the position is not the guessed one; a distance follows
 *   bit 2     of a keystroke: a count follows, since it is not 1
 *   bit 1     parents follow; else it is the replica's previous event alone, or none at sequence 0
 *
 * Bits 3, 2 and 0 of an edit are the number of its events; 0: it follows.
 */

import type { CausalGraph } from '../graph/causal-graph.ts';
import { TRIMMED } from '../log/operation-kind.ts';
import type { OperationLog } from '../log/operation-log.ts';

import { ByteWriter } from './byte-writer.ts';
import {
  containerOf,
  IS_ELSEWHERE,
  isTextKind,
  TEXT_COUNT_MAX,
  TEXT_KIND_SHIFT,
} from './operation-rows.ts';
import { packReplicaId, writePackedId, writeTextId } from './replica-id-codec.ts';
import { ReplicaTableWriter } from './replica-table.ts';
import { RowWriter } from './row-writer.ts';

/** Bits of the first byte: no batch. */
export const IS_SHORT = 128;
/** Bits that the kind is shifted by, after 1 was taken off. */
export const KIND_SHIFT = 5;
/** The id is packed. */
export const IS_PACKED = 16;
/** A distance follows. */
export const IS_DISTANT = 8;
/** A count follows. */
export const HAS_COUNT = 4;
/** Parents follow. */
export const HAS_PARENTS = 2;

/** The first byte of an edit, but for its low bits. */
const EDIT: number = IS_SHORT | (3 << KIND_SHIFT);
/** The largest count in the first byte. */
export const EDIT_COUNT_MAX = 7;
/** Rows beyond which columns are shorter. */
const ROW_COUNT_MAX = 16;

/** Whether the first byte of an update is that of an edit. */
export function isEdit(flags: number): boolean {
  return (flags & EDIT) === EDIT;
}

/** The first byte for a count: its bits lie on both sides of that for parents. */
function editFlags(count: number): number {
  return EDIT | ((count & 6) << 1) | (count & 1);
}

/** The count in a first byte. */
export function editCount(flags: number): number {
  return ((flags >> 1) & 6) | (flags & 1);
}

/**
 * The update of the events from `from` to before `to`, without its checksum; undefined if they are
 * not one run of the graph, or so many that a batch is shorter.
 */
export function writeEdit(
  graph: CausalGraph,
  log: OperationLog,
  from: number,
  to: number,
): Uint8Array | undefined {
  const events = graph.runAt(from);
  const run = log.runAt(from);
  const rowCount = log.runAt(to - 1) - run + 1;
  const kind = log.kind(run);
  if (to > graph.runEnd(events) || rowCount > ROW_COUNT_MAX || kind === TRIMMED) return undefined;
  const count = to - from;
  const author = graph.runReplica(events);
  const sequence = graph.sequenceOf(from);
  const previous = graph.lvOf(author, sequence - 1);
  const parents = graph.parentsOf(from);
  const hasParents = parents.length > 1 || (parents[0] ?? -1) !== previous;
  const id = graph.replicaId(author);
  const isPacked = packReplicaId(id) >= 0;
  const isKeystroke =
    isPacked &&
    rowCount === 1 &&
    isTextKind(kind) &&
    log.container(run) === containerOf(log, previous);
  const writer = new ByteWriter();
  const table = new ReplicaTableWriter(graph, 'open');
  table.indexOf(author);
  const isInFlags = isKeystroke || count <= EDIT_COUNT_MAX;
  writer.u8(
    (isKeystroke ? IS_SHORT : editFlags(isInFlags ? count : 0)) |
      (hasParents ? HAS_PARENTS : 0) |
      (isPacked ? IS_PACKED : 0),
  );
  if (isPacked) writePackedId(writer, id);
  else writeTextId(writer, id);
  writer.varint(sequence);
  if (!isInFlags) writer.varint(count);
  if (hasParents) {
    writer.varint(parents.length);
    for (const parent of parents) table.writeName(writer, parent, author, sequence);
  }
  const rowsAt = writer.sizeBytes;
  new RowWriter(graph, log, oneColumn(writer), table).write(from, to);
  if (isKeystroke) foldIntoFlags(writer, rowsAt, count);
  return writer.view();
}

/** Every column is `writer`. */
function oneColumn(writer: ByteWriter) {
  return {
    codes: writer,
    counts: writer,
    positions: writer,
    names: writer,
    keys: writer,
    values: writer,
    text: writer,
  };
}

/** Takes the code of the only row, at `rowsAt`, into the flags. */
function foldIntoFlags(writer: ByteWriter, rowsAt: number, count: number): void {
  const bytes = writer.view();
  const code = bytes[rowsAt] ?? 0;
  const rest = bytes.slice(rowsAt + 1);
  bytes[0] =
    (bytes[0] ?? 0) |
    (((code >> TEXT_KIND_SHIFT) & 3) << KIND_SHIFT) |
    ((code & IS_ELSEWHERE) === 0 ? 0 : IS_DISTANT) |
    (count > 1 ? HAS_COUNT : 0);
  writer.truncate(rowsAt);
  if (count > 1 && count <= TEXT_COUNT_MAX) writer.varint(count);
  writer.bytes(rest);
}
