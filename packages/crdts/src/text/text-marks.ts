/*
 * Marks on stretches of a text: bold, a link, a comment.
 *
 * A mark that is a pair of positions tears as soon as somebody edits, and control characters in the
 * text break when two people mark overlapping stretches. Here a mark is an operation: from here to
 * there, this key has this value. It hangs on the characters at its ends, as a cursor does, deleted
 * or not. Of all marks of one key that cover a character the last one counts, and taking a mark
 * away is a mark, too, that says null. So everybody sees the same, whoever marked what at once.
 *
 * What about text that is typed at the very end of a bold stretch? It is bold; at the end of a link
 * it is no link. So each mark says at which of its ends it grows. An end that grows hangs on the
 * character beyond, one that does not on the last one within:
 *
 *      [b o l d] n        end before "n": what comes in before "n" is bold
 *      [l i n k] n        end after "k":  what comes in after "k" is no link
 *
 * Taking away leaves two stretches beside the one that is taken away, which must grow as they did:
 * so it grows where the mark does not.
 *
 * One thing does not follow from the ends. If "k" was deleted, what is typed at the end of the link
 * comes to stand before that dead "k", and would be a link again. Its author could not see "k": the
 * next character that was to be seen lay beyond the link. So it is outside.
 *
 * Source: Litt, Lim, Kleppmann and van Hardenberg, "Peritext: A CRDT for Collaborative Rich Text
 * Editing", CSCW 2022. Departs from it in that operations are positions of the version that their
 * author saw, and in the rule for dead ends, which there decides where characters go.
 */
import { MARK } from '../log/operation-kind.ts';
import type { Value } from '../log/value.ts';
import { ID, IN_SLOT, LENGTH, UNDERWATER } from './span-tree.ts';
import { copyValue } from '../wire/copy-value.ts';
import type { TextState } from './text-state.ts';
import type { Tracker } from './tracker.ts';

/** At which ends a mark takes in what is typed there: `after` for bold, `none` for a link. */
export type MarkGrowth = 'none' | 'before' | 'after' | 'both';

/** Neighbouring units that have the same marks. */
export interface TextRun {
  /** Position of the first one. */
  readonly start: number;
  /** Position after the last one. */
  readonly end: number;
  /** The values of the marks by their keys, in the order of keys. */
  readonly marks: ReadonlyMap<string, Value>;
}

/** What an end of a mark holds on to: a character and a side, or the edge of the text. */
interface Anchor {
  /** -1 for the edge. */
  readonly id: number;
  /** 0 before the character, 1 after it. */
  readonly side: 0 | 1;
}

interface Mark {
  /** The event that made it; below 0 if it was trimmed, ascending. */
  readonly lv: number;
  readonly key: string;
  readonly value: Value;
  /** What the log keeps of it. */
  readonly parts: readonly Value[];
  readonly start: Anchor;
  readonly end: Anchor;
  /** Of a trimmed one, the stretches of the initial text that are outside: start, end, start, …. */
  readonly holes: readonly number[];
}

/** An end of a mark, on the way through the text. */
interface Boundary extends Anchor {
  readonly mark: Mark;
  readonly isStart: boolean;
}

/** Characters with consecutive ids and the marks that cover them. */
interface Piece {
  readonly id: number;
  readonly length: number;
  readonly marks: readonly Mark[];
  /** Those between whose ends they are, dead ones included. */
  readonly around: readonly Mark[];
}

/** What a mark covers of a text: from here to there, but for the holes. */
interface Extent {
  readonly from: number;
  to: number;
  readonly holes: number[];
}

/** Of marks and characters, whether these are behind the dead end of those. */
type DeadEnds = Map<Mark, Map<number, boolean>>;

/** In the log, a growth is its index here. */
const GROWTHS: readonly MarkGrowth[] = ['none', 'before', 'after', 'both'];

/** Bits of that index. */
const GROWS_BEFORE = 1;
const GROWS_AFTER = 2;
const GROWS_BOTH = 3;

/** What the log keeps of a mark: its key, its value, and at which ends it grows. */
export function markOf(key: string, value: Value, growth: MarkGrowth): Value {
  const bits = GROWTHS.indexOf(growth);
  if (typeof key !== 'string') throw new TypeError(`key: expected a string, got ${typeof key}`);
  if (bits >= 0) return [key, copyValue('value', value), bits];
  throw new RangeError(`growth: expected none, before, after or both, got ${growth}`);
}

