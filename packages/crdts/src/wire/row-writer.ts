/*
 * Writes operations as rows; see operation-rows.ts for what a row says. Guesses are made from what
 * the same author did before: where that left the cursor, and in which container it was.
 */

import type { CausalGraph } from '../graph/causal-graph.ts';
import {
  ENSURE,
  isListInsertion,
  MAP_DELETE,
  namesConsecutive,
  TEXT_INSERT,
} from '../log/operation-kind.ts';
import { type OperationLog, ROOT } from '../log/operation-log.ts';
import type { Value } from '../log/value.ts';

import type { ByteWriter } from './byte-writer.ts';
import {
  containerOf,
  COUNT_MAX,
  COUNT_SHIFT,
  cursorOf,
  IS_ELSEWHERE,
  isRepeatable,
  isTextKind,
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
  shapeOf,
} from './operation-shape.ts';
import type { ReplicaTableWriter } from './replica-table.ts';
import { writeValue } from './value-codec.ts';

/** Whether rows bring the text of their insertions, or the document has it. */
export type InsertedTextForm = 'written' | 'kept';

const encoder = new TextEncoder();

/** Writes rows into columns; use it once, and `finish` it. */
export class RowWriter {
  readonly #graph: CausalGraph;
  readonly #log: OperationLog;
  readonly #columns: RowColumns<ByteWriter>;
  readonly #table: ReplicaTableWriter;
  readonly #isInColumns: boolean;
  readonly #hasText: boolean;
  readonly #keys = new Map<string, number>();
  /** Whose events are written, and how far their sequences are ahead of their local versions. */
  #author = 0;
  #lead = 0;
  /** What is guessed of the next row. */
  #cursor = 0;
  #container = ROOT;
  /** The row before: code, count, distance, where its names are, and how often it came again. */
  #code = -1;
  #count = 0;
  #distance = 0;
  #namesStart = 0;
  #namesEnd = 0;
  #repeatCount = 0;
  /** How many rows were written, each repetition counted; for others to read. */
  rowCount = 0;

  constructor(
    graph: CausalGraph,
    log: OperationLog,
    columns: RowColumns<ByteWriter>,
    table: ReplicaTableWriter,
    insertedText: InsertedTextForm = 'written',
  ) {
    this.#graph = graph;
    this.#log = log;
    this.#columns = columns;
    this.#table = table;
    this.#isInColumns = columns.codes !== columns.names;
    this.#hasText = insertedText === 'written';
  }

