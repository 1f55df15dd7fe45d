/*
 * Many events as bytes, column by column.
 *
 * Most of what an event says can be guessed from the events before it: its author is the same, its
 * number the next one, its only parent the event before, its position where the cursor stands. So
 * only what departs from the guess is written. Values of one meaning stand together in a column,
 * where they are alike and compress well.
 *
 *   version    1
 *   replicas   ids that are named below, each once
 *   graph      pieces: author, first sequence unless guessed, count, parents
 *   codes … text   what the events did, as rows: see operation-rows.ts
 *
 * Each column but the first two has its length in front. A piece is a part of a run of the graph
 * and begins with a byte:
 *
 *   c c c c a a p p
 *
 *   c  count; 0: follows, doubled, and 1 more if the sequence follows it, as it is not the guessed
 * one
 *   a  author: 0 that of the piece before, 1 the one before that one, 2 a new one, 3 follows
 *   p  parents: 0 the author's previous event, or none; 1 that and one more; 2 one other; 3 a count
 *
 * Parents are mostly the latest of the only other person who types: they are told by how many of
 * the other author's events came after them.
 */

import type { CausalGraph, EventRange } from '../graph/causal-graph.ts';
import type { OperationLog } from '../log/operation-log.ts';

import { ByteWriter } from './byte-writer.ts';
import type { RowColumns } from './operation-rows.ts';
import { ReplicaTableWriter } from './replica-table.ts';
import { type InsertedTextForm, RowWriter } from './row-writer.ts';

/** The first byte of a batch. */
export const BATCH_VERSION = 1;

/** Bits that the count of a piece is shifted by. */
export const PIECE_COUNT_SHIFT = 4;
/** The largest count in the first byte of a piece. */
export const PIECE_COUNT_MAX = 15;
/** Bits that the author of a piece is shifted by. */
export const AUTHOR_SHIFT = 2;
/** The author of the piece before. */
export const SAME_AUTHOR = 0;
/** The author before that one. */
const OTHER_AUTHOR = 1;
/** One that was not named so far. */
export const NEW_AUTHOR = 2;
/** Another one: follows. */
export const NAMED_AUTHOR = 3;
/** The author's previous event, or none. */
export const GUESSED_PARENTS = 0;
/** That one, and another one. */
export const OWN_AND_OTHER = 1;
/** One that is not the author's previous event. */
const ONE_OTHER = 2;
/** Any. */
export const ANY_PARENTS = 3;

/** Writes one batch; use it once. */
export class BatchWriter {
  /** The columns, but for the replicas. */
  readonly graph: ByteWriter = new ByteWriter();
  readonly columns: RowColumns<ByteWriter> = {
    codes: new ByteWriter(),
    counts: new ByteWriter(),
    positions: new ByteWriter(),
    names: new ByteWriter(),
    keys: new ByteWriter(),
    values: new ByteWriter(),
    text: new ByteWriter(),
  };
  /** How many rows there are, each repetition counted. */
  readonly rowCount: number;
  readonly #events: CausalGraph;
  readonly #table: ReplicaTableWriter;
  readonly #nextSequences: number[] = [];
  /** The author of the latest piece, and the one before that. */
  #author = -1;
  #otherAuthor = -1;

