/*
 * Reads what batch-writer wrote; the layout stands there.
 */

import { EVENT_COUNT_MAX } from '../graph/causal-graph.ts';

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
import type { RowColumns } from './operation-rows.ts';
import { type IncomingTable, readReplicaTable } from './replica-table.ts';
import type { IncomingRows } from './row-reader.ts';

/** A part of a run of the graph as it was read. */
export interface IncomingPiece {
  /** The author, as the index into the table of the update. */
  readonly replica: number;
  readonly sequence: number;
  readonly count: number;
  /** Replica and sequence of each parent of the first event, one after the other. */
  readonly parents: readonly number[];
}

/** The events of an update, checked as far as they can be without a document. */
export interface IncomingEvents extends IncomingRows {
  readonly pieces: readonly IncomingPiece[];
}

/** Reads a batch out of an update whose checksum is right. */
export function readBatch(bytes: Uint8Array, end: number): IncomingEvents {
  const reader = new ByteReader(bytes, 0, end);
  const version = reader.u8();
  if (version !== BATCH_VERSION) throw corrupt(`version ${BATCH_VERSION}`, version);
  const table: IncomingTable = { form: 'whole', ids: readReplicaTable(reader) };
  const pieces = readPieces(reader.prefixed(), table.ids.length);
  const columns = readRowColumns(reader);
  reader.expectEnd();
  return { table, pieces, columns, textLength: -1 };
}

/** Reads the columns of rows, each with its length. */
export function readRowColumns(reader: ByteReader): RowColumns<ByteReader> {
  const next = () => new ByteReader(reader.prefixed());
  return {
    codes: next(),
    counts: next(),
    positions: next(),
    names: next(),
    keys: next(),
    values: next(),
    text: next(),
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
