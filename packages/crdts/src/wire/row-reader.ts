/*
 * Reads what row-writer wrote.
 */

import { ENSURE, MAP_DELETE, TEXT_DELETE, TEXT_INSERT } from '../log/operation-kind.ts';
import type { Value } from '../log/value.ts';

import { type ByteReader, corrupt } from './byte-reader.ts';
import { type IncomingOperation, NO_REPLICA } from './incoming-operation.ts';
import {
  COUNT_MAX,
  COUNT_SHIFT,
  IS_ELSEWHERE,
  isRepeatable,
  opensContainer,
  OTHER_CONTAINER,
  REPEAT,
  REPEAT_COUNT_MAX,
  type RowColumns,
  TEXT_COUNT_MAX,
  TEXT_KIND_SHIFT,
  TEXT_ROW,
  typeBits,
} from './operation-rows.ts';
import {
  cursorAfter,
  HAS_A,
  HAS_B,
  HAS_C,
  HAS_KEY,
  HAS_NUMBERS,
  HAS_VALUE,
  HAS_VALUES,
  IS_RUN,
  shapeOf,
} from './operation-shape.ts';
import { readValue } from './value-codec.ts';

/** An event by its name, or -1 or -2 with `NO_REPLICA`; filled again and again. */
export interface EventName {
  /** The index into the table of the update. */
  replica: number;
  sequence: number;
}

/** Reads the name of an event, as it is seen from the next event to be read. */
export type ReadName = (reader: ByteReader, into: EventName) => void;

/** Whose row is read, and what part of a piece is left for it. */
export interface RowPlace {
  /** The index into the table of the update. */
  readonly author: number;
  /** Of the first event. */
  readonly sequence: number;
  /** Events of the piece that are left. */
  readonly left: number;
}

/** What an author's last operation left. */
interface Left {
  cursor: number;
  readonly container: EventName;
}

/** Reads rows out of columns. */
export class RowReader {
  readonly #columns: RowColumns<ByteReader>;
  readonly #readName: ReadName;
  readonly #lefts: Left[] = [];
  readonly #keys: string[] = [];
  readonly #knownKeys = new Set<string>();
  readonly #name: EventName = { replica: NO_REPLICA, sequence: -1 };
  /** The row before: its code, its count, its distance, and where its names were. */
  #code = 0;
  #count = 0;
  #distance = 0;
  #namesStart = 0;
  #repeatCount = 0;

  constructor(columns: RowColumns<ByteReader>, readName: ReadName) {
    this.#columns = columns;
    this.#readName = readName;
  }

  /** Says where the author's operation before the first one left the cursor, and in what. */
  startAt(author: number, cursor: number, container: EventName): void {
    this.#lefts[author] = { cursor, container: { ...container } };
  }

