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
 *   codes      one byte for each run of operations: kind, and which guesses were wrong
 *   counts     of runs of more than one event
 *   positions  of text operations, as distance from where the author's cursor stood
 *   extras     containers, elements and values of all the other kinds
 *   text       of all insertions, as UTF-8
 *
 * Each column but the first two has its length in front. Events that are named are told by how far
 * back they are in this batch, or by replica and sequence if they are not part of it. A piece is a
 * part of a run of the graph, an operation a part of a run of the log that ends where a piece does.
 */

import type { CausalGraph, EventRange } from '../graph/causal-graph.ts';
import { TEXT_INSERT, isListInsertion, namesConsecutive } from '../log/operation-kind.ts';
import type { OperationLog } from '../log/operation-log.ts';

import { ByteWriter } from './byte-writer.ts';
import {
  cursorAfter,
  HAS_A,
  HAS_B,
  HAS_C,
  HAS_NUMBERS,
  HAS_VALUE,
  HAS_VALUES,
  IS_TEXT,
  shapeOf,
} from './operation-shape.ts';
import { writeReplicaId } from './replica-id-codec.ts';
import { writeValue } from './value-codec.ts';

/** The first byte of a batch. */
export const BATCH_VERSION = 1;

/** Bits of a code, above the kind. */
export const HAS_COUNT = 16;
/** The position is not the one that was guessed. */
export const IS_ELSEWHERE = 32;
/** The container is not that of the operation before. */
export const IS_OTHER_CONTAINER = 64;

/** Bits at the head of a piece: the author is above them. */
export const PARENT_COUNT_MASK = 3;
/** The sequence is not the next one of the author. */
export const IS_OTHER_SEQUENCE = 4;
/** Bits that the author is shifted by. */
export const AUTHOR_SHIFT = 3;

/** The columns of events, as bytes of their own. */
export interface Columns {
  readonly replicas: Uint8Array;
  readonly graph: Uint8Array;
  readonly codes: Uint8Array;
  readonly counts: Uint8Array;
  readonly positions: Uint8Array;
  readonly extras: Uint8Array;
}

