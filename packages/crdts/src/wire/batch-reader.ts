/*
 * Reads what batch-writer wrote; the layout stands there.
 */

import { EVENT_COUNT_MAX } from '../graph/causal-graph.ts';
import { TEXT_DELETE, TEXT_INSERT } from '../log/operation-kind.ts';
import type { Value } from '../log/value.ts';
import type { ReplicaId } from '../replica-id.ts';

import {
  AUTHOR_SHIFT,
  BATCH_VERSION,
  type Columns,
  HAS_COUNT,
  IS_ELSEWHERE,
  IS_OTHER_CONTAINER,
  IS_OTHER_SEQUENCE,
  PARENT_COUNT_MASK,
} from './batch-writer.ts';
import { ByteReader, corrupt } from './byte-reader.ts';
import {
  type IncomingEvents,
  type IncomingOperation,
  type IncomingPiece,
  NO_REPLICA,
} from './incoming-operation.ts';
import {
  cursorAfter,
  HAS_A,
  HAS_B,
  HAS_C,
  HAS_NUMBERS,
  HAS_VALUE,
  HAS_VALUES,
  IS_RUN,
  IS_TEXT,
  shapeOf,
} from './operation-shape.ts';
import { readReplicaId } from './replica-id-codec.ts';
import { readValue } from './value-codec.ts';

/** Bits of a code that mean something. */
const CODE_MAX = 127;

/** Reads a batch out of an update whose checksum is right. */
export function readBatch(bytes: Uint8Array, end: number): BatchReader {
  const reader = new ByteReader(bytes, 0, end);
  const version = reader.u8();
  if (version !== BATCH_VERSION) throw corrupt(`version ${BATCH_VERSION}`, version);
  const replicas = readReplicas(reader);
  const columns = {
    graph: reader.prefixed(),
    codes: reader.prefixed(),
    counts: reader.prefixed(),
    positions: reader.prefixed(),
    extras: reader.prefixed(),
  };
  const text = reader.text();
  reader.expectEnd();
  return new BatchReader(replicas, columns, text, text.length);
}

/** Reads the table of replicas. */
export function readReplicas(reader: ByteReader): ReplicaId[] {
  const replicas: ReplicaId[] = [];
  for (let left = reader.count(); left > 0; left -= 1) replicas.push(readReplicaId(reader));
  if (new Set(replicas).size < replicas.length) throw corrupt('an id once', 'twice');
  return replicas;
}

/** The events of a batch, read one run at a time. */
export class BatchReader implements IncomingEvents {
  readonly replicas: readonly ReplicaId[];
  readonly pieces: readonly IncomingPiece[];
  readonly text: string;
  readonly #textLength: number;
  /** For each piece, the index of its first event. */
  readonly #firstIndexes: number[] = [];
  readonly #eventCount: number;
  readonly #cursors: number[];
  readonly #codes: ByteReader;
  readonly #counts: ByteReader;
  readonly #positions: ByteReader;
  readonly #extras: ByteReader;
  #containerReplica: number = NO_REPLICA;
  #container = -1;
  /** The index of the next event, and the piece that it belongs to. */
  #index = 0;
  #piece = 0;
  #textStart = 0;

  /**
   * @param text - Of the insertions, or '' where only its length is known.
   * @param trimmedCount - The first events have no operations.
   * @throws CorruptBytesError if the graph is none.
   */
  constructor(
    replicas: readonly ReplicaId[],
    columns: Omit<Columns, 'replicas'>,
    text: string,
    textLength: number,
    trimmedCount = 0,
  ) {
    this.#index = trimmedCount;
    this.replicas = replicas;
    this.text = text;
    this.#textLength = textLength;
    this.#cursors = new Array<number>(replicas.length).fill(0);
    this.#codes = new ByteReader(columns.codes);
    this.#counts = new ByteReader(columns.counts);
    this.#positions = new ByteReader(columns.positions);
    this.#extras = new ByteReader(columns.extras);
    const pieces: IncomingPiece[] = [];
    this.pieces = pieces;
    const nextSequences = new Array<number>(replicas.length).fill(0);
    const graph = new ByteReader(columns.graph);
    let index = 0;
    while (graph.remaining > 0) {
      this.#firstIndexes.push(index);
      const piece = this.#readPiece(graph, index, nextSequences);
      pieces.push(piece);
      index += piece.count;
    }
    if (index < 1 || index > EVENT_COUNT_MAX) throw corrupt('1..2^29 events', index);
    this.#eventCount = index;
  }

