/*
 * Reads what row-writer wrote, straight into a log: events that are here already are compared with
 * ours, all others are appended. Their place in the graph was found before.
 */

import { ForkedReplicaError } from '../errors.ts';
import type { CausalGraph } from '../graph/causal-graph.ts';
import {
  ENSURE,
  isListInsertion,
  MAP_DELETE,
  namesConsecutive,
  TEXT_DELETE,
  TEXT_DELETE_BACKWARD,
  TEXT_INSERT,
  TRIMMED,
} from '../log/operation-kind.ts';
import { type OperationLog, ROOT } from '../log/operation-log.ts';
import type { Value } from '../log/value.ts';

import { type ByteReader, corrupt, decodeText } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import {
  containerOf,
  COUNT_MAX,
  COUNT_SHIFT,
  cursorOf,
  IS_ELSEWHERE,
  isRepeatable,
  isTextKind,
  isTrimmed,
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
import { type IncomingTable, readName } from './replica-table.ts';
import { readValue, writeValue } from './value-codec.ts';

/** Rows as they arrive. */
export interface IncomingRows {
  readonly table: IncomingTable;
  readonly columns: RowColumns<ByteReader>;
  /** Units of text that are in the log already, from its start on; -1 if the rows bring theirs. */
  readonly textLength: number;
  /** Code and count of the only row, if they were said before. */
  readonly first?: { readonly code: number; readonly count: number };
}

/** Reads rows out of columns. */
export class RowReader {
  readonly #graph: CausalGraph;
  readonly #log: OperationLog;
  readonly #rows: IncomingRows;
  readonly #keys: string[] = [];
  readonly #knownKeys = new Set<string>();
  /** Of the piece that is read: its author in the table and in the graph. */
  #author = 0;
  #replica = 0;
  /** Of the row that is read: its first event, where the cursor stood before, and in what. */
  #sequence = 0;
  #cursor = 0;
  #container = ROOT;
  /** The code, count and distance, and where its names were; also of a row that is repeated. */
  #code = 0;
  #count = 0;
  #distance = 0;
  #namesStart = 0;
  #repeatCount = 0;
  #textStart = 0;
  #isFirst: boolean;

  constructor(graph: CausalGraph, log: OperationLog, rows: IncomingRows) {
    this.#graph = graph;
    this.#log = log;
    this.#rows = rows;
    this.#isFirst = rows.first !== undefined;
  }

  /**
   * Reads what `count` events of a replica do, which are in the graph.
   *
   * @param author - The index of the replica in the table.
   * @param knownCount - The first ones are in the log, too.
   * @throws CorruptBytesError, ForkedReplicaError; the log is to be truncated then.
   */
  read(author: number, sequence: number, count: number, knownCount: number): void {
    const graph = this.#graph;
    const log = this.#log;
    const replica = graph.indexOfReplica(this.#rows.table.ids[author] ?? '');
    const previous = graph.lvOf(replica, sequence - 1);
    this.#author = author;
    this.#replica = replica;
    this.#cursor = cursorOf(log, previous);
    this.#container = containerOf(log, previous);
    for (let done = 0; done < count; done += this.#count) {
      this.#sequence = sequence + done;
      const isRepeated = this.#readCode(count - done);
      const known = Math.min(Math.max(knownCount - done, 0), this.#count);
      if (this.#code >= TEXT_ROW) this.#readText(known, isRepeated);
      else this.#readOther(known, isRepeated);
    }
  }

  /** States that nothing is left. */
  finish(): void {
    const { columns, textLength } = this.#rows;
    if (this.#repeatCount > 0) throw corrupt('the end', `${this.#repeatCount} rows`);
    for (const column of Object.values<ByteReader>({ ...columns })) column.expectEnd();
    if (textLength >= 0 && this.#textStart !== textLength) throw corrupt('less text', textLength);
  }

  /** Reads up to the code of a row, and its count and position; true if it is the one before. */
  #readCode(left: number): boolean {
    const { columns, first } = this.#rows;
    const { codes, counts, names, positions } = columns;
    if (this.#repeatCount > 0) {
      this.#repeatCount -= 1;
      if (this.#count > left) throw corrupt(`at most ${left} events`, this.#count);
      return true;
    }
    let code = this.#isFirst ? (first?.code ?? 0) : codes.u8();
    if (code >= REPEAT) {
      const isShort = code > REPEAT;
      const count = isShort ? code - REPEAT : counts.varint();
      const isAllowed = this.#code > 0 && codes !== names && (isShort || count > REPEAT_COUNT_MAX);
      if (!isAllowed) throw corrupt('a row', code);
      this.#repeatCount = count;
      return this.#readCode(left);
    }
    if (code === OTHER_CONTAINER) {
      const container = this.#readLv();
      if (container < -1 || container === this.#container) throw corrupt('a container', container);
      this.#container = container;
      code = codes.u8();
    }
    const isText = code >= TEXT_ROW;
    const shape = isText ? IS_RUN : shapeOf(code & 15);
    if (code >= REPEAT || shape === 0 || (!isText && isTextKind(code & 15))) {
      throw corrupt('an operation', code);
    }
    this.#code = code;
    this.#count = this.#isFirst ? (first?.count ?? 0) : this.#readCount(counts);
    this.#isFirst = false;
    if (this.#count > left || (this.#count > 1 && (shape & IS_RUN) === 0)) {
      throw corrupt(`at most ${left} events`, this.#count);
    }
    const isElsewhere = isText && (code & IS_ELSEWHERE) !== 0;
    this.#distance = isElsewhere ? positions.signed(2 ** 30) : 0;
    if (isElsewhere && this.#distance === 0) throw corrupt('a guessed position', 'a longer form');
    return false;
  }

  #readCount(counts: ByteReader): number {
    const code = this.#code;
    const isText = code >= TEXT_ROW;
    if (!isText && (code & 15) === ENSURE) return 1;
    const short = isText ? code & TEXT_COUNT_MAX : code >> COUNT_SHIFT;
    const count = short > 0 ? short : counts.varint();
    if (short === 0 && count <= (isText ? TEXT_COUNT_MAX : COUNT_MAX)) {
      throw corrupt('a count', 'a longer form');
    }
    return count;
  }

  #readText(known: number, isRepeated: boolean): void {
    const graph = this.#graph;
    const log = this.#log;
    const count = this.#count;
    const kind = ((this.#code >> TEXT_KIND_SHIFT) & 3) + 1;
    const step = kind === TEXT_INSERT ? 1 : kind === TEXT_DELETE ? 0 : -1;
    if (isRepeated && kind !== TEXT_INSERT) throw corrupt('a row', 'one repeated');
    let position = this.#cursor + this.#distance;
    // Of trimmed events it is only known where the last one left the cursor. Those that are all
    // trimmed are not compared, and can be anywhere.
    const trimmed = this.#trimmedCount(known);
    if (trimmed > 0) {
      const cursor = cursorOf(log, graph.lvOf(this.#replica, this.#sequence + trimmed - 1));
      const moved = kind === TEXT_DELETE_BACKWARD ? 1 - trimmed : step * trimmed;
      position = cursor - moved;
    }
    const lowest = kind === TEXT_DELETE_BACKWARD ? position - count + 1 : position;
    if (trimmed < count && (lowest < 0 || position + count > 2 ** 30)) {
      throw corrupt('a position', lowest);
    }
    this.#cursor = kind === TEXT_INSERT ? position + count : lowest;
    if (kind === TEXT_INSERT) this.#insert(known, position);
    else if (this.#rows.textLength >= 0) {
      log.append(kind, this.#container, count, position, 0, 0, -1);
    } else {
      for (let at = trimmed; at < known; at += 1) this.#compareText(at, kind, position + step * at);
      const rest = count - known;
      if (rest > 0 && kind === TEXT_DELETE) log.appendDelete(this.#container, position, rest);
      else if (rest > 0) log.appendDeleteBackward(this.#container, position - known, rest);
    }
  }

  /** How many of the first `known` events of the row are trimmed. */
  #trimmedCount(known: number): number {
    let count = 0;
    while (
      count < known &&
      isTrimmed(this.#log, this.#graph.lvOf(this.#replica, this.#sequence + count))
    ) {
      count += 1;
    }
    return count;
  }

  #insert(known: number, position: number): void {
    const log = this.#log;
    const count = this.#count;
    const { columns, textLength } = this.#rows;
    if (textLength >= 0) {
      // As the runs were cut, so that there are as many of them.
      log.append(TEXT_INSERT, this.#container, count, position, this.#textStart, 0, -1);
      this.#textStart += count;
      if (this.#textStart > textLength) throw corrupt('more text', textLength);
      return;
    }
    const bytes = columns.text.units(count);
    if (known === 0) {
      const isAscii = bytes.length === count;
      const offset = isAscii
        ? log.text.appendLatin1(bytes, 0, count)
        : log.text.append(decodeText(bytes));
      log.appendInsert(this.#container, position, count, offset);
      return;
    }
    const text = decodeText(bytes);
    for (let at = 0; at < known; at += 1) {
      this.#compareText(at, TEXT_INSERT, position + at, text.charCodeAt(at));
    }
    if (known === count) return;
    const offset = log.text.append(text.slice(known));
    log.appendInsert(this.#container, position + known, count - known, offset);
  }

  /** Compares event `at` of the row with ours. */
  #compareText(at: number, kind: number, position: number, unit = 0): void {
    const log = this.#log;
    const lv = this.#graph.lvOf(this.#replica, this.#sequence + at);
    const run = log.runAt(lv);
    const ours = log.kind(run);
    if (ours === TRIMMED) return;
    const isInsert = kind === TEXT_INSERT;
    const isSame =
      isTextKind(ours) &&
      isInsert === (ours === TEXT_INSERT) &&
      log.container(run) === this.#container &&
      log.aOf(run, lv) === position &&
      (!isInsert || log.text.unitAt(log.b(run) + lv - log.start(run)) === unit);
    if (!isSame) this.#fork(at);
  }

  #fork(at: number): never {
    const id = this.#rows.table.ids[this.#author] ?? '';
    throw new ForkedReplicaError(id, this.#sequence + at);
  }

  #readOther(known: number, isRepeated: boolean): void {
    const { names } = this.#rows.columns;
    const kind = this.#code & 15;
    const shape = shapeOf(kind);
    if (isRepeated && !isRepeatable(kind)) throw corrupt('a row', 'one repeated');
    const position = names.position;
    if (isRepeated) names.moveTo(this.#namesStart);
    else this.#namesStart = position;
    const isNumbers = (shape & HAS_NUMBERS) !== 0;
    const a = isNumbers ? names.varint(2 ** 30) : (shape & HAS_A) !== 0 ? this.#readLv() : -1;
    const b = isNumbers ? names.varint(2 ** 30) : (shape & HAS_B) !== 0 ? this.#readLv() : -1;
    const c = (shape & HAS_C) !== 0 ? this.#readLv() : -1;
    if (isRepeated) names.moveTo(position);
    const values = this.#readValues(kind, shape);
    for (let at = 0; at < known; at += 1) this.#compare(at, kind, [a, b, c], values);
    if (known < this.#count) this.#append(known, kind, [a, b, c], values);
    this.#cursor = 0;
    if (opensContainer(kind, a)) {
      this.#container = this.#graph.lvOf(this.#replica, this.#sequence + this.#count - 1);
    }
  }

  #append(
    known: number,
    kind: number,
    [a, b, c]: readonly [number, number, number],
    values: readonly Value[],
  ): void {
    const log = this.#log;
    const graph = this.#graph;
    const container = this.#container;
    const count = this.#count - known;
    let value = -1;
    for (const one of values.slice(known)) {
      const index = log.pushValue(one);
      if (value < 0) value = index;
    }
    if (!namesConsecutive(kind)) {
      log.append(kind, container, count, this.#aOf(known, kind, a), b, c, value);
      return;
    }
    // Events whose ids follow each other may have arrived apart, with others between them.
    for (let done = 0; done < count;) {
      const element = this.#aOf(known + done, kind, a);
      if (element < 0) throw corrupt('an event', element);
      const part = Math.min(count - done, graph.runEnd(graph.runAt(element)) - element);
      log.append(kind, container, part, element, b, -1, -1);
      done += part;
    }
  }

  /** The field `a` of event `at`: a list element's origin is the one before it, others count on. */
  #aOf(at: number, kind: number, a: number): number {
    const graph = this.#graph;
    if (at === 0) return a;
    if (isListInsertion(kind)) return graph.lvOf(this.#replica, this.#sequence + at - 1);
    return namesConsecutive(kind) && a >= 0
      ? graph.lvOf(graph.replicaOf(a), graph.sequenceOf(a) + at)
      : a;
  }

  /** Compares event `at` of the row with ours. */
  #compare(
    at: number,
    kind: number,
    [a, b, c]: readonly [number, number, number],
    values: readonly Value[],
  ): void {
    const log = this.#log;
    const lv = this.#graph.lvOf(this.#replica, this.#sequence + at);
    const run = log.runAt(lv);
    if (log.kind(run) === TRIMMED) return;
    const shape = shapeOf(kind);
    const offset = lv - log.start(run);
    const ourA = isListInsertion(kind) && offset > 0 ? lv - 1 : log.aOf(run, lv);
    const isSame =
      log.kind(run) === kind &&
      log.container(run) === this.#container &&
      ((shape & (HAS_A | HAS_NUMBERS)) === 0 || ourA === this.#aOf(at, kind, a)) &&
      ((shape & (HAS_B | HAS_NUMBERS)) === 0 || log.b(run) === b) &&
      ((shape & HAS_C) === 0 || log.c(run) === c) &&
      ((shape & (HAS_VALUE | HAS_VALUES)) === 0 ||
        isSameValue(log.values[log.value(run) + offset] ?? null, values[at] ?? null));
    if (!isSame) this.#fork(at);
  }

  /** Reads the name of an event that comes before the row, or -1 or -2. */
  #readLv(): number {
    const { columns, table } = this.#rows;
    const name = readName(columns.names, table, this.#author, this.#sequence);
    if (name.replica < 0) return name.sequence;
    const lv = this.#graph.lvOf(
      this.#graph.indexOfReplica(table.ids[name.replica] ?? ''),
      name.sequence,
    );
    // The events of this very operation are in the graph already, but cannot be named by it.
    if (lv < 0 || lv >= this.#log.eventCount) throw corrupt('an event of its past', name.sequence);
    return lv;
  }

  #readValues(kind: number, shape: number): Value[] {
    const values: Value[] = [];
    if ((shape & HAS_KEY) !== 0) {
      const key = this.#readKey();
      values.push(kind === MAP_DELETE ? key : Object.freeze([key, this.#readRest(kind)]));
      return values;
    }
    let left = (shape & HAS_VALUE) !== 0 ? 1 : (shape & HAS_VALUES) !== 0 ? this.#count : 0;
    for (; left > 0; left -= 1) values.push(readValue(this.#rows.columns.values));
    return values;
  }

  /** What a key gets; of a container its type, which is part of the code if it fits there. */
  #readRest(kind: number): Value {
    const type = kind === ENSURE ? this.#code >> COUNT_SHIFT : 0;
    if (type > 0) return type;
    const value = readValue(this.#rows.columns.values);
    if (kind === ENSURE && typeBits(value) > 0) throw corrupt('a type', 'a longer form');
    return value;
  }

  #readKey(): string {
    const key = readValue(this.#rows.columns.keys);
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

function isSameValue(left: Value, right: Value): boolean {
  const [ours, theirs] = [left, right].map((value) => {
    const writer = new ByteWriter();
    writeValue(writer, value);
    return writer.view();
  });
  return (
    ours?.length === theirs?.length && ours?.every((byte, at) => byte === theirs?.[at]) === true
  );
}