/** What the log keeps of taking a mark away, which must grow where the mark does not. */
export function unmarkOf(key: string, growth: MarkGrowth): Value {
  const inverse = growth === 'none' ? 'both' : growth === 'both' ? 'none' : growth;
  return markOf(key, null, inverse);
}

/** The marks of one text, found in the log when they are asked for. */
export class TextMarks {
  readonly #state: TextState;
  readonly #trimmed: readonly Value[];
  readonly #isRevoked: (lv: number) => boolean;
  readonly #marks: Mark[] = [];
  #upTo = 0;

  /**
   * @param trimmed - Marks on the initial text, from `before`.
   * @param isRevoked - Whether an event was undone, and does not count.
   */
  constructor(
    state: TextState,
    trimmed: readonly Value[] = [],
    isRevoked: (lv: number) => boolean = () => false,
  ) {
    this.#state = state;
    this.#trimmed = trimmed;
    this.#isRevoked = isRevoked;
  }

  /**
   * The text in runs of equal marks, in order and without gaps.
   *
   * @remarks O(characters there ever were, in spans, and marks); the first call goes through all of
   * history.
   */
  runs(): TextRun[] {
    const tracker = this.#state.trackerOfAll();
    this.#catchUp(tracker);
    const runs: TextRun[] = [];
    let start = 0;
    const isThere = (): boolean => !tracker.tree.isDeleted;
    for (const { length, marks } of this.#pieces(tracker, isThere)) {
      const values = this.#valuesOf(marks);
      const last = runs.at(-1);
      const end = start + length;
      if (last !== undefined && isSame(last.marks, values))
        runs[runs.length - 1] = { ...last, end };
      else runs.push({ start, end, marks: values });
      start = end;
    }
    return runs;
  }