  /**
   * Reads a row into `operation`, but for where its text is.
   *
   * @throws CorruptBytesError if there is none, or not in its one form.
   */
  read(operation: IncomingOperation, place: RowPlace): void {
    const left = (this.#lefts[place.author] ??= {
      cursor: 0,
      container: { replica: NO_REPLICA, sequence: -1 },
    });
    const { names } = this.#columns;
    const isRepeated = this.#readCode(left.container, place.left);
    const isText = this.#code >= TEXT_ROW;
    operation.kind = isText ? ((this.#code >> TEXT_KIND_SHIFT) & 3) + 1 : this.#code & 15;
    operation.count = this.#count;
    operation.containerReplica = left.container.replica;
    operation.container = left.container.sequence;
    if (isRepeated && !isRepeatable(operation.kind)) throw corrupt('a row', 'one repeated');
    if (isText) {
      left.cursor = this.#placeText(operation, left.cursor + this.#distance);
      return;
    }
    left.cursor = 0;
    const position = names.position;
    if (isRepeated) names.moveTo(this.#namesStart);
    else this.#namesStart = position;
    this.#readNames(operation);
    if (isRepeated) names.moveTo(position);
    this.#readValues(operation);
    if (opensContainer(operation.kind, operation.a)) {
      left.container.replica = place.author;
      left.container.sequence = place.sequence + operation.count - 1;
    }
  }

  /** States that no row is left. */
  finish(): void {
    if (this.#repeatCount > 0) throw corrupt('the end', `${this.#repeatCount} rows`);
    const { codes, counts, positions, names, keys, values } = this.#columns;
    for (const column of [codes, counts, positions, names, keys, values]) column.expectEnd();
  }

  /** Reads up to the code of a row, and its count and position; true if it is the one before. */
  #readCode(container: EventName, left: number): boolean {
    const { codes, counts, names, positions } = this.#columns;
    if (left < 1) throw corrupt('no more operations', 'one');
    if (this.#repeatCount > 0) {
      this.#repeatCount -= 1;
      if (this.#count > left) throw corrupt(`at most ${left} events`, this.#count);
      return true;
    }
    let code = codes.u8();
    if (code >= REPEAT) {
      const isShort = code > REPEAT;
      const count = isShort ? code - REPEAT : counts.varint();
      const isAllowed = this.#code > 0 && codes !== names && (isShort || count > REPEAT_COUNT_MAX);
      if (!isAllowed) throw corrupt('a row', code);
      this.#repeatCount = count;
      return this.#readCode(container, left);
    }
    if (code === OTHER_CONTAINER) {
      this.#readName(names, this.#name);
      const { replica, sequence } = this.#name;
      if (replica === NO_REPLICA && sequence !== -1) throw corrupt('a container', sequence);
      if (replica === container.replica && sequence === container.sequence) {
        throw corrupt('a guessed container', 'a longer form');
      }
      container.replica = replica;
      container.sequence = sequence;
      code = codes.u8();
    }
    const isText = code >= TEXT_ROW;
    const shape = isText ? IS_RUN : shapeOf(code & 15);
    if (code >= REPEAT || shape === 0 || (!isText && (code & 15) <= 3)) {
      throw corrupt('an operation', code);
    }
    const most = isText ? TEXT_COUNT_MAX : COUNT_MAX;
    const short = isText ? code & TEXT_COUNT_MAX : code >> COUNT_SHIFT;
    const isEnsure = !isText && (code & 15) === ENSURE;
    const count = isEnsure ? 1 : short > 0 ? short : counts.varint();
    if (short === 0 && count <= most && !isEnsure) throw corrupt('a count', 'a longer form');
    if (count > left || (count > 1 && (shape & IS_RUN) === 0)) {
      throw corrupt(`at most ${left} events`, count);
    }
    const isElsewhere = isText && (code & IS_ELSEWHERE) !== 0;
    const distance = isElsewhere ? positions.signed(2 ** 30) : 0;
    if (isElsewhere && distance === 0) throw corrupt('a guessed position', 'a longer form');
    this.#code = code;
    this.#count = count;
    this.#distance = distance;
    return false;
  }

  /** Fills in where a text operation is; gives where it leaves the cursor. */
  #placeText(operation: IncomingOperation, position: number): number {
    const { kind, count } = operation;
    operation.a = position;
    const last = kind === TEXT_INSERT ? position + count - 1 : position;
    if (position < 0 || last > 2 ** 30) throw corrupt('a position', position);
    if (kind === TEXT_INSERT) return cursorAfter(kind, last);
    const lowest = kind === TEXT_DELETE ? position : position - count + 1;
    if (lowest < 0) throw corrupt('a position', lowest);
    return lowest;
  }

  #readNames(operation: IncomingOperation): void {
    const { names } = this.#columns;
    const name = this.#name;
    const shape = shapeOf(operation.kind);
    operation.aReplica = NO_REPLICA;
    operation.a = (shape & HAS_NUMBERS) === 0 ? -1 : names.varint(2 ** 30);
    operation.bReplica = NO_REPLICA;
    operation.b = (shape & HAS_NUMBERS) === 0 ? -1 : names.varint(2 ** 30);
    operation.cReplica = NO_REPLICA;
    operation.c = -1;
    if ((shape & HAS_A) !== 0) {
      this.#readName(names, name);
      operation.aReplica = name.replica;
      operation.a = name.sequence;
    }
    if ((shape & HAS_B) !== 0) {
      this.#readName(names, name);
      operation.bReplica = name.replica;
      operation.b = name.sequence;
    }
    if ((shape & HAS_C) !== 0) {
      this.#readName(names, name);
      operation.cReplica = name.replica;
      operation.c = name.sequence;
    }
  }

  #readValues(operation: IncomingOperation): void {
    const { kind, count } = operation;
    const shape = shapeOf(kind);
    const values: Value[] = [];
    operation.values = values;
    if ((shape & HAS_KEY) !== 0) {
      const key = this.#readKey();
      const isBare = kind === MAP_DELETE;
      values.push(isBare ? key : Object.freeze([key, this.#readRest(kind)]));
      return;
    }
    let left = (shape & HAS_VALUE) !== 0 ? 1 : (shape & HAS_VALUES) !== 0 ? count : 0;
    for (; left > 0; left -= 1) values.push(readValue(this.#columns.values));
  }

  /** What a key gets; of a container its type, which is part of the code if it fits there. */
  #readRest(kind: number): Value {
    const type = kind === ENSURE ? this.#code >> COUNT_SHIFT : 0;
    if (type > 0) return type;
    const value = readValue(this.#columns.values);
    if (kind === ENSURE && typeBits(value) > 0) throw corrupt('a type', 'a longer form');
    return value;
  }

  #readKey(): string {
    const key = readValue(this.#columns.keys);
    if (typeof key === 'string') {
      if (this.#knownKeys.has(key)) throw corrupt('the number of a key', 'a longer form');
      this.#knownKeys.add(key);
      this.#keys.push(key);
      return key;
    }
    const known = typeof key === 'number' ? this.#keys[key] : undefined;
    if (known === undefined) throw corrupt('a key', typeof key);
    return known;
  }
}
