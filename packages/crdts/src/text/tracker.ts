/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Slots are numbered below `SLOT_COUNT`; `?? 0` would cost each field a test. */

/*
 * Where an edit belongs that was made without knowing all others: eg-walker, kept warm.
 *
 * "Insert at 5" means: 5 in the text that its author saw. Here the text may be another by now. The
 * obvious way, operational transformation, shifts the position past each concurrent edit, one by
 * one: two people who wrote ten thousand characters each, offline, cost a hundred million shifts.
 * The other way, a list CRDT, sends the ids of the neighbours instead of a position: larger, and
 * every replica has to keep every character ever typed, just to type.
 *
 * Eg-walker sends positions and keeps nothing, but builds the list CRDT for a while when concurrent
 * edits have to be put in order. Of each character it knows two things: whether it is in the text
 * now, and whether it was in the text that the author of the next edit saw (the *prepare* version).
 * A position is looked up in the second, which gives a character; where that one stands in the
 * first is the position to use here.
 *
 *   now                 H e l l o , _ d e a r _ w o r l d
 *   prepare version     H e l l o _ _ _ _ _ _ _ w o r l d     insert at 5 is: after "o"
 *
 * Before an edit is taken, the prepare version moves to its parents: events that its author did
 * not know are retreated, others advanced. Each of these flips the state of some characters.
 *
 * If two people type at once and their events arrive in turns, a prepare version would swing from
 * one to the other at each event, over all that the other did meanwhile: quadratic. Here a tree
 * keeps three prepare versions at once, *slots*, and people who type apart get one each. What one
 * person knows only grows, so a slot only advances, over each event once. That is why the tracker
 * stays when concurrent edits are merged: the next ones find it there. With more people than slots,
 * a slot goes to whoever needs it; but who just types on needs none (`#insertBeside`).
 *
 * Where several insertions compete for one place, Fugue decides. A character becomes a child of the
 * one that it was typed after (its left origin), to the right of it. Only if that one had children
 * there already, so that the next character was one of them or of theirs, it becomes a child of the
 * next character (its right parent), to the left of it. Children on one side stand in the order of
 * their ids. So what one person types in one place stays in one subtree, and is not interleaved
 * with what another one types there, neither forwards nor backwards.
 *
 * Sources: Gentle and Kleppmann, "Collaborative Text Editing with Eg-walker: Better, Faster,
 * Smaller", EuroSys 2025; Weidner and Kleppmann, "The Art of the Fugue: Minimizing Interleaving in
 * Collaborative Text Editing", 2023. Departs from the first in the slots and in staying.
 */
import { CorruptBytesError } from '../errors.ts';
import type { CausalGraph } from '../graph/causal-graph.ts';
import { walkDifference } from '../graph/version-walk.ts';
import { TEXT_DELETE, TEXT_DELETE_BACKWARD, TEXT_INSERT } from '../log/operation-kind.ts';
import type { OperationLog } from '../log/operation-log.ts';
import { EventTable } from './event-table.ts';
import {
  DELETED,
  FLAGS,
  HAS_LEFT_CHILD,
  HAS_RIGHT_CHILD,
  ID,
  IN_SLOT,
  LEFT,
  LENGTH,
  NOW,
  RIGHT,
  SLOT_COUNT,
  SpanTree,
  STATE,
  UNDERWATER,
} from './span-tree.ts';

/** What the tracker tells of: changes of the text as it is now. */
export interface TextTarget {
  /** `count` units of the inserted text, from `offset` on, come in before `position`. */
  inserted(position: number, offset: number, count: number): void;
  /** `count` units from `position` on go. */
  deleted(position: number, count: number): void;
}

/** In place of a slot: what is inserted is in none of them. */
const NO_SLOT = SLOT_COUNT;