  /**
   * The marks that were made before the event `eventCount`, on the text of that version: what has
   * to be kept of them if the history before is trimmed.
   */
  before(eventCount: number): Value[] {
    const tracker = this.#state.trackerOfAll();
    this.#catchUp(tracker);
    const version = eventCount > 0 ? [eventCount - 1] : [];
    const [slot] = tracker.atVersions(version, version);
    const state = IN_SLOT + slot;
    const marks = this.#marks
      .filter(({ lv }) => lv < eventCount)
      .sort((one, other) => (this.#isEarlier(one, other) ? -1 : 1));
    const starts = new Map(marks.map((mark) => [mark, startOf(tracker, mark.start, slot)]));
    const extents = this.#extents(tracker, () => tracker.tree.field(state) === 1);
    const kept: Value[] = [];
    for (const mark of marks) {
      const [key = '', value = null, bits] = mark.parts;
      const start = starts.get(mark);
      // What is typed beside a dead character comes to stand in front of it: no start grows there.
      const growth = start === undefined ? Number(bits) & GROWS_AFTER : Number(bits);
      const extent = extents.get(mark);
      if (extent !== undefined && extent.to > 0) {
        kept.push([extent.from, extent.to, key, value, growth, ...extent.holes]);
      } else if (growth === GROWS_BOTH && start !== undefined) {
        // What is typed there is part of it even if all else was deleted.
        kept.push([start, start, key, value, growth]);
      }
    }
    return kept;
  }

  /**
   * What each mark covers of a text. What was typed behind a dead end may stand within the rest of
   * it: these are its holes.
   */
  #extents(tracker: Tracker, isThere: () => boolean): Map<Mark, Extent> {
    const extents = new Map<Mark, Extent>();
    let start = 0;
    for (const { length, marks, around } of this.#pieces(tracker, isThere)) {
      const covering = new Set(marks);
      // What came back can be covered by marks that are around its old place only.
      for (const mark of new Set([...around, ...marks])) {
        const extent = extents.get(mark) ?? { from: start, to: 0, holes: [] };
        extents.set(mark, extent);
        if (!covering.has(mark)) continue;
        const holeStart = extent.to === 0 ? extent.from : extent.to;
        if (holeStart < start) extent.holes.push(holeStart, start);
        extent.to = start + length;
      }
      start += length;
    }
    return extents;
  }

  /** Finds the ends of the marks that are new in the log. */
  #catchUp(tracker: Tracker): void {
    const { graph, log } = this.#state;
    const { length } = this.#trimmed;
    if (this.#upTo === 0) {
      for (const [index, mark] of this.#trimmed.entries()) {
        const [start, end, ...parts] = partsOf(mark);
        this.#add(tracker, index - length, [], numberOf(start), numberOf(end), parts);
      }
    }
    while (this.#upTo < log.eventCount) {
      const run = log.runAt(this.#upTo);
      if (log.kind(run) === MARK && log.isIn(run, this.#state.container)) {
        const lv = log.start(run);
        const parts = partsOf(log.values[log.value(run)]);
        this.#add(tracker, lv, graph.parentsOf(lv), log.a(run), log.b(run), parts);
      }
      this.#upTo = log.end(run);
    }
  }

  /** Adds the mark that an event made, unless it makes no sense where its author was. */
  #add(
    tracker: Tracker,
    lv: number,
    parents: readonly number[],
    from: number,
    to: number,
    parts: readonly Value[],
  ): void {
    const sum = IN_SLOT + tracker.atVersions(parents, parents)[0];
    const { tree } = tracker;
    const total = tree.total(sum);
    const [key, value = null, growth, ...rest] = parts;
    const holes = lv < 0 ? rest.map(numberOf) : [];
    const least = lv < 0 && growth === GROWS_BOTH ? from : from + 1;
    if (!(from >= 0 && to >= least && to <= total)) return;
    if (typeof key !== 'string' || typeof growth !== 'number' || growth !== (growth & 3)) return;
    if (!isAscending([from, ...holes, to])) return;
    const idAt = (position: number): number =>
      tree.seek(sum, position) ? tree.field(ID) + tree.offset : -1;
    this.#marks.push({
      lv,
      key,
      value,
      parts,
      start:
        (growth & GROWS_BEFORE) !== 0
          ? { id: from > 0 ? idAt(from - 1) : -1, side: 1 }
          : { id: idAt(from), side: 0 },
      end:
        (growth & GROWS_AFTER) !== 0
          ? { id: to < total ? idAt(to) : -1, side: 0 }
          : { id: idAt(to - 1), side: 1 },
      holes,
    });
  }

  /** The characters that are there, in order, each with the marks that cover it. */
  #pieces(tracker: Tracker, isThere: () => boolean): Piece[] {
    const { tree } = tracker;
    const counting = this.#marks.filter(({ lv }) => !this.#isRevoked(lv));
    const boundaries = boundariesOf(counting);
    const active = new Set(counting.filter(({ start }) => start.id < 0));
    const pieces: Piece[] = [];
    tree.toStart();
    for (let more = tree.toSpan(); more; more = tree.next()) {
      const id = tree.field(ID);
      const length = tree.field(LENGTH);
      const counts = isThere();
      let at = 0;
      for (let next = firstFrom(boundaries, id, idOf); ; next += 1) {
        const boundary = boundaries[next];
        const isWithin = boundary !== undefined && boundary.id < id + length;
        const end = isWithin ? boundary.id - id + boundary.side : length;
        if (counts && end > at) this.#addPieces(pieces, id + at, end - at, [...active]);
        at = end;
        if (!isWithin) break;
        if (boundary.isStart) active.add(boundary.mark);
        else active.delete(boundary.mark);
      }
    }
    const known: DeadEnds = new Map();
    const isIn = (mark: Mark, id: number) => !this.#isBehindDeadEnd(tracker, mark, id, known);
    return pieces.map((piece) => ({
      ...piece,
      marks: piece.around.filter((mark) => isIn(mark, piece.id)),
    }));
  }

  /** Adds a piece, cut where another replica goes on, or the same one after it learnt something. */
  #addPieces(pieces: Piece[], id: number, length: number, marks: readonly Mark[]): void {
    const { graph } = this.#state;
    for (let at = id; at < id + length;) {
      const end =
        at < UNDERWATER ? Math.min(id + length, graph.runEnd(graph.runAt(at))) : id + length;
      pieces.push({ id: at, length: end - at, marks, around: marks });
      at = end;
    }
  }

  /**
   * Whether a character within a mark was typed behind its end, which its author saw no more.
   *
   * @param known - Answers to this question: many characters may ask for the same ones.
   */
  #isBehindDeadEnd(tracker: Tracker, mark: Mark, first: number, known: DeadEnds): boolean {
    const { tree } = tracker;
    const end = mark.end.id;
    if (mark.end.side === 0 || end < 0) return false;
    tree.locate(end);
    // What the mark's author saw was there before the end died: that spares a look at its version.
    if (!tree.isDeleted && mark.holes.length === 0 && tracker.undo?.hasRevoked !== true)
      return false;
    const answers = known.get(mark) ?? new Map<number, boolean>();
    known.set(mark, answers);
    const asked: number[] = [];
    let answer: boolean | undefined;
    for (let id = first; answer === undefined;) {
      answer = answers.get(id);
      if (answer !== undefined) break;
      asked.push(id);
      const next = this.#nextWhereTyped(tracker, mark, id);
      if (typeof next === 'boolean') answer = next;
      else if (tree.isBefore(end, next)) answer = true;
      else id = next;
    }
    for (const id of asked) answers.set(id, answer);
    return answer;
  }

  /** What came next where a character was typed; or whether that is behind the dead end. */
  #nextWhereTyped(tracker: Tracker, mark: Mark, id: number): number | boolean {
    const { graph, log } = this.#state;
    const { tree } = tracker;
    const end = mark.end.id;
    if (id >= UNDERWATER) return isInHole(mark, id);
    if (this.#knows(mark, id)) return false;
    const parents = graph.parentsOf(id);
    if (end < UNDERWATER && !graph.contains(parents, end)) return false;
    const sum = IN_SLOT + tracker.atVersions(parents, parents)[0];
    if (!tree.seek(sum, log.aOf(log.runAt(id), id))) return true;
    return tree.field(ID) + tree.offset;
  }

  /** Whether the author of a mark had seen a character. */
  #knows(mark: Mark, id: number): boolean {
    return mark.lv >= 0 && this.#state.graph.contains([mark.lv], id);
  }

  #isEarlier(one: Mark, other: Mark): boolean {
    if (one.lv < 0 || other.lv < 0) return one.lv < other.lv;
    return this.#state.graph.isBefore(one.lv, other.lv);
  }

  /** Of each key, the value of the last mark, if it is one. */
  #valuesOf(marks: readonly Mark[]): Map<string, Value> {
    const last = new Map<string, Mark>();
    for (const mark of marks) {
      const other = last.get(mark.key);
      if (other === undefined || this.#isEarlier(other, mark)) last.set(mark.key, mark);
    }
    const values = new Map<string, Value>();
    for (const key of [...last.keys()].sort()) {
      const value = last.get(key)?.value ?? null;
      if (value !== null) values.set(key, value);
    }
    return values;
  }
}

