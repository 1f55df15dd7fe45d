/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Runs are numbered below `runCount`; `?? 0` would cost each field a test. */

/*
 * What each event did: the other half of the event graph, one row for a run of events.
 *
 * A character typed is an event, and a quarter of a million of them must not be as many objects.
 * People type forwards, hold Backspace and hold Delete, so most events go on where the one before
 * them ended, and a row says of a whole run where it began:
 *
 *   start LV  kind             a   b
 *          0  insert           0   0    "hello": positions 0 to 4, inserted text from offset 0
 *          5  delete backward  4        positions 4, 3
 *          7  insert           3   5
 *
 * A run ends where the next one starts. It goes on only while the graph's run does too: positions
 * are those of the version that the event's author saw, and that is the event before it.
 */
import { CorruptBytesError } from '../errors.ts';
import type { CausalGraph } from '../graph/causal-graph.ts';
import { InsertedText } from './inserted-text.ts';
import {
  namesConsecutive,
  TEXT_DELETE,
  TEXT_DELETE_BACKWARD,
  TEXT_INSERT,
  TRIMMED,
} from './operation-kind.ts';
import type { Value } from './value.ts';

/** The container of a document's root. */
export const ROOT = -1;

const START = 0;
const CONTAINER = 1;
const A = 2;
const B = 3;
const C = 4;
const VALUE = 5;
const FIELD_COUNT = 6;

/** Operations by the local version of their events; what the fields mean is in operation-kind. */
export class OperationLog {
  /** The text of the insertions. */
  readonly text: InsertedText = new InsertedText();
  /** What `value` of a run counts into. Append only, through `pushValue`. */
  readonly values: Value[] = [];
  readonly #graph: CausalGraph;
  readonly #aliases = new Map<number, number>();
  #kinds = new Uint8Array(16);
  #rows = new Int32Array(16 * FIELD_COUNT);
  #runCount = 0;
  /** How many events there are; for others to read. */
  eventCount = 0;
  /** Where the latest run starts, and what it does to which container; for others to read. */
  lastStart = 0;
  lastKind = 0;
  lastContainer: number = ROOT;
  /** Where the latest event left the cursor of its author; see `cursorAfter`. */
  cursor = 0;
  /** Appends to another log what the first events did, as long as nobody asked for it. */
  #read: ((into: OperationLog) => void) | undefined;
  #deferredEvents = 0;
  #deferredRuns = 0;

  /** @param graph - Of the same events; they are appended there first. */
  constructor(graph: CausalGraph) {
    this.#graph = graph;
    // Written twice from the start, or a compiler would take the fields for constants.
    this.#grow(this.#rows.length);
    this.truncate(0);
  }

  /** How many runs there are. */
  get runCount(): number {
    return this.#runCount;
  }

  /**
   * Says of an empty log that its first `eventCount` events are in `runCount` runs, which `read`
   * appends to another log when somebody first asks about one of them: a file is opened and edited
   * without.
   */
  defer(eventCount: number, runCount: number, read: (into: OperationLog) => void): void {
    this.#rows = new Int32Array((runCount + 16) * FIELD_COUNT);
    this.#kinds = new Uint8Array(runCount + 16);
    this.#runCount = runCount;
    this.#deferredRuns = runCount;
    this.eventCount = eventCount;
    this.#deferredEvents = eventCount;
    this.#read = read;
  }