/** All characters since a base version, in order, and in which versions they are there. */
export class Tracker {
  /** The version at which this begins: critical, or -1 for the empty one. */
  readonly base: number;
  /** Events before this one are taken in. */
  upTo: number;
  readonly tree: SpanTree;
  readonly #graph: CausalGraph;
  readonly #log: OperationLog;
  readonly #container: number;
  /** Of each deletion, the character it deleted. */
  readonly #targetOf = new EventTable();
  /** Of each slot: the event whose version it is, the replica it belongs to, when it was used. */
  readonly #version: number[] = [];
  readonly #owner: number[] = [];
  readonly #used: number[] = [];
  /** Of a slot that a question has moved: the version it is at. */
  readonly #aside: (readonly number[] | undefined)[] = [];
  #useCount = 0;
  #latestSlot = 0;
  /** The event after an insertion since which nothing was done; -1 if something was. */
  #typedEnd = -1;
  /** Of that one: the cursor behind it, its slot, and where it ends in the text now, or -1. */
  #typedLeaf = -1;
  #typedIndex = -1;
  #typedSlot = -1;
  #typedPosition = -1;
  /** Characters of the base text that were assumed and turned out not to be there. */
  #phantomCount = 0;
  readonly #from: number[] = [];
  readonly #parents: number[] = [];
  readonly #ranges: number[] = [];

  /**
   * @param length - The length of the text at `base`, or more than that.
   */
  constructor(
    graph: CausalGraph,
    log: OperationLog,
    container: number,
    base: number,
    length: number,
  ) {
    this.#graph = graph;
    this.#log = log;
    this.#container = container;
    this.base = base;
    this.upTo = base + 1;
    this.tree = new SpanTree(length);
    for (let slot = 0; slot < SLOT_COUNT; slot += 1) {
      this.#version.push(base);
      this.#owner.push(-1);
      this.#used.push(0);
      this.#aside.push(undefined);
    }
  }

  /** Takes in the events before `lv`, which the text has already; it is `length` long by them. */
  catchUp(lv: number, length: number): void {
    if (this.upTo >= lv) return;
    const first = this.upTo === this.base + 1;
    this.take(lv, undefined);
    if (first) this.#phantomCount = this.tree.total(NOW) - length;
  }

  /**
   * Takes in the events before `lv`.
   *
   * @param target - Told of what changes in the text.
   * @throws CorruptBytesError if a position lies outside of the text its author saw. Then this
   *   tracker is of no more use.
   */
  take(lv: number, target: TextTarget | undefined): void {
    const log = this.#log;
    const graph = this.#graph;
    let at = this.upTo;
    let run = log.runAt(at);
    while (at < lv) {
      const end = log.end(run);
      let stop = Math.min(lv, end);
      if (this.isText(run)) {
        stop = Math.min(stop, graph.runEnd(graph.runAt(at)));
        if (!this.typeOn(run, at, stop, target)) this.#apply(run, at, stop, target);
      }
      at = stop;
      if (at === end) run += 1;
    }
    this.upTo = lv;
  }

