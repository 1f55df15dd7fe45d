/*
 * Reads what batch-writer wrote; the layout stands there.
 */

import { EVENT_COUNT_MAX } from '../graph/causal-graph.ts';
import { TEXT_INSERT } from '../log/operation-kind.ts';
import type { ReplicaId } from '../replica-id.ts';

import {
  ANY_PARENTS,
  AUTHOR_SHIFT,
  BATCH_VERSION,
  GUESSED_PARENTS,
  NAMED_AUTHOR,
  NEW_AUTHOR,
  OWN_AND_OTHER,
  PIECE_COUNT_MAX,
  PIECE_COUNT_SHIFT,
  SAME_AUTHOR,
} from './batch-writer.ts';
import { ByteReader, corrupt } from './byte-reader.ts';
import {
  type IncomingEvents,
  type IncomingOperation,
  type IncomingPiece,
  NO_REPLICA,
} from './incoming-operation.ts';
import type { RowColumns } from './operation-rows.ts';
import { readReplicaTable } from './replica-table.ts';
import { type EventName, RowReader } from './row-reader.ts';

/** Reads a batch out of an update whose checksum is right. */
export function readBatch(bytes: Uint8Array, end: number): BatchReader {
  const reader = new ByteReader(bytes, 0, end);
  const version = reader.u8();
  if (version !== BATCH_VERSION) throw corrupt(`version ${BATCH_VERSION}`, version);
  const replicas = readReplicaTable(reader);
  const pieces = readPieces(reader.prefixed(), replicas.length);
  const columns = readRowColumns(reader);
  const text = reader.text();
  reader.expectEnd();
  return new BatchReader(replicas, pieces, columns, text, text.length);
}

/** Reads the columns of rows, each with its length. */
export function readRowColumns(reader: ByteReader): RowColumns<Uint8Array> {
  return {
    codes: reader.prefixed(),
    counts: reader.prefixed(),
    positions: reader.prefixed(),
    names: reader.prefixed(),
    keys: reader.prefixed(),
    values: reader.prefixed(),
  };
}

/**
 * Reads all pieces of a graph.
 *
 * @throws CorruptBytesError if it is none.
 */
export function readPieces(bytes: Uint8Array, replicaCount: number): IncomingPiece[] {
  const reader = new PieceReader(bytes, replicaCount);
  const pieces: IncomingPiece[] = [];
  let eventCount = 0;
  while (!reader.isAtEnd) {
    const piece = reader.read();
    pieces.push(piece);
    eventCount += piece.count;
  }
  if (eventCount < 1 || eventCount > EVENT_COUNT_MAX) throw corrupt('1..2^29 events', eventCount);
  return pieces;
}

/** Reads pieces of a graph. */
class PieceReader {
  readonly #graph: ByteReader;
  readonly #replicaCount: number;
  readonly #nextSequences: number[] = [];
  /** Replicas of the table that were named. */
  #namedCount = 0;
  #author = -1;
  #otherAuthor = -1;

  constructor(graph: Uint8Array, replicaCount: number) {
    this.#graph = new ByteReader(graph);
    this.#replicaCount = replicaCount;
  }

  get isAtEnd(): boolean {
    return this.#graph.remaining === 0;
  }

  read(): IncomingPiece {
    const graph = this.#graph;
    const head = graph.u8();
    let count = head >> PIECE_COUNT_SHIFT;
    const doubled = count === 0 ? graph.varint(2 ** 31 - 1) : 0;
    const isOther = doubled % 2 === 1;
    if (count === 0) {
      count = doubled >>> 1;
      if (count < 1 || (!isOther && count <= PIECE_COUNT_MAX)) throw corrupt('a count', count);
    }
    const author = this.#readAuthor((head >> AUTHOR_SHIFT) & 3);
    let sequence = this.#nextSequences[author] ?? 0;
    if (isOther) {
      const other = graph.varint(2 ** 31 - 1);
      if (other === sequence) throw corrupt('a guessed sequence', 'a longer form');
      sequence = other;
    }
    if (sequence + count > 2 ** 31 - 1) throw corrupt('at most 2^31 events of a replica', 'more');
    const parents = this.#readParents(head & 3, author, sequence);
    this.#nextSequences[author] = sequence + count;
    return { replica: author, sequence, count, parents };
  }

