/*
 * One text: what it says now, and how it takes in what others did.
 *
 * Every operation is a position in the version that its author saw. If the author saw everything
 * that is here, the position is right as it stands: the operation goes into the log and into the
 * buffer, and nothing else happens. That is all typing, and all that arrives while nobody else
 * types. Only if something was done apart does the position have to be found anew; that is the
 * work of the tracker, which is made when it is first needed and then catches up from the log.
 *
 * The tracker begins at the latest version that everything since then descends from, and stays
 * while edits are concurrent. When they are merged, the next ones get a new one, which is small.
 *
 * A keystroke is a few dozen steps over fields of the graph, the log and the buffer. They stand in
 * one flat function each for inserting and deleting: cut into small methods, a compiler builds each
 * of them, and each again within whoever calls it, and that takes longer than typing a whole paper.
 */
import { CorruptBytesError } from '../errors.ts';
import type { CausalGraph } from '../graph/causal-graph.ts';
import type { InsertedText } from '../log/inserted-text.ts';
import {
  IN_TEXT,
  MARK,
  REVOKE,
  TEXT_DELETE,
  TEXT_DELETE_BACKWARD,
  TEXT_INSERT,
} from '../log/operation-kind.ts';
import { type OperationLog, ROOT } from '../log/operation-log.ts';
import { TextBuffer } from './text-buffer.ts';
import type { Value } from '../log/value.ts';
import { type MakeUndo, type TextTarget, Tracker } from './tracker.ts';

/** Told of each change of a text that came from elsewhere, in the order of the changes. */
export type PatchListener = (position: number, deleteCount: number, inserted: string) => void;

/** Units above which a text is copied as a whole. */
const LONG = 64;
/** Spans of a tracker above which it is not kept for the next merge: some megabytes. */
const KEPT_SPAN_COUNT = 65_536;

/** The text of one container. Remote events are appended to graph and log, then integrated. */
export class TextState {
  /** Which events there are. */
  readonly graph: CausalGraph;
  /** What they did. */
  readonly log: OperationLog;
  /** What the text says in the empty version. */
  readonly initialText: string;
  readonly #container: number;
  readonly #makeUndo: MakeUndo | undefined;
  readonly #buffer = new TextBuffer();
  #tracker: Tracker | undefined;
  /** Whether somebody asks about ids or past versions, for which the tracker has to stay. */
  #isAsked = false;
  /** A tracker that begins early is not replaced by a smaller one before so many events. */
  #keptUntil = 0;
  readonly #target: TextTarget;
  #listener: PatchListener | undefined;
  /** What the text said after so many events, from where `rebuild` starts over. */
  #shownText: string;
  #shownCount = 0;