  /**
   * Reads what was deferred, if it was not read yet.
   *
   * @throws CorruptBytesError if it makes no sense; nothing has changed then.
   */
  open(): void {
    if (this.#read === undefined) return;
    const past = new OperationLog(this.#graph);
    this.#read(past);
    if (past.eventCount !== this.#deferredEvents || past.#runCount !== this.#deferredRuns) {
      throw new CorruptBytesError(`operations: expected other counts, got ${past.#runCount}`);
    }
    const length = past.#runCount * FIELD_COUNT;
    const rows = this.#rows;
    rows.set(past.#rows.subarray(0, length));
    this.#kinds.set(past.#kinds.subarray(0, past.#runCount));
    const later = this.values.splice(0);
    for (const value of past.values) this.values.push(value);
    for (let at = length + VALUE; at < this.#runCount * FIELD_COUNT; at += FIELD_COUNT) {
      if (rows[at]! >= 0) rows[at]! += this.values.length;
    }
    for (const value of later) this.values.push(value);
    this.#deferredEvents = 0;
    this.#read = undefined;
    this.#seeLast();
  }

  /** Keeps a value for a run that is about to be appended; returns its index. */
  pushValue(value: Value): number {
    return this.values.push(value) - 1;
  }

  /**
   * Adds `count` events of any kind as a run of their own.
   *
   * @param container - The event that made the container, or `ROOT`.
   * @param value - Index of the run's first value, or -1.
   */
  append(
    kind: number,
    container: number,
    count: number,
    a: number,
    b: number,
    c: number,
    value: number,
  ): void {
    const at = this.#runCount * FIELD_COUNT;
    if (at === this.#rows.length) this.#grow(at);
    const rows = this.#rows;
    this.#kinds[this.#runCount] = kind;
    rows[at + START] = this.eventCount;
    this.lastStart = this.eventCount;
    rows[at + CONTAINER] = container;
    rows[at + A] = a;
    rows[at + B] = b;
    rows[at + C] = c;
    rows[at + VALUE] = value;
    this.#runCount += 1;
    this.eventCount += count;
    this.lastKind = kind;
    this.lastContainer = container;
    this.cursor = this.cursorAfter(this.#runCount - 1, this.eventCount - 1);
  }

  /** Adds the insertion of `count` units at `position`; their text is at `offset` of `text`. */
  appendInsert(container: number, position: number, count: number, offset: number): void {
    if (
      this.lastKind === TEXT_INSERT &&
      this.cursor === position &&
      this.lastContainer === container &&
      this.#textEnd() === offset &&
      this.#goesOn()
    ) {
      this.eventCount += count;
      this.cursor += count;
      return;
    }
    this.append(TEXT_INSERT, container, count, position, offset, 0, -1);
  }

  /** Adds the deletion of `count` units from `position` on, forwards. */
  appendDelete(container: number, position: number, count: number): void {
    const isNext =
      this.cursor === position
        ? this.lastKind === TEXT_DELETE
        : this.cursor === position + 1 && count === 1 && this.#canGoBack();
    if (isNext && this.lastContainer === container && this.#goesOn()) {
      if (this.cursor !== position) {
        this.#kinds[this.#runCount - 1] = TEXT_DELETE_BACKWARD;
        this.lastKind = TEXT_DELETE_BACKWARD;
      }
      this.eventCount += count;
      this.cursor = position;
      return;
    }
    this.append(TEXT_DELETE, container, count, position, 0, 0, -1);
  }

  /** Adds the deletion of `count` units at `position`, `position - 1` and so on, backwards. */
  appendDeleteBackward(container: number, position: number, count: number): void {
    if (count === 1) {
      this.appendDelete(container, position, 1);
      return;
    }
    const isAlike = this.lastKind === TEXT_DELETE_BACKWARD && this.lastContainer === container;
    if (isAlike && position === this.cursor - 1 && this.#goesOn()) {
      this.eventCount += count;
      this.cursor -= count;
      return;
    }
    this.append(TEXT_DELETE_BACKWARD, container, count, position, 0, 0, -1);
  }

  /** The run that an event belongs to. */
  runAt(lv: number): number {
    if (lv < this.#deferredEvents) this.open();
    const rows = this.#rows;
    let low = 0;
    let high = this.#runCount - 1;
    if (high >= 0 && lv >= rows[high * FIELD_COUNT]!) return high;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (rows[middle * FIELD_COUNT]! <= lv) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The run of an event that is before run `run`. Quick if it is one of the last before that. */
  runBefore(run: number, lv: number): number {
    const least = Math.max(run - 8, this.#deferredRuns);
    for (let at = run - 1; at >= least; at -= 1) {
      if (this.#rows[at * FIELD_COUNT]! <= lv) return at;
    }
    return this.runAt(lv);
  }

  /** The first event of a run. */
  start(run: number): number {
    return this.#rows[run * FIELD_COUNT]!;
  }

  /** The event after the last one of a run. */
  end(run: number): number {
    return run + 1 < this.#runCount ? this.#rows[(run + 1) * FIELD_COUNT]! : this.eventCount;
  }

  /** What a run does: a number of operation-kind. */
  kind(run: number): number {
    return this.#kinds[run]!;
  }

  /**
   * Says that operations which name the container by event `lv` belong to the one that `container`
   * names: several replicas can make the same one.
   */
  alias(lv: number, container: number): void {
    this.#aliases.set(lv, container);
  }

  /** Whether a run belongs to `container`, by whatever event it names it. */
  isIn(run: number, container: number): boolean {
    const named = this.container(run);
    if (named === container || this.#aliases.size === 0) return named === container;
    return this.#aliases.get(named) === container;
  }

  /** The event that made the container, as the operation's author named it, or `ROOT`. */
  container(run: number): number {
    return this.#rows[run * FIELD_COUNT + CONTAINER]!;
  }

  /** The field `a` of the first event of a run. */
  a(run: number): number {
    return this.#rows[run * FIELD_COUNT + A]!;
  }

  /** The field `b` of the first event of a run. */
  b(run: number): number {
    return this.#rows[run * FIELD_COUNT + B]!;
  }

  /** The field `c` of a run. */
  c(run: number): number {
    return this.#rows[run * FIELD_COUNT + C]!;
  }

  /** Where the values of a run start in `values`, or -1. */
  value(run: number): number {
    return this.#rows[run * FIELD_COUNT + VALUE]!;
  }

  /** The field `a` of one event: where its own position or element is. */
  aOf(run: number, lv: number): number {
    const at = run * FIELD_COUNT;
    const kind = this.#kinds[run]!;
    const a = this.#rows[at + A]!;
    const offset = lv - this.#rows[at]!;
    if (kind === TEXT_DELETE_BACKWARD) return a - offset;
    return kind === TEXT_INSERT || namesConsecutive(kind) ? a + offset : a;
  }

  /** Where an event left the cursor of its author; 0 if it is not of a text. */
  cursorAfter(run: number, lv: number): number {
    const at = run * FIELD_COUNT;
    const kind = this.#kinds[run];
    const a = this.#rows[at + A]!;
    if (kind === TEXT_INSERT) return a + lv - this.#rows[at]! + 1;
    if (kind === TEXT_DELETE_BACKWARD) return a - lv + this.#rows[at]!;
    return kind === TEXT_DELETE || kind === TRIMMED ? a : 0;
  }

  /** Forgets the latest events, so that `eventCount` are left, with their text and values. */
  truncate(eventCount: number): void {
    while (this.#runCount > 0 && this.start(this.#runCount - 1) >= eventCount) {
      this.#forget(this.#runCount - 1, 0);
      this.#runCount -= 1;
    }
    if (this.#runCount > 0 && eventCount < this.eventCount) {
      const run = this.#runCount - 1;
      const count = eventCount - this.start(run);
      this.#forget(run, count);
      // The first deletion of a run goes neither way.
      if (count === 1 && this.#kinds[run] === TEXT_DELETE_BACKWARD) this.#kinds[run] = TEXT_DELETE;
    }
    this.eventCount = Math.min(this.eventCount, eventCount);
    for (const lv of this.#aliases.keys()) if (lv >= eventCount) this.#aliases.delete(lv);
    this.#seeLast();
  }

  /** Forgets the text and the values of a run but for those of its first `count` events. */
  #forget(run: number, count: number): void {
    if (this.kind(run) === TEXT_INSERT) this.text.truncate(this.b(run) + count);
    const value = this.value(run);
    if (value < 0) return;
    const kept = count === 0 ? 0 : Math.max(count, 1);
    this.values.length = Math.min(this.values.length, value + kept);
  }

  #seeLast(): void {
    const last = this.#runCount - 1;
    this.lastStart = last < 0 ? 0 : this.start(last);
    this.lastKind = last < 0 ? 0 : this.kind(last);
    this.lastContainer = last < 0 ? ROOT : this.container(last);
    this.cursor = last < 0 ? 0 : this.cursorAfter(last, this.eventCount - 1);
  }

  /** Where the text of the latest run ends, which is an insertion. */
  #textEnd(): number {
    return this.b(this.#runCount - 1) + this.eventCount - this.lastStart;
  }

  /** Whether the latest run is of deletions that go backwards, or of one that goes neither way. */
  #canGoBack(): boolean {
    if (this.lastKind !== TEXT_DELETE) return this.lastKind === TEXT_DELETE_BACKWARD;
    return this.eventCount - this.lastStart === 1;
  }

  /** Whether the next event has the one before it, and the same author, as its only parent. */
  #goesOn(): boolean {
    const lv = this.eventCount;
    const graph = this.#graph;
    if (lv >= graph.lastStart) return lv > graph.lastStart;
    return graph.runStart(graph.runAt(lv)) < lv;
  }

  #grow(length: number): void {
    const rows = new Int32Array(2 * length);
    rows.set(this.#rows);
    this.#rows = rows;
    const kinds = new Uint8Array(2 * this.#kinds.length);
    kinds.set(this.#kinds);
    this.#kinds = kinds;
  }
}
