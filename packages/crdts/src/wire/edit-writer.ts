/*
 * What one replica did in one go, as a short update: a key set, an item inserted, a title begun.
 *
 * A batch says the length of each of its columns; a keystroke is of one kind only. This form is for
 * all that lies between: a few operations of any kind, in rows as in a batch (operation-rows.ts),
 * but one after the other in one column. As in a keystroke, cursor and container are guessed from
 * the replica's own previous event, which each of its events descends from. It is told from a
 * keystroke by the kind 3, which none has:
 *
 *   1 1 1 i n n p n
 *
 *   i  the id is packed
 *   n  how many events, of any kind; 0: follows
 *   p  parents follow; else it is the replica's previous event alone, or none at sequence 0
 *
 *   flags · id · sequence · count? · parents? · rows · text · checksum
 *
 * The text of insertions is whatever is left. An event of the same replica is named by how many
 * events it lies back, another one by the number of its replica in this update and its sequence; a
 * replica that is named for the first time has its id in between.
 */

import type { CausalGraph } from '../graph/causal-graph.ts';
import { TEXT_INSERT, TRIMMED } from '../log/operation-kind.ts';
import type { OperationLog } from '../log/operation-log.ts';

import { ByteWriter } from './byte-writer.ts';
import {
  containerOf,
  cursorOf,
  HAS_PARENTS,
  IS_KEYSTROKE,
  IS_PACKED,
  KIND_SHIFT,
} from './keystroke-writer.ts';
import { packReplicaId, writeReplicaId, writeTextId } from './replica-id-codec.ts';
import { RowWriter } from './row-writer.ts';

/** The first byte of an edit, but for its low bits. */
export const EDIT: number = IS_KEYSTROKE | (3 << KIND_SHIFT);
/** The largest count in the first byte. */
export const EDIT_COUNT_MAX = 7;
/** Rows beyond which columns are shorter. */
const ROW_COUNT_MAX = 16;

const encoder = new TextEncoder();

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
  if (to > graph.runEnd(events) || log.runAt(to - 1) - log.runAt(from) >= ROW_COUNT_MAX) {
    return undefined;
  }
  if (log.kind(log.runAt(from)) === TRIMMED) return undefined;
  const count = to - from;
  const author = graph.runReplica(events);
  const sequence = graph.sequenceOf(from);
  const previous = graph.lvOf(author, sequence - 1);
  const parents = graph.parentsOf(from);
  const hasParents = parents.length > 1 || (parents[0] ?? -1) !== previous;
  const id = graph.replicaId(author);
  const isPacked = packReplicaId(id) >= 0;
  const writer = new ByteWriter();
  const table = [author];
  const writeName = (column: ByteWriter, lv: number, seenFrom: number): void => {
    if (lv < 0) {
      column.varint(-1 - lv);
      return;
    }
    const replica = graph.replicaOf(lv);
    if (replica === author) {
      column.varint(2 * (graph.sequenceOf(seenFrom) - graph.sequenceOf(lv)));
      return;
    }
    const known = table.indexOf(replica);
    const index = known < 0 ? table.push(replica) - 1 : known;
    column.varint(2 * index + 1);
    if (known < 0) writeReplicaId(column, graph.replicaId(replica));
    column.varint(graph.sequenceOf(lv));
  };
  const isShort = count <= EDIT_COUNT_MAX;
  const flags = editFlags(isShort ? count : 0) | (hasParents ? HAS_PARENTS : 0);
  writer.u8(flags | (isPacked ? IS_PACKED : 0));
  if (isPacked) {
    const packed = new ByteWriter();
    writeReplicaId(packed, id);
    writer.bytes(packed.view().subarray(1));
  } else {
    writeTextId(writer, id);
  }
  writer.varint(sequence);
  if (!isShort) writer.varint(count);
  if (hasParents) {
    writer.varint(parents.length);
    for (const parent of parents) writeName(writer, parent, from);
  }
  const column = {
    codes: writer,
    counts: writer,
    positions: writer,
    names: writer,
    keys: writer,
    values: writer,
  };
  const rows = new RowWriter(graph, log, column, writeName);
  rows.startAt(0, cursorOf(log, previous), containerOf(log, previous));
  rows.write(from, to, 0);
  writer.bytes(encoder.encode(textOf(log, from, to)));
  return writer.view();
}

/** The text of the insertions from event `from` to before `to`. */
function textOf(log: OperationLog, from: number, to: number): string {
  let text = '';
  for (let lv = from; lv < to;) {
    const run = log.runAt(lv);
    const end = Math.min(log.end(run), to);
    if (log.kind(run) === TEXT_INSERT) {
      text += log.text.slice(log.b(run) + lv - log.start(run), end - lv);
    }
    lv = end;
  }
  return text;
}
