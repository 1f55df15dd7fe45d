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
import { DELETED, FLAGS, ID, IN_SLOT, LENGTH, UNDERWATER } from './span-tree.ts';
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

/** An end of a mark: beside a character, or at the edge of the text. */
interface MarkEnd {
  /** -1 for the edge. */
  readonly id: number;
  /** 0 before the character, 1 after it. */
  readonly side: 0 | 1;
}

interface Mark {
  /** The event that made it. */
  readonly lv: number;
  readonly key: string;
  readonly value: Value;
  readonly start: MarkEnd;
  readonly end: MarkEnd;
}

/** An end of a mark, on the way through the text. */
interface Boundary extends MarkEnd {
  readonly mark: Mark;
  readonly isStart: boolean;
}

/** Characters with consecutive ids and the marks that cover them. */
interface Piece {
  readonly id: number;
  readonly length: number;
  readonly marks: readonly Mark[];
}

const GROWTHS: readonly MarkGrowth[] = ['none', 'before', 'after', 'both'];

/** What the log keeps of a mark: its key, its value, and at which ends it grows. */
export function markValue(key: string, value: Value, growth: MarkGrowth): Value {
  const bits = GROWTHS.indexOf(growth);
  if (typeof key !== 'string') throw new TypeError(`key: expected a string, got ${typeof key}`);
  if (bits >= 0) return [key, value, bits];
  throw new RangeError(`growth: expected none, before, after or both, got ${growth}`);
}

/** How it must grow to take away a mark that grows like this. */
export function growthOfUnmark(growth: MarkGrowth): MarkGrowth {
  if (growth === 'none') return 'both';
  return growth === 'both' ? 'none' : growth;
}

/** The marks of one text, found in the log when they are asked for. */
export class TextMarks {
  readonly #state: TextState;
  readonly #marks: Mark[] = [];
  #upTo = 0;

  constructor(state: TextState) {
    this.#state = state;
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
    for (const { id, length, marks } of this.#pieces(tracker)) {
      const inside = marks.filter((mark) => !this.#isBehindDeadEnd(tracker, mark, id));
      const values = this.#valuesOf(inside);
      const last = runs.at(-1);
      const end = start + length;
      if (last !== undefined && isSame(last.marks, values))
        runs[runs.length - 1] = { ...last, end };
      else runs.push({ start, end, marks: values });
      start = end;
    }
    return runs;
  }

  /** Finds the ends of the marks that are new in the log. */
  #catchUp(tracker: Tracker): void {
    const { log } = this.#state;
    while (this.#upTo < log.eventCount) {
      const run = log.runAt(this.#upTo);
      const isMark = log.kind(run) === MARK && log.isIn(run, this.#state.container);
      const mark = isMark ? this.#markAt(tracker, log.start(run), run) : undefined;
      if (mark !== undefined) this.#marks.push(mark);
      this.#upTo = log.end(run);
    }
  }

  /** The mark that an event made; undefined if it makes no sense where its author was. */
  #markAt(tracker: Tracker, lv: number, run: number): Mark | undefined {
    const { graph, log } = this.#state;
    const parents = graph.parentsOf(lv);
    const sum = IN_SLOT + tracker.atVersions(parents, parents)[0];
    const { tree } = tracker;
    const total = tree.total(sum);
    const from = log.a(run);
    const to = log.b(run);
    if (!(from >= 0 && from < to && to <= total)) return undefined;
    const [key, value = null, bits] = partsOf(log.values[log.value(run)]);
    const growth = GROWTHS[Number(bits)];
    if (typeof key !== 'string' || growth === undefined) return undefined;
    const idAt = (position: number): number =>
      tree.seek(sum, position) ? tree.field(ID) + tree.offset : -1;
    const growsBefore = growth === 'before' || growth === 'both';
    const growsAfter = growth === 'after' || growth === 'both';
    return {
      lv,
      key,
      value,
      start: growsBefore
        ? { id: from > 0 ? idAt(from - 1) : -1, side: 1 }
        : { id: idAt(from), side: 0 },
      end: growsAfter ? { id: to < total ? idAt(to) : -1, side: 0 } : { id: idAt(to - 1), side: 1 },
    };
  }

  /** The characters that are in the text, in order, each with the marks that cover it. */
  #pieces(tracker: Tracker): Piece[] {
    const { tree } = tracker;
    const boundaries = this.#boundaries();
    const active = new Set(this.#marks.filter(({ start }) => start.id < 0));
    const pieces: Piece[] = [];
    tree.toStart();
    for (let more = tree.toSpan(); more; more = tree.next()) {
      const id = tree.field(ID);
      const length = tree.field(LENGTH);
      const isThere = (tree.field(FLAGS) & DELETED) === 0;
      let at = 0;
      for (let next = firstFrom(boundaries, id); ; next += 1) {
        const boundary = boundaries[next];
        const isWithin = boundary !== undefined && boundary.id < id + length;
        const end = isWithin ? boundary.id - id + boundary.side : length;
        if (isThere && end > at) this.#addPieces(pieces, id + at, end - at, [...active]);
        at = end;
        if (!isWithin) break;
        if (boundary.isStart) active.add(boundary.mark);
        else active.delete(boundary.mark);
      }
    }
    return pieces;
  }

  /** Adds a piece, cut where another replica goes on, or the same one after it learnt something. */
  #addPieces(pieces: Piece[], id: number, length: number, marks: readonly Mark[]): void {
    const { graph } = this.#state;
    for (let at = id; at < id + length;) {
      const end =
        at < UNDERWATER ? Math.min(id + length, graph.runEnd(graph.runAt(at))) : id + length;
      pieces.push({ id: at, length: end - at, marks });
      at = end;
    }
  }