  /**
   * @param ranges - Of local versions, ascending, none empty, without overlap.
   * @param firstOperation - Of events before this one only the graph is written.
   */
  constructor(
    graph: CausalGraph,
    log: OperationLog,
    ranges: readonly EventRange[],
    firstOperation = 0,
    insertedText: InsertedTextForm = 'written',
  ) {
    this.#events = graph;
    this.#table = new ReplicaTableWriter(graph, 'whole');
    const rows = new RowWriter(graph, log, this.columns, this.#table, insertedText);
    for (const { start, end } of ranges) {
      for (let lv = start; lv < end;) lv = this.#writePiece(lv, end);
    }
    for (const { start, end } of ranges) {
      for (let lv = Math.max(start, firstOperation); lv < end;) {
        const to = Math.min(graph.runEnd(graph.runAt(lv)), end);
        rows.write(lv, to);
        lv = to;
      }
    }
    rows.finish();
    this.rowCount = rows.rowCount;
  }

  /** The table of replicas. */
  table(): Uint8Array {
    return this.#table.bytes();
  }

  /** The batch as an update, without its checksum. */
  update(): Uint8Array {
    const writer = new ByteWriter(256);
    writer.u8(BATCH_VERSION);
    writer.bytes(this.table());
    writer.prefixed(this.graph.view());
    writeRowColumns(writer, this.columns);
    return writer.view();
  }

  /** The replicas of the table, by their numbers in the graph. */
  replicas(): number[] {
    return this.#table.replicas();
  }

  /** Writes the part of a run of the graph from `from` to `end` at most, and returns its end. */
  #writePiece(from: number, end: number): number {
    const events = this.#events;
    const { graph } = this;
    const run = events.runAt(from);
    const to = Math.min(events.runEnd(run), end);
    const replica = events.runReplica(run);
    const count = to - from;
    const isNew = !this.#table.has(replica);
    const author = this.#table.indexOf(replica);
    const sequence = events.runSequence(run) + from - events.runStart(run);
    const isOther = sequence !== (this.#nextSequences[author] ?? 0);
    const parents = events.parentsOf(from);
    const others = parents.filter((lv) => lv !== events.lvOf(replica, sequence - 1));
    const parentCode = parentCodeOf(parents.length, others.length, sequence);
    let authorCode = isNew ? NEW_AUTHOR : NAMED_AUTHOR;
    if (author === this.#author) authorCode = SAME_AUTHOR;
    else if (author === this.#otherAuthor) authorCode = OTHER_AUTHOR;
    const isShort = !isOther && count <= PIECE_COUNT_MAX;
    const countCode = (isShort ? count : 0) << PIECE_COUNT_SHIFT;
    graph.u8(countCode | (authorCode << AUTHOR_SHIFT) | parentCode);
    if (!isShort) graph.varint(2 * count + (isOther ? 1 : 0));
    if (authorCode === NAMED_AUTHOR) graph.varint(author);
    if (isOther) graph.varint(sequence);
    if (author !== this.#author) {
      this.#otherAuthor = this.#author;
      this.#author = author;
    }
    if (parentCode === ANY_PARENTS) graph.varint(parents.length);
    for (const parent of parentCode === ANY_PARENTS ? parents : others) this.#writeParent(parent);
    this.#nextSequences[author] = sequence + count;
    return to;
  }

  #writeParent(lv: number): void {
    const events = this.#events;
    const { graph } = this;
    const replica = this.#table.indexOf(events.replicaOf(lv));
    const back = (this.#nextSequences[replica] ?? 0) - 1 - events.sequenceOf(lv);
    if (replica === this.#otherAuthor && back >= 0) {
      graph.varint(2 * back);
      return;
    }
    graph.varint(2 * replica + 1);
    graph.signed(back);
  }
}

/** Writes the columns of rows, each with its length. */
export function writeRowColumns(writer: ByteWriter, columns: RowColumns<ByteWriter>): void {
  const { codes, counts, positions, names, keys, values, text } = columns;
  for (const column of [codes, counts, positions, names, keys, values, text]) {
    writer.prefixed(column.view());
  }
}

/**
 * How parents are told.
 *
 * @param otherCount - How many of them are not the author's previous event.
 */
function parentCodeOf(parentCount: number, otherCount: number, sequence: number): number {
  const hasOwn = otherCount < parentCount;
  if (otherCount === 0 && hasOwn === sequence > 0) return GUESSED_PARENTS;
  if (otherCount !== 1) return ANY_PARENTS;
  return hasOwn ? OWN_AND_OTHER : ONE_OTHER;
}