  /**
   * @param container - The event that made the container, or -1 for the root.
   * @param initialText - What the text says in the empty version, if its past was trimmed.
   * @param makeUndo - `withUndo` if edits may be revoked.
   */
  constructor(
    graph: CausalGraph,
    log: OperationLog,
    container: number = ROOT,
    initialText = '',
    makeUndo?: MakeUndo,
  ) {
    this.#makeUndo = makeUndo;
    this.graph = graph;
    this.log = log;
    this.#container = container;
    this.initialText = initialText;
    this.#shownText = initialText;
    this.#buffer.insert(0, initialText);
    if (/[\ud800-\udfff]/.test(initialText)) log.text.hasPairs = true;
    this.#target = {
      inserted: (position, offset, count) => {
        // Only in a document whose file was forged; the text is as it was, then.
        if (!(position >= 0 && position <= this.#buffer.length)) throw outside(position);
        this.#buffer.insertFrom(position, log.text, offset, count);
        this.#listener?.(position, 0, log.text.slice(offset, count));
      },
      restored: (position, offset, count) => {
        const text = initialText.slice(offset, offset + count);
        if (!(position >= 0 && position <= this.#buffer.length)) throw outside(position);
        if (text.length !== count) throw outside(offset + count);
        this.#buffer.insert(position, text);
        this.#listener?.(position, 0, text);
      },
      deleted: (position, count) => {
        if (!(position >= 0 && position + count <= this.#buffer.length)) throw outside(position);
        this.#buffer.delete(position, count);
        this.#listener?.(position, count, '');
      },
    };
  }

  /**
   * Takes `text` for what the events that are here make of it; it must be empty before.
   *
   * @param units - Those of `text`.
   */
  show(text: string, units: InsertedText): void {
    this.#shownText = text;
    this.#shownCount = this.graph.eventCount;
    this.#buffer.insertFrom(0, units, 0, units.length);
  }

  /** Units of UTF-16. */
  get length(): number {
    return this.#buffer.length;
  }

  /** All of the text. */
  toString(): string {
    return this.#buffer.toString();
  }

  /** The text from `start` to before `end`. */
  slice(start: number, end: number): string {
    return this.#buffer.slice(start, end);
  }

  /**
   * Inserts `text` before the unit at `position`, as an edit of `replica` after all that is here.
   *
   * @returns the first of the new events; one for each unit of UTF-16.
   * @throws RangeError if `position` lies outside of the text or inside a surrogate pair, or if
   *   `text` is empty or not well-formed.
   */
  insertLocal(replica: number, position: number, text: string): number {
    const { graph, log } = this;
    const buffer = this.#buffer;
    const typed = log.text;
    const count = text.length;
    // Where the gap is, is in the text.
    if (position !== buffer.base + buffer.chunk.gapStart || typed.hasPairs) {
      this.checkPosition('position', position);
    }
    // A single unit is well-formed or half a pair: what walks the text need not be called.
    if (count === 1 ? (text.charCodeAt(0) & 0xf800) === 0xd800 : !text.isWellFormed()) {
      throw new RangeError('text: expected well-formed text, got a lone surrogate');
    }
    if (count === 0) throw new RangeError('text: expected at least 1 character, got 0');

    const lv = graph.appendLocal(replica, count);
    const offset = typed.length;
    const isNext = lv > graph.lastStart && log.lastKind === TEXT_INSERT && log.cursor === position;
    if (isNext && log.lastContainer === this.#container) {
      log.eventCount = lv + count;
      log.cursor = position + count;
    } else {
      log.append(TEXT_INSERT, this.#container, count, position, offset, 0, -1);
    }

    let chunk = buffer.chunk;
    if (position !== buffer.base + chunk.gapStart) chunk = buffer.open(position, count);
    const at = chunk.gapStart;
    if (count > LONG || count > chunk.gapEnd - at) {
      typed.append(text);
      buffer.insertFrom(position, typed, offset, count);
      return lv;
    }
    let typedUnits = typed.room(count);
    for (let done = 0; done < count; done += 1) {
      const unit = text.charCodeAt(done);
      if (unit > 0xff) typedUnits = typed.widen(unit);
      typedUnits[offset + done] = unit;
      chunk.units[at + done] = unit;
    }
    typed.length = offset + count;
    chunk.gapStart = at + count;
    buffer.length += count;
    return lv;
  }

  /**
   * Deletes `count` units from `position` on, as an edit of `replica` after all that is here.
   *
   * @returns the first of the new events; one for each unit.
   * @throws RangeError if the range is empty, lies outside of the text, or begins or ends inside a
   *   surrogate pair.
   */
  deleteLocal(replica: number, position: number, count: number): number {
    const { graph, log } = this;
    const buffer = this.#buffer;
    const end = position + count;
    const areIntegers = (position | 0) === position && (count | 0) === count;
    if (
      !(areIntegers && position >= 0 && position < end && end <= buffer.length) ||
      log.text.hasPairs
    ) {
      this.checkPosition('position', position);
      this.checkPosition('position + count', end, position + 1);
    }

    const lv = graph.appendLocal(replica, count);
    const kind = log.lastKind;
    const isNext =
      log.cursor === position
        ? kind === TEXT_DELETE
        : kind === TEXT_DELETE_BACKWARD && count === 1 && log.cursor === end;
    if (isNext && lv > graph.lastStart && log.lastContainer === this.#container) {
      log.eventCount = lv + count;
      log.cursor = position;
    } else {
      log.appendDelete(this.#container, position, count);
    }
    if (!buffer.deleteBefore(position, count)) buffer.delete(position, count);
    return lv;
  }

  /**
   * Marks the units from `start` to before `end`, as an edit of `replica` after all that is here.
   *
   * @param value - See `markOf`.
   * @throws RangeError if the range is empty, lies outside of the text, or begins or ends inside a
   *   surrogate pair.
   */
  markLocal(replica: number, start: number, end: number, value: Value): void {
    this.checkRange(start, end);
    this.graph.appendLocal(replica, 1);
    this.log.append(MARK, this.#container, 1, start, end, 0, this.log.pushValue(value));
  }

  /** The event that made the container, or -1 for the root. */
  get container(): number {
    return this.#container;
  }

  /**
   * Brings the text up to date with events that were appended to the graph and to the log.
   *
   * @param fromLv - The first of them.
   * @param toLv - The one after the last of them: the number of events.
   * @throws CorruptBytesError if a position lies outside of the text that its author saw. The text
   *   is undefined then: truncate graph and log to `fromLv`, and `rebuild`.
   */
  integrate(fromLv: number, toLv: number, listener?: PatchListener): void {
    const { graph } = this;
    this.#listener = listener;
    if (toLv - fromLv === 1 && toLv === this.log.eventCount && this.#typeOn(fromLv)) return;
    for (let lv = fromLv; lv < toLv;) {
      const critical = graph.criticalFrom(lv);
      const stop = Math.min(toLv, critical === lv ? graph.criticalEnd(lv) : critical);
      if (critical === lv) this.#applyLinear(lv, stop);
      else this.#merge(lv, stop);
      lv = stop;
    }
    this.#listener = undefined;
  }

  /** Works out the text again after events were forgotten, from the log or from what was shown. */
  rebuild(): void {
    this.#tracker = undefined;
    this.#buffer.clear();
    this.#buffer.insert(0, this.#shownText);
    this.integrate(this.#shownCount, this.graph.eventCount);
  }

  /** What is kept of the latest concurrent edits, not up to date; undefined if there were none. */
  get tracker(): Tracker | undefined {
    return this.#tracker;
  }

  /**
   * All characters there ever were, up to date: for questions about ids and past versions.
   *
   * @remarks The first call, and the first one after many concurrent edits, goes through all of
   * history; others only through what is new.
   */
  trackerOfAll(): Tracker {
    const eventCount = this.graph.eventCount;
    this.#isAsked = true;
    return this.#trackerOfAllBefore(eventCount);
  }

  #trackerOfAllBefore(lv: number): Tracker {
    let tracker = this.#tracker;
    if (tracker === undefined || tracker.base >= 0) tracker = this.#newTracker(-1, lv);
    tracker.catchUp(lv, this.#buffer.length);
    return tracker;
  }

  /**
   * Makes sure that an edit can begin or end at `position`.
   *
   * @throws RangeError if it lies outside of the text or inside a surrogate pair.
   */
  checkPosition(name: string, position: number, least = 0): void {
    if (!(position >= least && position <= this.#buffer.length && Number.isInteger(position))) {
      throw new RangeError(
        `${name}: expected to stay within the text of ${this.#buffer.length}, got ${position}`,
      );
    }
    if (this.#buffer.isInsidePair(position)) {
      throw new RangeError(`${name}: expected no half of a surrogate pair, got ${position}`);
    }
  }

  /**
   * Makes sure that something is between `start` and `end`, and that an edit can be at both.
   *
   * @throws RangeError if not.
   */
  checkRange(start: number, end: number): void {
    this.checkPosition('start', start);
    this.checkPosition('end', end, start + 1);
  }

  /** Shows the insertion of one character if somebody types on, be it apart from others. */
  #typeOn(lv: number): boolean {
    const { graph, log } = this;
    const buffer = this.#buffer;
    if (log.lastKind !== TEXT_INSERT || log.lastContainer !== this.#container) return false;
    const run = log.runAt(lv);
    const offset = lv - log.start(run);
    let position = -1;
    if (graph.isLinearRun(graph.runAt(lv))) position = log.cursor - 1;
    else if (offset > 0 && this.#tracker !== undefined) position = this.#tracker.typeOn(lv, 1);
    if (position < 0 || position > buffer.length) return false;
    buffer.insertFrom(position, log.text, log.b(run) + offset, 1);
    this.#listener?.(position, 0, log.text.slice(log.b(run) + offset, 1));
    return true;
  }

  /** The positions of operations whose authors saw all that is here are right as they stand. */
  #applyLinear(fromLv: number, toLv: number): void {
    const { log } = this;
    const target = this.#target;
    let lv = fromLv;
    for (let run = log.runAt(lv); lv < toLv; run += 1) {
      const end = Math.min(log.end(run), toLv);
      const kind = log.kind(run);
      if (kind <= TEXT_DELETE_BACKWARD && log.isIn(run, this.#container)) {
        const count = end - lv;
        const position = log.aOf(run, lv);
        if (kind === TEXT_INSERT)
          target.inserted(position, log.b(run) + lv - log.start(run), count);
        else target.deleted(kind === TEXT_DELETE ? position : position - count + 1, count);
      } else if (this.#isRevoke(run)) {
        this.#merge(lv, end);
      }
      lv = end;
    }
  }

  /** Takes in events that the tracker has to find places for. */
  #merge(fromLv: number, toLv: number): void {
    const { log } = this;
    for (let run = log.runAt(fromLv); run < log.runCount && log.start(run) < toLv; run += 1) {
      // It may name characters that were deleted long ago, and so may all that goes around it.
      if (this.#isRevoke(run)) this.#isAsked = true;
    }
    const tracker = this.#isAsked ? this.#trackerOfAllBefore(fromLv) : this.#trackerFor(fromLv);
    tracker.catchUp(fromLv, this.#buffer.length);
    tracker.take(toLv, this.#target);
  }

  #isRevoke(run: number): boolean {
    const { log } = this;
    return (
      this.#makeUndo !== undefined &&
      log.kind(run) === REVOKE &&
      log.b(run) === IN_TEXT &&
      log.isIn(run, this.#container)
    );
  }

  /** A tracker that covers the parents of an event. */
  #trackerFor(lv: number): Tracker {
    const critical = this.graph.criticalBefore(lv);
    const known = this.#tracker;
    if (known !== undefined && known.base <= critical) {
      const isKept = lv < this.#keptUntil && known.tree.spanCount <= KEPT_SPAN_COUNT;
      if (isKept || this.#isAsked || critical < known.upTo) return known;
    } else if (known !== undefined) {
      // Somebody is far behind. So that many who are do not cost the past each, this is kept.
      this.#keptUntil = 2 * lv - critical;
    }
    return this.#newTracker(critical, lv);
  }

  /** A tracker from a version on; the text has the events before `lv`. */
  #newTracker(base: number, lv: number): Tracker {
    const length =
      base < 0 ? this.initialText.length : this.#buffer.length + this.#deletionsBetween(base, lv);
    const known = this.#tracker;
    if (known !== undefined && known.upTo <= base && known.tree.spanCount <= KEPT_SPAN_COUNT) {
      known.restart(base, length);
      return known;
    }
    this.#tracker = new Tracker(
      this.graph,
      this.log,
      this.#container,
      base,
      length,
      this.#makeUndo,
    );
    return this.#tracker;
  }

  /** How many characters events after `base` may have deleted: at most one each. */
  #deletionsBetween(base: number, lv: number): number {
    const log = this.log;
    let count = 1;
    for (let run = log.runAt(base + 1), at = base + 1; at < lv; run += 1) {
      const end = Math.min(log.end(run), lv);
      const kind = log.kind(run);
      if (kind === TEXT_DELETE || kind === TEXT_DELETE_BACKWARD) count += end - at;
      at = end;
    }
    return count;
  }
}

function outside(position: number): CorruptBytesError {
  return new CorruptBytesError(`operation: expected a position in the text, got ${position}`);
}
