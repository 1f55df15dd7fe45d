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
 *   codes … values   what the events did, as rows: see operation-rows.ts
 *   text       of all insertions, as UTF-8
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
 * the other author's events came after them. Events that rows name are told by how far back they
 * are in this batch, or by replica and sequence if they are not part of it.
 */

import type { CausalGraph, EventRange } from '../graph/causal-graph.ts';
import { TEXT_INSERT } from '../log/operation-kind.ts';
import type { OperationLog } from '../log/operation-log.ts';

import { ByteWriter } from './byte-writer.ts';
import type { RowColumns } from './operation-rows.ts';
import { ReplicaTableWriter } from './replica-table.ts';
import { RowWriter } from './row-writer.ts';

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

/** The columns of events, as bytes of their own. */
export interface Columns extends RowColumns<Uint8Array> {
  readonly replicas: Uint8Array;
  readonly graph: Uint8Array;
}

/** Writes one batch; use it once. */
export class BatchWriter {
  readonly #source: OperationLog;
  readonly #events: CausalGraph;
  readonly #ranges: readonly EventRange[];
  readonly #firstOperation: number;
  /** For each range, the index in the batch of its first event. */
  readonly #firstIndexes: number[] = [];
  readonly #table: ReplicaTableWriter;
  readonly #nextSequences: number[] = [];
  /** The author of the latest piece, and the one before that. */
  #author = -1;
  #otherAuthor = -1;
  #rowCount = 0;
  readonly #graph = new ByteWriter();
  readonly #columns: RowColumns<ByteWriter> = {
    codes: new ByteWriter(),
    counts: new ByteWriter(),
    positions: new ByteWriter(),
    names: new ByteWriter(),
    keys: new ByteWriter(),
    values: new ByteWriter(),
  };

  /**
   * @param ranges - Of local versions, ascending, none empty, without overlap.
   * @param firstOperation - Of events before this one only the graph is written.
   */
  constructor(
    graph: CausalGraph,
    log: OperationLog,
    ranges: readonly EventRange[],
    firstOperation = 0,
  ) {
    this.#firstOperation = firstOperation;
    this.#events = graph;
    this.#source = log;
    this.#ranges = ranges;
    this.#table = new ReplicaTableWriter(graph);
    let index = 0;
    for (const { start, end } of ranges) {
      this.#firstIndexes.push(index);
      index += end - start;
    }
    for (const { start, end } of ranges) {
      for (let lv = start; lv < end;) lv = this.#writePiece(lv, end);
    }
    this.#writeRows();
  }

  /** The columns, without the text. */
  columns(): Columns {
    const { codes, counts, positions, names, keys, values } = this.#columns;
    return {
      replicas: this.#table.bytes(),
      graph: this.#graph.copy(),
      codes: codes.copy(),
      counts: counts.copy(),
      positions: positions.copy(),
      names: names.copy(),
      keys: keys.copy(),
      values: values.copy(),
    };
  }

  /** The batch as an update, without its checksum. */
  update(): Uint8Array {
    const columns = this.columns();
    const writer = new ByteWriter(256);
    writer.u8(BATCH_VERSION);
    writer.bytes(columns.replicas);
    writer.prefixed(columns.graph);
    writeRowColumns(writer, columns);
    writer.text(this.text());
    return writer.view();
  }

  /** How many rows there are, each repetition counted. */
  get rowCount(): number {
    return this.#rowCount;
  }

  /** The replicas of the table, by their numbers in the graph. */
  replicas(): number[] {
    return this.#table.replicas();
  }

  /** The text of the insertions. */
  text(): string {
    let text = '';
    const log = this.#source;
    for (const { start, end } of this.#ranges) {
      for (let lv = Math.max(start, this.#firstOperation); lv < end;) {
        const run = log.runAt(lv);
        const to = Math.min(log.end(run), end);
        if (log.kind(run) === TEXT_INSERT) {
          text += log.text.slice(log.b(run) + lv - log.start(run), to - lv);
        }
        lv = to;
      }
    }
    return text;
  }

  #writeRows(): void {
    const graph = this.#events;
    const rows = new RowWriter(graph, this.#source, this.#columns, (writer, lv, from) =>
      this.#writeName(writer, lv, from),
    );
    for (const { start, end } of this.#ranges) {
      for (let lv = Math.max(start, this.#firstOperation); lv < end;) {
        const run = graph.runAt(lv);
        const to = Math.min(graph.runEnd(run), end);
        rows.write(lv, to, this.#table.indexOf(graph.runReplica(run)));
        lv = to;
      }
    }
    rows.finish();
    this.#rowCount = rows.rowCount;
  }

  /** Writes the part of a run of the graph from `from` to `end` at most, and returns its end. */
  #writePiece(from: number, end: number): number {
    const events = this.#events;
    const graph = this.#graph;
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
    const graph = this.#graph;
    const replica = this.#table.indexOf(events.replicaOf(lv));
    const back = (this.#nextSequences[replica] ?? 0) - 1 - events.sequenceOf(lv);
    if (replica === this.#otherAuthor && back >= 0) {
      graph.varint(2 * back);
      return;
    }
    graph.varint(2 * replica + 1);
    graph.signed(back);
  }

  /** Names an event, or -1 or -2, seen from another event. */
  #writeName(writer: ByteWriter, lv: number, from: number): void {
    if (lv < 0) {
      writer.varint(-1 - lv);
      return;
    }
    const index = this.#indexOf(lv);
    if (index >= 0) {
      writer.varint(2 * (this.#indexOf(from) - index));
      return;
    }
    writer.varint(2 * this.#table.indexOf(this.#events.replicaOf(lv)) + 3);
    writer.varint(this.#events.sequenceOf(lv));
  }

  /** The index in the batch of an event, or -1 if it is not part of it. */
  #indexOf(lv: number): number {
    const ranges = this.#ranges;
    let low = 0;
    let high = ranges.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((ranges[middle]?.start ?? 0) <= lv) low = middle;
      else high = middle - 1;
    }
    const range = ranges[low];
    if (range === undefined || lv < range.start || lv >= range.end) return -1;
    return (this.#firstIndexes[low] ?? 0) + lv - range.start;
  }
}

/** Writes the columns of rows, each with its length. */
export function writeRowColumns(writer: ByteWriter, columns: RowColumns<Uint8Array>): void {
  writer.prefixed(columns.codes);
  writer.prefixed(columns.counts);
  writer.prefixed(columns.positions);
  writer.prefixed(columns.names);
  writer.prefixed(columns.keys);
  writer.prefixed(columns.values);
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