  /** The ends of all marks, by their characters; first those before a character. */
  #boundaries(): Boundary[] {
    const boundaries: Boundary[] = [];
    for (const mark of this.#marks) {
      if (mark.start.id >= 0) boundaries.push({ ...mark.start, mark, isStart: true });
      if (mark.end.id >= 0) boundaries.push({ ...mark.end, mark, isStart: false });
    }
    return boundaries.sort((one, other) => one.id - other.id || one.side - other.side);
  }

  /** Whether a character within a mark was typed behind its end, which its author saw no more. */
  #isBehindDeadEnd(tracker: Tracker, mark: Mark, id: number): boolean {
    const { graph, log } = this.#state;
    const { tree } = tracker;
    const end = mark.end.id;
    if (mark.end.side === 0 || end < 0 || id >= UNDERWATER) return false;
    tree.locate(end);
    // What the mark's author saw was there before the end died: that spares a look at its version.
    if ((tree.field(FLAGS) & DELETED) === 0 || graph.contains([mark.lv], id)) return false;
    const parents = graph.parentsOf(id);
    if (end < UNDERWATER && !graph.contains(parents, end)) return false;
    // What came next where its author typed it.
    const sum = IN_SLOT + tracker.atVersions(parents, parents)[0];
    if (!tree.seek(sum, log.aOf(log.runAt(id), id))) return true;
    return tree.isBefore(end, tree.field(ID) + tree.offset);
  }

  /** Of each key, the value of the last mark, if it is one. */
  #valuesOf(marks: readonly Mark[]): Map<string, Value> {
    const { graph } = this.#state;
    const last = new Map<string, Mark>();
    for (const mark of marks) {
      const other = last.get(mark.key);
      if (other === undefined || graph.isBefore(other.lv, mark.lv)) last.set(mark.key, mark);
    }
    const values = new Map<string, Value>();
    for (const key of [...last.keys()].sort()) {
      const value = last.get(key)?.value ?? null;
      if (value !== null) values.set(key, value);
    }
    return values;
  }
}

function partsOf(value: Value | undefined): readonly Value[] {
  return isArray(value) ? value : [];
}

/** `Array.isArray` does not narrow a readonly array. */
function isArray(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** Where the first boundary stands whose character is `id` or a later one. */
function firstFrom(boundaries: readonly Boundary[], id: number): number {
  let low = 0;
  let high = boundaries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((boundaries[middle]?.id ?? 0) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isSame(left: ReadonlyMap<string, Value>, right: ReadonlyMap<string, Value>): boolean {
  if (left.size !== right.size) return false;
  for (const [key, value] of left) if (!Object.is(right.get(key), value)) return false;
  return true;
}
