/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Slots are numbered as in the tracker; indexes are below lengths. */
import { CorruptBytesError } from '../errors.ts';
import type { CausalGraph } from '../graph/causal-graph.ts';
import { IN_TEXT, REVOKE, TEXT_INSERT } from '../log/operation-kind.ts';
import type { OperationLog } from '../log/operation-log.ts';
import { NOW, UNDERWATER } from './span-tree.ts';
import type { MakeUndo, TextTarget, Tracker, TrackerUndo } from './tracker.ts';

/**
 * Which events count in one version of a text, when events revoke others, and each other.
 *
 * An event counts if it is in the version and no event that counts revokes it. So to redo is to
 * revoke what revoked. Events may come and go in any order, as the version moves.
 */
export class Revocations {
  readonly #revokedBy: (lv: number) => number;
  readonly #present = new Set<number>();
  /** Of an event, how many that count revoke it, if any did so far. */
  readonly #counts = new Map<number, number>();

  /** @param revokedBy - What an event revokes, an earlier one; -1 if it does something else. */
  constructor(revokedBy: (lv: number) => number) {
    this.#revokedBy = revokedBy;
  }

  /** The same of another version that is equal for now. */
  copy(): Revocations {
    const copy = new Revocations(this.#revokedBy);
    for (const lv of this.#present) copy.#present.add(lv);
    for (const [lv, count] of this.#counts) copy.#counts.set(lv, count);
    return copy;
  }

  /** Whether any event was ever revoked. */
  get areAny(): boolean {
    return this.#counts.size > 0;
  }

  /** Whether an event is revoked. */
  has(lv: number): boolean {
    return (this.#counts.get(lv) ?? 0) > 0;
  }

  /**
   * Lets an event that revokes another one into the version (`step` 1) or out of it (-1).
   *
   * @returns The event at the end of the chain, which revokes none, if it is revoked from now on or
   *   is not any more; else -1. A chain is as long as whoever feeds this lets it become.
   */
  shift(lv: number, step: 1 | -1): number {
    if (step > 0) this.#present.add(lv);
    else this.#present.delete(lv);
    if (this.has(lv)) return -1;
    let change: number = step;
    for (let at = this.#revokedBy(lv); ; change = -change) {
      const before = this.#counts.get(at) ?? 0;
      this.#counts.set(at, before + change);
      if (before > 0 && before + change > 0) return -1;
      const next = this.#revokedBy(at);
      if (next < 0) return at;
      if (!this.#present.has(at)) return -1;
      at = next;
    }
  }
}

/** Lets a text have undo: a document hands it to each of its texts. */
export const withUndo: MakeUndo = (graph, log, tracker) => new TextUndo(graph, log, tracker);

/** Which edits are revoked in each version of a tracker. */
class TextUndo implements TrackerUndo {
  readonly #graph: CausalGraph;
  readonly #log: OperationLog;
  readonly #tracker: Tracker;
  readonly #now = new Revocations((lv) => this.revokedBy(lv));
  /** Of each slot. */
  readonly #slots: Revocations[] = [this.#now.copy()];

  constructor(graph: CausalGraph, log: OperationLog, tracker: Tracker) {
    this.#graph = graph;
    this.#log = log;
    this.#tracker = tracker;
  }

  get hasRevoked(): boolean {
    return this.#now.areAny;
  }

  isRevoke(run: number): boolean {
    return isTextRevoke(this.#log, run);
  }

  revokedBy(lv: number): number {
    const run = this.#log.runAt(lv);
    return isTextRevoke(this.#log, run) ? this.#log.aOf(run, lv) : -1;
  }

  addSlot(like: number): void {
    this.#slots.push(this.#slots[like]!.copy());
  }

  check(first: number, lv: number, count: number): void {
    const log = this.#log;
    const graph = this.#graph;
    for (let at = first; at < first + count;) {
      const run = log.runAt(at);
      const stop = Math.min(first + count, log.end(run), graph.runEnd(graph.runAt(at)));
      if (!this.#tracker.isText(run) || !graph.contains([lv], stop - 1)) {
        throw new CorruptBytesError(`event ${lv}: expected to revoke edits before it`);
      }
      at = stop;
    }
  }

  revoke(start: number, end: number, slot: number, target: TextTarget | undefined): void {
    const log = this.#log;
    const { tree } = this.#tracker;
    this.shift(start, end, slot, 1);
    for (const [ids, step] of this.#changed(start, end, this.#now, 1)) {
      for (let at = 0; at < ids.length;) {
        const id = ids[at]!;
        tree.locate(id);
        const isOfBase = id >= UNDERWATER;
        const run = isOfBase ? -1 : log.runAt(id);
        const count = countInRow(ids, at);
        const size = tree.isolate(isOfBase ? count : Math.min(count, log.end(run) - id));
        const place = tree.before(NOW);
        const wasDeleted = tree.isDeleted;
        const isDeleted = tree.hide(step);
        at += size;
        if (target === undefined || isDeleted === wasDeleted) continue;
        if (isDeleted) target.deleted(place, size);
        else if (isOfBase) target.restored(place, id - UNDERWATER, size);
        else target.inserted(place, log.b(run) + id - log.start(run), size);
      }
    }
  }

  shift(start: number, end: number, slot: number, step: 1 | -1): void {
    for (const [ids, change] of this.#changed(start, end, this.#slots[slot]!, step)) {
      for (let at = 0; at < ids.length;) {
        const size = countInRow(ids, at);
        this.#tracker.shiftCharacters(ids[at]!, size, slot, change);
        at += size;
      }
    }
  }

  /**
   * Lets events that revoke others into a version or out of it.
   *
   * @returns The characters of the edits that count differently now, ascending: those with a reason
   *   more not to be there, and those with one less.
   */
  #changed(
    start: number,
    end: number,
    revocations: Revocations,
    step: 1 | -1,
  ): readonly (readonly [ids: number[], step: number])[] {
    const log = this.#log;
    const more: number[] = [];
    const less: number[] = [];
    for (let lv = start; lv < end; lv += 1) {
      const edit = revocations.shift(lv, step);
      if (edit < 0) continue;
      const isInsertion = log.kind(log.runAt(edit)) === TEXT_INSERT;
      const ids = revocations.has(edit) === isInsertion ? more : less;
      ids.push(isInsertion ? edit : this.#tracker.targetOf(edit));
    }
    for (const ids of [more, less]) ids.sort((one, other) => one - other);
    return [
      [more, 1],
      [less, -1],
    ];
  }
}

/** Whether a run of the log revokes edits of a text, or revocations of such. */
function isTextRevoke(log: OperationLog, run: number): boolean {
  return log.kind(run) === REVOKE && log.b(run) === IN_TEXT;
}

/** How many of `ids`, from number `at` on, follow each other. */
function countInRow(ids: readonly number[], at: number): number {
  let count = 1;
  while (ids[at + count] === ids[at]! + count) count += 1;
  return count;
}