  /** Writes what the events from `from` to before `end`, which are in one run of the graph, do. */
  write(from: number, end: number): void {
    const log = this.#log;
    const graph = this.#graph;
    const sequence = graph.sequenceOf(from);
    this.#author = graph.replicaOf(from);
    this.#lead = sequence - from;
    const previous = graph.lvOf(this.#author, sequence - 1);
    this.#cursor = cursorOf(log, previous);
    this.#container = containerOf(log, previous);
    let run = log.runAt(from);
    for (let lv = from; lv < end;) {
      const runEnd = log.end(run);
      let to = Math.min(runEnd, end);
      this.rowCount += 1;
      const kind = log.kind(run);
      if (isTextKind(kind)) {
        this.#writeText(run, lv, to);
      } else {
        if (namesConsecutive(kind)) {
          const first = log.aOf(run, lv);
          to = Math.min(to, lv + graph.runEnd(graph.runAt(first)) - first);
        }
        this.#writeOther(run, lv, to);
      }
      lv = to;
      if (lv === runEnd) run += 1;
    }
  }

  /** Writes what is not written yet. */
  finish(): void {
    const count = this.#repeatCount;
    if (count === 0) return;
    const isShort = count <= REPEAT_COUNT_MAX;
    this.#columns.codes.u8(REPEAT + (isShort ? count : 0));
    if (!isShort) this.#columns.counts.varint(count);
    this.#repeatCount = 0;
  }

  #writeText(run: number, from: number, to: number): void {
    const log = this.#log;
    const { codes, counts, positions, text } = this.#columns;
    const kind = log.kind(run);
    const count = to - from;
    const position = log.aOf(run, from);
    this.#startIn(log.container(run), from);
    const distance = position - this.#cursor;
    const countBits = count > TEXT_COUNT_MAX ? 0 : count;
    const elsewhere = distance === 0 ? 0 : IS_ELSEWHERE;
    const code = TEXT_ROW | ((kind - 1) << TEXT_KIND_SHIFT) | elsewhere | countBits;
    const isAlike = code === this.#code && count === this.#count && distance === this.#distance;
    this.#cursor = log.cursorAfter(run, to - 1);
    if (isAlike && kind === TEXT_INSERT && this.#isInColumns) {
      this.#repeatCount += 1;
    } else {
      if (this.#repeatCount > 0) this.finish();
      this.#code = code;
      this.#count = count;
      this.#distance = distance;
      codes.u8(code);
      if (countBits === 0) counts.varint(count);
      if (distance !== 0) positions.signed(distance);
    }
    if (kind === TEXT_INSERT && this.#hasText) {
      text.bytes(encoder.encode(log.text.slice(log.b(run) + from - log.start(run), count)));
    }
  }

  #writeOther(run: number, from: number, to: number): void {
    const log = this.#log;
    const { codes, counts, names } = this.#columns;
    const kind = log.kind(run);
    const count = to - from;
    const container = log.container(run);
    this.#startIn(container, from);
    const isEnsure = kind === ENSURE;
    const countBits = isEnsure
      ? typeBits(itemOf(log.values[log.value(run)] ?? null, 1))
      : count > COUNT_MAX
        ? 0
        : count;
    const code = (countBits << COUNT_SHIFT) | kind;
    const namesStart = names.sizeBytes;
    // In one column, the code comes first.
    if (this.#isInColumns) this.#writeNames(run, from);
    const namesEnd = names.sizeBytes;
    const isAlike = code === this.#code && count === this.#count && isRepeatable(kind);
    if (isAlike && this.#areNamesAlike(namesStart, namesEnd)) {
      names.truncate(namesStart);
      this.#repeatCount += 1;
    } else {
      this.finish();
      codes.u8(code);
      if (countBits === 0 && !isEnsure) counts.varint(count);
      if (!this.#isInColumns) this.#writeNames(run, from);
      this.#code = code;
      this.#count = count;
      this.#distance = 0;
      this.#namesStart = namesStart;
      this.#namesEnd = namesEnd;
    }
    this.#writeValues(run, from, to);
    this.#cursor = 0;
    if (opensContainer(kind, log.a(run))) this.#container = to - 1;
  }

  /** Writes the container of the next row, if it is not the guessed one. */
  #startIn(container: number, from: number): void {
    if (container === this.#container) return;
    this.finish();
    this.#code = -1;
    this.#columns.codes.u8(OTHER_CONTAINER);
    this.#writeName(container, from);
    this.#container = container;
  }

  #writeName(lv: number, from: number): void {
    this.#table.writeName(this.#columns.names, lv, this.#author, from + this.#lead);
  }

  #areNamesAlike(start: number, end: number): boolean {
    if (!this.#isInColumns || end - start !== this.#namesEnd - this.#namesStart) return false;
    const names = this.#columns.names.view();
    for (let at = start; at < end; at += 1) {
      if (names[at] !== names[this.#namesStart + at - start]) return false;
    }
    return true;
  }

  #writeNames(run: number, from: number): void {
    const log = this.#log;
    const { names } = this.#columns;
    const kind = log.kind(run);
    const shape = shapeOf(kind);
    if ((shape & HAS_NUMBERS) !== 0) {
      names.varint(log.a(run));
      names.varint(log.b(run));
    }
    if ((shape & HAS_A) !== 0) {
      // Of list elements in a run, the origin is the element before.
      const isLater = isListInsertion(kind) && from > log.start(run);
      this.#writeName(isLater ? from - 1 : log.aOf(run, from), from);
    }
    if ((shape & HAS_B) !== 0) this.#writeName(log.b(run), from);
    if ((shape & HAS_C) !== 0) this.#writeName(log.c(run), from);
  }

  #writeValues(run: number, from: number, to: number): void {
    const log = this.#log;
    const { keys, values } = this.#columns;
    const kind = log.kind(run);
    const shape = shapeOf(kind);
    if ((shape & (HAS_VALUE | HAS_VALUES)) === 0) return;
    const first = log.value(run) + from - log.start(run);
    for (let index = first; index < first + to - from; index += 1) {
      let value = log.values[index] ?? null;
      if ((shape & HAS_KEY) !== 0) {
        this.#writeKey(keys, kind === MAP_DELETE ? value : itemOf(value, 0));
        if (kind === MAP_DELETE) continue;
        value = itemOf(value, 1);
        if (kind === ENSURE && typeBits(value) > 0) continue;
      }
      writeValue(values, value);
    }
  }

  #writeKey(keys: ByteWriter, key: Value): void {
    const text = typeof key === 'string' ? key : '';
    const known = this.#keys.get(text);
    if (known === undefined) this.#keys.set(text, this.#keys.size);
    writeValue(keys, known ?? text);
  }
}

function itemOf(value: Value, index: number): Value {
  const items: readonly Value[] = Array.isArray(value) ? value : [];
  return items[index] ?? null;
}