/** The ends of marks, by their characters; first those before a character. */
function boundariesOf(marks: readonly Mark[]): Boundary[] {
  const boundaries: Boundary[] = [];
  for (const mark of marks) {
    if (mark.start.id >= 0) boundaries.push({ ...mark.start, mark, isStart: true });
    if (mark.end.id >= 0) boundaries.push({ ...mark.end, mark, isStart: false });
    // Nothing begins there; but what is within and what is not are different pieces.
    for (const edge of mark.holes) {
      boundaries.push({ id: UNDERWATER + edge, side: 0, mark, isStart: true });
    }
  }
  return boundaries.sort((one, other) => one.id - other.id || one.side - other.side);
}

/** Whether a character of the initial text is in a hole of a mark. */
function isInHole({ holes }: Mark, id: number): boolean {
  return firstFrom(holes, id - UNDERWATER + 1, Number) % 2 === 1;
}

/** Whether holes, which need two edges each, lie within a mark, one after the other. */
function isAscending(edges: readonly number[]): boolean {
  const isOrdered = edges.every((edge, at) => edge >= (edges[at - 1] ?? 0) && edge % 1 === 0);
  return isOrdered && edges.length % 2 === 0;
}

/** Where a mark starts in the text of a slot; undefined if the character before it is not there. */
function startOf(tracker: Tracker, { id, side }: Anchor, slot: number): number | undefined {
  if (id < 0 || side === 0) return 0;
  const { tree } = tracker;
  tree.locate(id);
  return tree.field(IN_SLOT + slot) === 1 ? tree.before(IN_SLOT + slot) + 1 : undefined;
}

/** The elements of an array; none of anything else. */
export function partsOf(value: Value | undefined): readonly Value[] {
  return isArray(value) ? value : [];
}

/** NaN of what is no number: `Number` throws if it is an object without a prototype. */
function numberOf(value: Value | undefined): number {
  return typeof value === 'number' ? value : NaN;
}

/** `Array.isArray` does not narrow a readonly array. */
function isArray(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** Where the first of `sorted` stands whose number is `id` or a later one. */
function firstFrom<Item>(sorted: readonly Item[], id: number, numberOf: (of: Item) => number) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = sorted[middle];
    if (item !== undefined && numberOf(item) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

function idOf({ id }: Boundary): number {
  return id;
}

function isSame(left: ReadonlyMap<string, Value>, right: ReadonlyMap<string, Value>): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left) if (!Object.is(right.get(key), value)) return false;
  return true;
}