/** Writes one batch; use it once. */
export class BatchWriter {
  readonly #source: OperationLog;
  readonly #events: CausalGraph;
  readonly #ranges: readonly EventRange[];
  readonly #firstOperation: number;
  /** For each range, the index in the batch of its first event. */
  readonly #firstIndexes: number[] = [];
  readonly #tableIndexOf = new Map<number, number>();
  readonly #nextSequences: number[] = [];
  readonly #cursors: number[] = [];
  readonly #ids = new ByteWriter();
  readonly #graph = new ByteWriter();
  readonly #codes = new ByteWriter();
  readonly #counts = new ByteWriter();
  readonly #positions = new ByteWriter();
  readonly #extras = new ByteWriter();
  #container = -1;

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
    let index = 0;
    for (const { start, end } of ranges) {
      this.#firstIndexes.push(index);
      index += end - start;
    }
    for (const { start, end } of ranges) {
      for (let lv = start; lv < end;) lv = this.#writePiece(lv, end);
    }
  }

  /** The columns, without the text. */
  columns(): Columns {
    const ids = new ByteWriter();
    ids.varint(this.#tableIndexOf.size);
    ids.bytes(this.#ids.view());
    return {
      replicas: ids.copy(),
      graph: this.#graph.copy(),
      codes: this.#codes.copy(),
      counts: this.#counts.copy(),
      positions: this.#positions.copy(),
      extras: this.#extras.copy(),
    };
  }

  /** The batch as an update, without its checksum. */
  update(): Uint8Array {
    const columns = this.columns();
    const writer = new ByteWriter(256);
    writer.u8(BATCH_VERSION);
    writer.bytes(columns.replicas);
    writer.prefixed(columns.graph);
    writer.prefixed(columns.codes);
    writer.prefixed(columns.counts);
    writer.prefixed(columns.positions);
    writer.prefixed(columns.extras);
    writer.text(this.text());
    return writer.view();
  }

  /** The replicas of the table, by their numbers in the graph. */
  replicas(): number[] {
    return [...this.#tableIndexOf.keys()];
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

  /** Writes the part of a run of the graph from `from` to `end` at most, and returns its end. */
  #writePiece(from: number, end: number): number {
    const graph = this.#events;
    const run = graph.runAt(from);
    const to = Math.min(graph.runEnd(run), end);
    const author = this.#tableIndex(graph.runReplica(run));
    const sequence = graph.runSequence(run) + from - graph.runStart(run);
    const parents = graph.parentsOf(from);
    const head = new ByteWriter();
    const isOther = sequence !== this.#nextSequences[author];
    const parentCount = Math.min(parents.length, PARENT_COUNT_MASK);
    head.varint((author << AUTHOR_SHIFT) | (isOther ? IS_OTHER_SEQUENCE : 0) | parentCount);
    if (isOther) head.varint(sequence);
    head.varint(to - from);
    if (parentCount === PARENT_COUNT_MASK) head.varint(parents.length);
    const index = this.#indexOf(from);
    for (const parent of parents) this.#writeEvent(head, parent, index);
    this.#graph.bytes(head.view());
    this.#nextSequences[author] = sequence + to - from;
    for (let lv = Math.max(from, this.#firstOperation); lv < to;) {
      lv = this.#writeOperation(lv, to, author);
    }
    return to;
  }

  /** Writes what the events from `from` to `end` at most do alike, and returns their end. */
  #writeOperation(from: number, end: number, author: number): number {
    const log = this.#source;
    const run = log.runAt(from);
    const kind = log.kind(run);
    const shape = shapeOf(kind);
    let to = Math.min(log.end(run), end);
    if (namesConsecutive(kind)) to = Math.min(to, from + this.#alikeFrom(log.aOf(run, from)));
    let code = kind;
    if (to - from > 1) {
      code |= HAS_COUNT;
      this.#counts.varint(to - from);
    }
    const index = this.#indexOf(from);
    const container = log.container(run);
    if (container !== this.#container) {
      code |= IS_OTHER_CONTAINER;
      this.#container = container;
      this.#writeEvent(this.#extras, container, index);
    }
    if ((shape & IS_TEXT) !== 0) {
      const distance = log.aOf(run, from) - (this.#cursors[author] ?? 0);
      if (distance !== 0) {
        code |= IS_ELSEWHERE;
        this.#positions.signed(distance);
      }
      this.#cursors[author] = cursorAfter(kind, log.aOf(run, to - 1));
    } else {
      this.#writeFields(run, from, to, index);
    }
    this.#codes.u8(code);
    return to;
  }

  #writeFields(run: number, from: number, to: number, index: number): void {
    const log = this.#source;
    const extras = this.#extras;
    const shape = shapeOf(log.kind(run));
    if ((shape & HAS_NUMBERS) !== 0) {
      extras.varint(log.a(run));
      extras.varint(log.b(run));
    }
    if ((shape & HAS_A) !== 0) this.#writeEvent(extras, firstField(log, run, from), index);
    if ((shape & HAS_B) !== 0) this.#writeEvent(extras, log.b(run), index);
    if ((shape & HAS_C) !== 0) this.#writeEvent(extras, log.c(run), index);
    if ((shape & (HAS_VALUE | HAS_VALUES)) !== 0) {
      const first = log.value(run) + from - log.start(run);
      for (const value of log.values.slice(first, first + to - from)) writeValue(extras, value);
    }
  }

  /** How many events from `lv` on have ids in sequence. */
  #alikeFrom(lv: number): number {
    return this.#events.runEnd(this.#events.runAt(lv)) - lv;
  }

  /** Names an event, or -1 or -2, seen from the event with this index. */
  #writeEvent(writer: ByteWriter, lv: number, from: number): void {
    if (lv < 0) {
      writer.varint(-1 - lv);
      return;
    }
    const index = this.#indexOf(lv);
    if (index >= 0) {
      writer.varint(2 * (from - index));
      return;
    }
    writer.varint(2 * this.#tableIndex(this.#events.replicaOf(lv)) + 3);
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

  #tableIndex(replica: number): number {
    const known = this.#tableIndexOf.get(replica);
    if (known !== undefined) return known;
    const index = this.#tableIndexOf.size;
    this.#tableIndexOf.set(replica, index);
    this.#nextSequences.push(0);
    writeReplicaId(this.#ids, this.#events.replicaId(replica));
    return index;
  }
}

/** The field `a` of an event: of list elements in a run, the origin is the element before. */
function firstField(log: OperationLog, run: number, lv: number): number {
  if (isListInsertion(log.kind(run)) && lv > log.start(run)) return lv - 1;
  return log.aOf(run, lv);
}