  /** The index of the first event of a piece. */
  firstIndex(piece: number): number {
    return this.#firstIndexes[piece] ?? 0;
  }

  next(operation: IncomingOperation): void {
    const code = this.#codes.u8();
    const kind = code & 15;
    const shape = shapeOf(kind);
    if (shape === 0 || code > CODE_MAX) throw corrupt('an operation', code);
    operation.kind = kind;
    operation.count = this.#readCount(code, shape);
    if ((code & IS_OTHER_CONTAINER) !== 0) this.#readContainer();
    operation.containerReplica = this.#containerReplica;
    operation.container = this.#container;
    operation.textStart = this.#textStart;
    if ((shape & IS_TEXT) !== 0) {
      this.#readText(operation, code);
    } else {
      if ((code & IS_ELSEWHERE) !== 0) throw corrupt('an operation', code);
      this.#readFields(operation, shape);
    }
    this.#index += operation.count;
  }

  finish(): void {
    if (this.#index !== this.#eventCount) throw corrupt(`${this.#eventCount} events`, this.#index);
    if (this.#textStart !== this.#textLength) throw corrupt('less text', this.#textLength);
    this.#codes.expectEnd();
    this.#counts.expectEnd();
    this.#positions.expectEnd();
    this.#extras.expectEnd();
  }

  #readPiece(graph: ByteReader, index: number, nextSequences: number[]): IncomingPiece {
    const head = graph.varint(2 ** 31 - 1);
    const replica = this.#checkReplica(head >>> AUTHOR_SHIFT);
    let sequence = nextSequences[replica] ?? 0;
    if ((head & IS_OTHER_SEQUENCE) !== 0) {
      const other = graph.varint(2 ** 31 - 1);
      if (other === sequence) throw corrupt('a guessed sequence', 'a longer form');
      sequence = other;
    }
    const count = graph.varint(EVENT_COUNT_MAX);
    if (count < 1) throw corrupt('at least 1 event', count);
    if (sequence + count > 2 ** 31 - 1) throw corrupt('at most 2^31 events of a replica', 'more');
    let parentCount = head & PARENT_COUNT_MASK;
    if (parentCount === PARENT_COUNT_MASK) {
      parentCount = graph.count();
      if (parentCount < PARENT_COUNT_MASK) throw corrupt('more parents', parentCount);
    }
    const parents: number[] = [];
    for (; parentCount > 0; parentCount -= 1) {
      if (!this.#readEvent(graph, index)) throw corrupt('an event', 'none');
      parents.push(this.#namedReplica, this.#named);
    }
    nextSequences[replica] = sequence + count;
    return { replica, sequence, count, parents };
  }

  #readCount(code: number, shape: number): number {
    while (this.#index >= this.#pieceEnd(this.#piece) && this.#piece < this.pieces.length) {
      this.#piece += 1;
    }
    const left = this.#pieceEnd(this.#piece) - this.#index;
    if (left < 1) throw corrupt('no more operations', 'one');
    if ((code & HAS_COUNT) === 0) return 1;
    const count = this.#counts.varint(left);
    if (count < 2 || (shape & IS_RUN) === 0) throw corrupt('one event', count);
    return count;
  }

  #pieceEnd(piece: number): number {
    return (this.#firstIndexes[piece] ?? this.#eventCount) + (this.pieces[piece]?.count ?? 0);
  }

  #readContainer(): void {
    const isEvent = this.#readEvent(this.#extras, this.#index);
    if (!isEvent && this.#named !== -1) throw corrupt('a container', this.#named);
    this.#containerReplica = this.#namedReplica;
    this.#container = this.#named;
  }

  #readText(operation: IncomingOperation, code: number): void {
    const author = this.pieces[this.#piece]?.replica ?? 0;
    let position = this.#cursors[author] ?? 0;
    if ((code & IS_ELSEWHERE) !== 0) {
      const distance = this.#positions.signed(2 ** 30);
      if (distance === 0) throw corrupt('a guessed position', 'a longer form');
      position += distance;
    }
    const { kind, count } = operation;
    const last = kind === TEXT_INSERT ? position + count - 1 : position;
    if (position < 0 || last > 2 ** 30) throw corrupt('a position', position);
    operation.a = position;
    if (kind === TEXT_INSERT) {
      this.#textStart += count;
      if (this.#textStart > this.#textLength) throw corrupt('more text', this.#textLength);
      this.#checkPairs(operation.textStart, this.#textStart);
      this.#cursors[author] = cursorAfter(kind, last);
      return;
    }
    const lowest = kind === TEXT_DELETE ? position : position - count + 1;
    if (lowest < 0) throw corrupt('a position', lowest);
    this.#cursors[author] = cursorAfter(kind, lowest);
  }

  /** An insertion that began or ended within a surrogate pair would tear it. */
  #checkPairs(start: number, end: number): void {
    if (this.text === '') return;
    const first = this.text.charCodeAt(start);
    const last = this.text.charCodeAt(end - 1);
    if ((first & 0xfc00) === 0xdc00 || (last & 0xfc00) === 0xd800) throw corrupt('pairs', 'halves');
  }

  #readFields(operation: IncomingOperation, shape: number): void {
    const extras = this.#extras;
    operation.aReplica = NO_REPLICA;
    operation.a = (shape & HAS_NUMBERS) === 0 ? -1 : extras.varint(2 ** 30);
    operation.bReplica = NO_REPLICA;
    operation.b = (shape & HAS_NUMBERS) === 0 ? -1 : extras.varint(2 ** 30);
    operation.cReplica = NO_REPLICA;
    operation.c = -1;
    if ((shape & HAS_A) !== 0) {
      this.#readEvent(extras, this.#index);
      operation.aReplica = this.#namedReplica;
      operation.a = this.#named;
    }
    if ((shape & HAS_B) !== 0) {
      this.#readEvent(extras, this.#index);
      operation.bReplica = this.#namedReplica;
      operation.b = this.#named;
    }
    if ((shape & HAS_C) !== 0) {
      this.#readEvent(extras, this.#index);
      operation.cReplica = this.#namedReplica;
      operation.c = this.#named;
    }
    operation.values = this.#readValues(operation.count, shape);
  }

  #readValues(count: number, shape: number): Value[] {
    const values: Value[] = [];
    let left = (shape & HAS_VALUE) !== 0 ? 1 : (shape & HAS_VALUES) !== 0 ? count : 0;
    for (; left > 0; left -= 1) values.push(readValue(this.#extras));
    return values;
  }

  /** What `#readEvent` read last. */
  #namedReplica: number = NO_REPLICA;
  #named = -1;

  /** Reads the name of an event; false if it is -1 or -2. */
  #readEvent(reader: ByteReader, from: number): boolean {
    const code = reader.varint(2 ** 31 - 1);
    if (code < 2) {
      this.#namedReplica = NO_REPLICA;
      this.#named = -1 - code;
      return false;
    }
    if (code % 2 === 1) {
      this.#namedReplica = this.#checkReplica((code - 3) / 2);
      this.#named = reader.varint(2 ** 31 - 1);
      return true;
    }
    const index = from - code / 2;
    if (index < 0) throw corrupt('an event of the batch', index);
    const piece = this.#pieceOf(index);
    this.#namedReplica = this.pieces[piece]?.replica ?? 0;
    this.#named = (this.pieces[piece]?.sequence ?? 0) + index - this.firstIndex(piece);
    return true;
  }

  #pieceOf(index: number): number {
    let low = 0;
    let high = this.pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.firstIndex(middle) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #checkReplica(index: number): number {
    if (index >= this.replicas.length) throw corrupt('a replica of the table', index);
    return index;
  }
}