  /**
   * Takes in events that go on with the insertion that was taken in last, if they do: their author
   * types on, so they stand where that one ended, and nothing has to be sought.
   *
   * @param run - Their run of the log.
   */
  typeOn(run: number, lv: number, end: number, target: TextTarget | undefined): boolean {
    const log = this.#log;
    const start = log.start(run);
    if (lv !== this.#typedEnd || lv === start) return false;
    const count = end - lv;
    const slot = this.#typedSlot;
    const tree = this.tree;
    tree.leaf = this.#typedLeaf;
    tree.index = this.#typedIndex;
    if (target !== undefined) {
      if (this.#typedPosition < 0) {
        tree.offset = tree.field(LENGTH);
        this.#typedPosition = tree.before(NOW);
      }
      target.inserted(this.#typedPosition, log.b(run) + lv - start, count);
      this.#typedPosition += count;
    }
    tree.lengthen(lv, count, slot);
    if (slot < SLOT_COUNT) this.#version[slot] = end - 1;
    this.#typedEnd = end;
    this.upTo = end;
    return true;
  }

  /** Applies events of one run of the log that are one run of the graph, too. */
  #apply(run: number, lv: number, end: number, target: TextTarget | undefined): void {
    const log = this.#log;
    const count = end - lv;
    const position = log.aOf(run, lv);
    const kind = log.kind(run);
    if (kind === TEXT_INSERT) {
      let slot = NO_SLOT;
      if (!this.#insertBeside(lv, count, position)) {
        slot = this.#prepare(lv);
        this.#checkLength(position, slot);
        this.#insert(lv, count, position, slot);
        this.#version[slot] = end - 1;
      }
      this.#typedEnd = end;
      this.#typedLeaf = this.tree.leaf;
      this.#typedIndex = this.tree.index;
      this.#typedSlot = slot;
      this.#typedPosition = -1;
      if (target === undefined) return;
      const place = this.tree.before(NOW);
      target.inserted(place, log.b(run) + lv - log.start(run), count);
      this.#typedPosition = place + count;
      return;
    }
    this.#typedEnd = -1;
    const slot = this.#prepare(lv);
    if (kind === TEXT_DELETE) {
      this.#checkLength(position + count, slot);
      this.#deleteForward(lv, count, position, slot, target);
    } else {
      this.#checkLength(position + 1, slot);
      if (position + 1 < count) throw outside(lv);
      this.#deleteBackward(lv, count, position, slot, target);
    }
    this.#version[slot] = end - 1;
  }

  /**
   * Inserts what goes on with its only parent, after it or before it, without asking any version:
   * its author saw nothing between the two. Only for authors without a slot, who are many then:
   * this spares moving a slot from one to the other for each character.
   */
  #insertBeside(lv: number, count: number, position: number): boolean {
    const graph = this.#graph;
    const log = this.#log;
    const run = graph.runAt(lv);
    const parent = lv > graph.runStart(run) ? lv - 1 : graph.runParent(run, 0);
    if (parent <= this.base || (lv === graph.runStart(run) && graph.runParent(run, 1) >= 0)) {
      return false;
    }
    if (this.#owner.includes(graph.runReplica(run)) || this.#version.includes(parent)) return false;
    const parentRun = log.runAt(parent);
    if (log.kind(parentRun) !== TEXT_INSERT || !log.isIn(parentRun, this.#container)) return false;
    const step = position - log.aOf(parentRun, parent);
    const tree = this.tree;
    tree.locate(parent);
    if (step === 1) {
      if (tree.offset + 1 < tree.field(LENGTH)) return false;
      if ((tree.field(FLAGS) & HAS_RIGHT_CHILD) !== 0) return false;
      tree.mark(HAS_RIGHT_CHILD);
      tree.index += 1;
      tree.offset = 0;
      tree.insert(lv, count, parent, -1, NO_SLOT);
      return true;
    }
    if (step !== 0 || tree.offset > 0 || (tree.field(FLAGS) & HAS_LEFT_CHILD) !== 0) return false;
    tree.mark(HAS_LEFT_CHILD);
    tree.insert(lv, count, tree.field(LEFT), parent, NO_SLOT);
    return true;
  }

  #checkLength(position: number, slot: number): void {
    if (position < 0) throw outside(this.upTo);
    if (this.#phantomCount === 0) return;
    const length = this.tree.total(IN_SLOT + slot) - this.#phantomCount;
    if (position > length) throw outside(this.upTo);
  }

  /** Moves a slot to the parents of an event and returns its number. */
  #prepare(lv: number): number {
    const graph = this.#graph;
    const run = graph.runAt(lv);
    const parents = this.#parents;
    parents.length = 0;
    if (lv > graph.runStart(run)) {
      const slot = this.#latestSlot;
      if (this.#version[slot] === lv - 1 && this.#aside[slot] === undefined) return slot;
      parents.push(lv - 1);
    } else {
      let parent = graph.runParent(run, 0);
      while (parent >= 0) {
        parents.push(parent);
        parent = graph.runParent(run, parents.length);
      }
    }
    const slot = this.#slotFor(graph.runReplica(run), parents);
    this.#useCount += 1;
    this.#used[slot] = this.#useCount;
    this.#moveSlot(slot, parents);
    this.#latestSlot = slot;
    return slot;
  }

  /** The slot of a replica; or one that is where the replica is; or the one unused for longest. */
  #slotFor(replica: number, parents: readonly number[]): number {
    const own = this.#owner.indexOf(replica);
    if (own >= 0) return own;
    const parent = parents[0] ?? -1;
    let slot = 0;
    for (let other = 0; other < SLOT_COUNT; other += 1) {
      const isHere = this.#version[other] === parent && this.#aside[other] === undefined;
      if (isHere && parents.length < 2) {
        if (this.#owner[other]! < 0) this.#owner[other] = replica;
        return other;
      }
      if (this.#used[other]! < this.#used[slot]!) slot = other;
    }
    this.#owner[slot] = replica;
    return slot;
  }

  /** Whether a run of the log edits this text. */
  isText(run: number): boolean {
    const log = this.#log;
    return log.kind(run) <= TEXT_DELETE_BACKWARD && log.isIn(run, this.#container);
  }

  /** The character that a deletion of this text deleted. */
  targetOf(lv: number): number {
    return this.#targetOf.get(lv);
  }

  /** Whether an id is that of a character of this text. */
  hasCharacter(id: number): boolean {
    if (id >= UNDERWATER) return true;
    const log = this.#log;
    const run = log.runAt(id);
    return log.isIn(run, this.#container) && log.kind(run) === TEXT_INSERT;
  }

  /**
   * Two slots that are at versions `a` and `b`, until the next event is taken or versions are asked
   * for again. Those used least are taken, and stay there: the next version asked for is often
   * near.
   */
  atVersions(a: readonly number[], b: readonly number[]): readonly [number, number] {
    const slotA = (this.#latestSlot + 1) % SLOT_COUNT;
    const slotB = (this.#latestSlot + 2) % SLOT_COUNT;
    this.#moveSlot(slotA, a);
    this.#moveSlot(slotB, b);
    this.#aside[slotA] = a;
    this.#aside[slotB] = b;
    return [slotA, slotB];
  }

  /** Retreats and advances a slot to a version; the caller says afterwards which one it is. */
  #moveSlot(slot: number, version: readonly number[]): void {
    const aside = this.#aside[slot];
    const current = this.#version[slot]!;
    this.#typedEnd = -1;
    if (aside !== undefined) {
      this.#aside[slot] = undefined;
      this.#shiftBetween(slot, aside, version);
    } else if (version.length !== 1 || version[0] !== current) {
      this.#from.length = 0;
      if (current >= 0) this.#from.push(current);
      this.#shiftBetween(slot, this.#from, version);
    }
  }

  #shiftBetween(slot: number, from: readonly number[], to: readonly number[]): void {
    const ranges = this.#ranges;
    walkDifference(this.#graph, from, to, ranges);
    for (let at = 0; at < ranges.length; at += 3) {
      this.#shift(ranges[at]!, ranges[at + 1]!, slot, ranges[at + 2] === 1 ? -1 : 1);
    }
  }

  /** Retreats (`step` -1) or advances (1) a slot over the events from `start` to before `end`. */
  #shift(start: number, end: number, slot: number, step: number): void {
    const log = this.#log;
    let at = start;
    for (let run = log.runAt(start); at < end; run += 1) {
      const stop = Math.min(end, log.end(run));
      const kind = log.kind(run);
      if (!log.isIn(run, this.#container) || kind > TEXT_DELETE_BACKWARD) {
        at = stop;
      } else if (kind === TEXT_INSERT) {
        this.#shiftCharacters(at, stop - at, slot, step);
        at = stop;
      } else {
        at = this.#shiftDeletions(at, stop, slot, step);
      }
    }
  }

  /** Does `#shift` for deletions whose characters have consecutive ids, up or down. */
  #shiftDeletions(start: number, end: number, slot: number, step: number): number {
    const target = this.#targetOf;
    let at = start;
    while (at < end) {
      const first = target.get(at);
      const direction = at + 1 < end ? target.get(at + 1) - first : 0;
      let count = 1;
      if (direction === 1 || direction === -1) {
        while (at + count < end && target.get(at + count) === first + direction * count) count += 1;
      }
      this.#shiftCharacters(direction === -1 ? first - count + 1 : first, count, slot, step);
      at += count;
    }
    return end;
  }

  #shiftCharacters(id: number, count: number, slot: number, step: number): void {
    const tree = this.tree;
    let done = 0;
    while (done < count) {
      tree.locate(id + done);
      done += tree.isolate(count - done);
      tree.change(slot, step);
    }
  }

  #insert(lv: number, count: number, position: number, slot: number): void {
    const tree = this.tree;
    let left = -1;
    let isAlone = false;
    if (position === 0) {
      tree.toStart();
    } else {
      if (!tree.seek(IN_SLOT + slot, position - 1)) throw outside(lv);
      left = tree.field(ID) + tree.offset;
      tree.offset += 1;
      if (tree.offset < tree.field(LENGTH)) {
        // The next character of the span was typed after this one, and nobody typed between them.
        tree.splitHere();
        tree.mark(HAS_LEFT_CHILD);
        tree.insert(lv, count, left, left + 1, slot);
        return;
      }
      isAlone = (tree.field(FLAGS) & HAS_RIGHT_CHILD) === 0;
      tree.mark(HAS_RIGHT_CHILD);
      tree.index += 1;
      tree.offset = 0;
    }
    const right = isAlone ? -1 : this.#place(lv, left, slot);
    tree.insert(lv, count, left, right, slot);
  }

  /**
   * Moves the cursor, which is after the left origin, to where the new character belongs, and
   * returns its right parent: the next character that its author knew, deleted or not, if that one
   * has the same left origin; else -1.
   */
  #place(lv: number, left: number, slot: number): number {
    const tree = this.tree;
    const { leaf, index } = tree;
    let right = -1;
    if (tree.toKnown(slot) && tree.field(LEFT) === left) {
      right = tree.field(ID);
      const isAlone = (tree.field(FLAGS) & HAS_LEFT_CHILD) === 0;
      tree.mark(HAS_LEFT_CHILD);
      if (isAlone) return right;
    }
    tree.leaf = leaf;
    tree.index = index;
    tree.offset = 0;
    this.#settle(lv, left, right, slot);
    return right;
  }

  /**
   * Moves the cursor past those characters that come before the new one, among all that stand
   * between its origins and were unknown to its author.
   */
  #settle(lv: number, left: number, right: number, slot: number): void {
    const tree = this.tree;
    this.#passLeaves(lv, left, right);
    let { leaf, index } = tree;
    let scanning = false;
    while (tree.toSpan() && tree.field(STATE + slot) === 0) {
      const { leaf: otherLeaf, index: otherIndex } = tree;
      const otherLeft = tree.field(LEFT);
      if (otherLeft === left) {
        const otherRight = tree.field(RIGHT);
        if (otherRight === right && this.#graph.precedesById(lv, tree.field(ID))) break;
        scanning = otherRight !== right && this.#isBefore(otherRight, right);
      } else if (otherLeft < 0 || (left >= 0 && tree.isBefore(otherLeft, left))) {
        break;
      }
      tree.leaf = otherLeaf;
      tree.index = otherIndex + 1;
      tree.offset = 0;
      if (!scanning) {
        leaf = otherLeaf;
        index = otherIndex + 1;
      }
    }
    tree.leaf = leaf;
    tree.index = index;
    tree.offset = 0;
  }

  /**
   * Moves the cursor on by leaves that begin with a sibling of a smaller id: what is before that
   * one is before the new character, too. Many may have typed in one place.
   */
  #passLeaves(lv: number, left: number, right: number): void {
    const tree = this.tree;
    let { leaf, index } = tree;
    while (tree.toNextLeaf() && tree.field(LEFT) === left && tree.field(RIGHT) === right) {
      if (this.#graph.precedesById(lv, tree.field(ID))) break;
      leaf = tree.leaf;
      index = 0;
    }
    tree.leaf = leaf;
    tree.index = index;
    tree.offset = 0;
  }

  /** Whether right parent `left` stands before `right`, where -1 is the end. */
  #isBefore(left: number, right: number): boolean {
    return left >= 0 && (right < 0 || this.tree.isBefore(left, right));
  }

  #deleteForward(
    lv: number,
    count: number,
    position: number,
    slot: number,
    target: TextTarget | undefined,
  ): void {
    const tree = this.tree;
    let done = 0;
    while (done < count) {
      if (!tree.seek(IN_SLOT + slot, position)) throw outside(lv);
      const size = tree.isolate(count - done);
      const id = tree.field(ID);
      for (let at = 0; at < size; at += 1) this.#targetOf.set(lv + done + at, id + at);
      this.#remove(size, slot, target);
      done += size;
    }
  }

  #deleteBackward(
    lv: number,
    count: number,
    position: number,
    slot: number,
    target: TextTarget | undefined,
  ): void {
    const tree = this.tree;
    let done = 0;
    while (done < count) {
      if (!tree.seek(IN_SLOT + slot, position - done)) throw outside(lv);
      const size = Math.min(count - done, tree.offset + 1);
      tree.offset -= size - 1;
      tree.isolate(size);
      const id = tree.field(ID);
      for (let at = 0; at < size; at += 1) this.#targetOf.set(lv + done + at, id + size - 1 - at);
      this.#remove(size, slot, target);
      done += size;
    }
  }

  /** Deletes the span at the cursor, which is `size` long, in a slot and in the present. */
  #remove(size: number, slot: number, target: TextTarget | undefined): void {
    const tree = this.tree;
    if (target !== undefined && (tree.field(FLAGS) & DELETED) === 0)
      target.deleted(tree.before(NOW), size);
    tree.remove(slot);
  }
}

function outside(lv: number): CorruptBytesError {
  return new CorruptBytesError(`event ${lv}: its position lies outside of the text it changes`);
}