  #readAuthor(code: number): number {
    const knownCount = this.#namedCount;
    let author = this.#author;
    if (code === NEW_AUTHOR) author = this.#name(this.#namedCount);
    else if (code === NAMED_AUTHOR) author = this.#name(this.#graph.varint(2 ** 31 - 1));
    else if (code !== SAME_AUTHOR) author = this.#otherAuthor;
    const isShorter =
      author === this.#author || author === this.#otherAuthor || author === knownCount;
    if (author < 0 || (isShorter && code === NAMED_AUTHOR)) throw corrupt('an author', author);
    if (author !== this.#author) {
      this.#otherAuthor = this.#author;
      this.#author = author;
    }
    return author;
  }

  #name(index: number): number {
    const isNext = index <= this.#namedCount && index < this.#replicaCount;
    if (!isNext) throw corrupt('the next replica of the table', index);
    if (index === this.#namedCount) this.#namedCount += 1;
    return index;
  }

  #readParents(code: number, author: number, sequence: number): number[] {
    const isOwnGuessed = (code === GUESSED_PARENTS || code === OWN_AND_OTHER) && sequence > 0;
    const parents = isOwnGuessed ? [author, sequence - 1] : [];
    if (code === GUESSED_PARENTS) return parents;
    const count = code === ANY_PARENTS ? this.#graph.count() : 1;
    for (let left = count; left > 0; left -= 1) this.#readParent(parents);
    const ownCount = countOf(parents, author, sequence - 1);
    const isShorter =
      code === ANY_PARENTS
        ? count === (sequence === 0 ? 0 : -1) || count === 1 || (count === 2 && ownCount === 1)
        : ownCount !== (isOwnGuessed ? 1 : 0);
    if (isShorter || (code === OWN_AND_OTHER && sequence === 0)) {
      throw corrupt('parents', 'a longer form');
    }
    return parents;
  }

  #readParent(parents: number[]): void {
    const code = this.#graph.varint(2 ** 31 - 1);
    const isNamed = code % 2 === 1;
    const replica = isNamed ? this.#name((code - 1) / 2) : this.#otherAuthor;
    if (replica < 0) throw corrupt('a parent', code);
    const back = isNamed ? this.#graph.signed(2 ** 31) : code / 2;
    if (isNamed && replica === this.#otherAuthor && back >= 0) {
      throw corrupt('a parent of the other author', 'a longer form');
    }
    const sequence = (this.#nextSequences[replica] ?? 0) - 1 - back;
    if (sequence < 0 || sequence > 2 ** 31 - 2) throw corrupt('a parent', sequence);
    parents.push(replica, sequence);
  }
}

function countOf(parents: readonly number[], replica: number, sequence: number): number {
  let count = 0;
  for (let at = 0; at < parents.length; at += 2) {
    if (parents[at] === replica && parents[at + 1] === sequence) count += 1;
  }
  return count;
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
  readonly #rows: RowReader;
  /** The index of the next event, and the piece that it belongs to. */
  #index = 0;
  #piece = 0;
  #textStart = 0;

  /**
   * @param text - Of the insertions, or '' where only its length is known.
   * @param trimmedCount - The first events have no operations.
   */
  constructor(
    replicas: readonly ReplicaId[],
    pieces: readonly IncomingPiece[],
    columns: RowColumns<Uint8Array>,
    text: string,
    textLength: number,
    trimmedCount = 0,
  ) {
    this.#index = trimmedCount;
    this.replicas = replicas;
    this.text = text;
    this.#textLength = textLength;
    this.#rows = new RowReader(
      {
        codes: new ByteReader(columns.codes),
        counts: new ByteReader(columns.counts),
        positions: new ByteReader(columns.positions),
        names: new ByteReader(columns.names),
        keys: new ByteReader(columns.keys),
        values: new ByteReader(columns.values),
      },
      (reader, into) => this.#readName(reader, into),
    );
    this.pieces = pieces;
    let index = 0;
    for (const { count } of pieces) {
      this.#firstIndexes.push(index);
      index += count;
    }
    this.#eventCount = index;
  }

  /** The index of the first event of a piece. */
  firstIndex(piece: number): number {
    return this.#firstIndexes[piece] ?? 0;
  }

  next(operation: IncomingOperation): void {
    while (this.#index >= this.#pieceEnd(this.#piece) && this.#piece < this.pieces.length) {
      this.#piece += 1;
    }
    const piece = this.pieces[this.#piece];
    const offset = this.#index - this.firstIndex(this.#piece);
    this.#rows.read(operation, {
      author: piece?.replica ?? 0,
      sequence: (piece?.sequence ?? 0) + offset,
      left: (piece?.count ?? 0) - offset,
    });
    operation.textStart = this.#textStart;
    if (operation.kind === TEXT_INSERT) {
      this.#textStart += operation.count;
      if (this.#textStart > this.#textLength) throw corrupt('more text', this.#textLength);
      this.#checkPairs(operation.textStart, this.#textStart);
    }
    this.#index += operation.count;
  }

  finish(): void {
    if (this.#index !== this.#eventCount) throw corrupt(`${this.#eventCount} events`, this.#index);
    if (this.#textStart !== this.#textLength) throw corrupt('less text', this.#textLength);
    this.#rows.finish();
  }

  #pieceEnd(piece: number): number {
    return (this.#firstIndexes[piece] ?? this.#eventCount) + (this.pieces[piece]?.count ?? 0);
  }

  /** An insertion that began or ended within a surrogate pair would tear it. */
  #checkPairs(start: number, end: number): void {
    if (this.text === '') return;
    const first = this.text.charCodeAt(start);
    const last = this.text.charCodeAt(end - 1);
    if ((first & 0xfc00) === 0xdc00 || (last & 0xfc00) === 0xd800) throw corrupt('pairs', 'halves');
  }

  #readName(reader: ByteReader, into: EventName): void {
    const code = reader.varint(2 ** 31 - 1);
    if (code < 2) {
      into.replica = NO_REPLICA;
      into.sequence = -1 - code;
    } else if (code % 2 === 1) {
      into.replica = (code - 3) / 2;
      if (into.replica >= this.replicas.length) throw corrupt('a replica of the table', code);
      into.sequence = reader.varint(2 ** 31 - 1);
    } else {
      const index = this.#index - code / 2;
      if (index < 0) throw corrupt('an event of the batch', index);
      const piece = this.#pieceOf(index);
      into.replica = this.pieces[piece]?.replica ?? 0;
      into.sequence = (this.pieces[piece]?.sequence ?? 0) + index - this.firstIndex(piece);
    }
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
}
