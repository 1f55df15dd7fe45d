/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Slots are numbered below their count; `?? 0` would cost each field a test. */

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
 * keeps several prepare versions at once, *slots*, and each author has one. What one person knows
 * only grows, so a slot only advances, over each event once, and what is new to its author is found
 * by walking back from the parents of the event until something known comes. That is why the
 * tracker stays while edits are concurrent: the next ones find it there. With more authors than
 * slots, the one unused for longest retreats to where it is needed.
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
import { REVOKE, TEXT_DELETE, TEXT_DELETE_BACKWARD, TEXT_INSERT } from '../log/operation-kind.ts';
import type { OperationLog } from '../log/operation-log.ts';
import { EventTable } from './event-table.ts';
import {
  CHILDREN,
  HAS_LEFT_CHILD,
  HAS_RIGHT_CHILD,
  ID,
  IN_SLOT,
  LEFT,
  LENGTH,
  NOW,
  RIGHT,
  SpanTree,
  UNDERWATER,
} from './span-tree.ts';

/** What the tracker tells of: changes of the text as it is now. */
export interface TextTarget {
  /** `count` units of the inserted text, from `offset` on, come in before `position`. */
  inserted(position: number, offset: number, count: number): void;
  /** `count` units of the text at the base version, from `offset` on, are there again. */
  restored(position: number, offset: number, count: number): void;
  /** `count` units from `position` on go. */
  deleted(position: number, count: number): void;
}

/** Takes in events that revoke others, see revocations.ts. Only texts with undo need it. */
export interface TrackerUndo {
  /** Whether an edit was ever revoked. */
  readonly hasRevoked: boolean;
  /** Whether a run of the log revokes edits of a text. */
  isRevoke(run: number): boolean;
  /** What an event revokes, or -1. */
  revokedBy(lv: number): number;
  /** Begins with another slot, which is at the version of slot `like`. */
  addSlot(like: number): void;
  /** @throws CorruptBytesError if events from `first` on are no edits that event `lv` knows. */
  check(first: number, lv: number, count: number): void;
  /** Takes in events that revoke edits of this text, or revocations of such. */
  revoke(start: number, end: number, slot: number, target: TextTarget | undefined): void;
  /** Lets such events into the version of a slot (`step` 1) or out of it (-1). */
  shift(start: number, end: number, slot: number, step: 1 | -1): void;
}

/** Makes that of a tracker. */
export type MakeUndo = (graph: CausalGraph, log: OperationLog, tracker: Tracker) => TrackerUndo;

/** How many authors have a slot at most: each is a column more. */
const AUTHOR_MAX = 32;

/** All characters since a base version, in order, and in which versions they are there. */
export class Tracker {
  /** The version at which this begins: critical, or -1 for the empty one. */
  base: number;
  /** Events before this one are taken in. */
  upTo: number;
  readonly tree: SpanTree;
  readonly #graph: CausalGraph;
  readonly #log: OperationLog;
  readonly #container: number;
  /** Of each deletion, the character it deleted. */
  readonly #targetOf = new EventTable();
  /** By replica, its slot. */
  readonly #slotOf: (number | undefined)[] = [];
  /** Of each slot: the replica it belongs to, -1 for none yet, -2 for who asks about versions. */
  readonly #owner: number[] = [-1];
  /** Of each slot: its version, and when it was used. */
  readonly #version: number[][] = [];
  readonly #used: number[] = [0];
  /** Of each slot: by run of the graph, the event after the last one known there, or 0. */
  readonly #known: EventTable[] = [new EventTable()];
  /** What takes in events that revoke others, if there may be any. */
  readonly undo: TrackerUndo | undefined;
  /** The slots of those who ask about versions. */
  readonly #asked: number[] = [];
  #useCount = 0;
  /** The event after an insertion since which nothing was done; -1 if something was. */
  #typedEnd = -1;
  /** Of that one: the cursor behind it, its slot, its run of the graph, and where it is now. */
  #typedLeaf = -1;
  #typedIndex = -1;
  #typedSlot = -1;
  #typedEvents = -1;
  #typedPosition = -1;
  /** How much of what was typed on is not in the tree yet. */
  #uncounted = 0;
  /** Characters of the base text that were assumed and turned out not to be there. */
  #phantomCount = 0;
  readonly #open: number[] = [];
  readonly #ranges: number[] = [];

  /**
   * @param length - The length of the text at `base`, or more than that.
   * @param makeUndo - As in `TextState`.
   */
  constructor(
    graph: CausalGraph,
    log: OperationLog,
    container: number,
    base: number,
    length: number,
    makeUndo?: MakeUndo,
  ) {
    this.#graph = graph;
    this.#log = log;
    this.#container = container;
    this.base = base;
    this.upTo = base + 1;
    this.tree = new SpanTree(length);
    this.#version.push(base < 0 ? [] : [base]);
    this.undo = makeUndo?.(graph, log, this);
  }

  /** Begins again at a later version that everything since then descends from. */
  restart(base: number, length: number): void {
    this.base = base;
    this.upTo = base + 1;
    this.tree.clear(length, base);
    this.#targetOf.forget(base);
    const run = this.#graph.runAt(base);
    for (let slot = 0; slot < this.#owner.length; slot += 1) {
      this.#known[slot]!.forget(run);
      this.#version[slot] = [base];
    }
    this.#typedEnd = -1;
    this.#uncounted = 0;
    this.#phantomCount = 0;
  }

  /** Takes in the events before `lv`, which the text has already; it is `length` long by them. */
  catchUp(lv: number, length: number): void {
    this.#countTyped();
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
    this.#countTyped();
    let at = this.upTo;
    let run = log.runAt(at);
    let events = graph.runAt(at);
    while (at < lv) {
      const end = log.end(run);
      const eventsEnd = graph.runEnd(events);
      const stop = Math.min(lv, end, eventsEnd);
      if (this.isText(run)) this.#apply(run, events, at, stop, target);
      at = stop;
      if (at === end) run += 1;
      if (at === eventsEnd) events += 1;
    }
    this.upTo = lv;
  }

  /**
   * Takes in events that go on with the insertion that was taken in last, within a run of the log,
   * and returns where they stand in the text now; -1 if they are others. Their author types on, so
   * nothing has to be sought, and even to count them has time until something else happens.
   */
  typeOn(lv: number, count: number): number {
    if (lv !== this.#typedEnd) return -1;
    const position = this.#typedPosition;
    this.#typedPosition = position + count;
    this.#typedEnd = lv + count;
    this.#uncounted += count;
    this.upTo = lv + count;
    return position;
  }

  /** Counts what was typed on. */
  #countTyped(): void {
    const count = this.#uncounted;
    if (count === 0) return;
    this.#uncounted = 0;
    this.tree.to(this.#typedLeaf, this.#typedIndex);
    this.tree.lengthen(this.#typedEnd - count, count, this.#typedSlot);
    this.#reach(this.#typedSlot, this.#typedEvents, this.#typedEnd);
  }

  /** Applies events of one run of the log that are one run of the graph, too. */
  #apply(
    run: number,
    events: number,
    lv: number,
    end: number,
    target: TextTarget | undefined,
  ): void {
    const log = this.#log;
    const count = end - lv;
    const position = log.aOf(run, lv);
    const kind = log.kind(run);
    if (kind === REVOKE) this.undo?.check(position, lv, count);
    const slot = this.#prepare(run, events, lv);
    if (kind === REVOKE) {
      this.#typedEnd = -1;
      this.undo?.revoke(lv, end, slot, target);
      this.#reach(slot, events, end);
      return;
    }
    const lowest = kind === TEXT_DELETE_BACKWARD ? position - count + 1 : position;
    const highest = kind === TEXT_INSERT ? position : lowest + count;
    if (lowest < 0 || (this.#phantomCount > 0 && highest > this.#lengthIn(slot))) throw outside(lv);
    this.#typedEnd = -1;
    if (kind === TEXT_INSERT) {
      const place = this.#insert(lv, count, position, slot);
      this.#typedEnd = end;
      this.#typedLeaf = this.tree.leaf;
      this.#typedIndex = this.tree.index;
      this.#typedSlot = slot;
      this.#typedEvents = events;
      this.#typedPosition = place + count;
      target?.inserted(place, log.b(run) + lv - log.start(run), count);
    } else {
      this.#delete(lv, count, position, slot, kind === TEXT_DELETE ? 0 : 1, target);
    }
    this.#reach(slot, events, end);
  }

  #lengthIn(slot: number): number {
    return this.tree.total(IN_SLOT + slot) - this.#phantomCount;
  }

  /** Says that a slot is at the version of the event before `end`, which is in the run `events`. */
  #reach(slot: number, events: number, end: number): void {
    this.#known[slot]!.set(events, end);
    const version = this.#version[slot]!;
    version[0] = end - 1;
    if (version.length > 1) version.length = 1;
  }

  /** Moves the slot of an event's author to the event's parents, and returns its number. */
  #prepare(run: number, events: number, lv: number): number {
    const graph = this.#graph;
    const replica = graph.runReplica(events);
    const slot = this.#slotOf[replica] ?? this.#slotFor(replica, graph.runParent(events, 0));
    const head = this.#version[slot]![0] ?? -1;
    this.#useCount += 1;
    this.#used[slot] = this.#useCount;
    if (lv > graph.runStart(events)) {
      if (head !== lv - 1) this.#move(slot, [lv - 1]);
      return slot;
    }
    const first = graph.runParent(events, 0);
    const second = graph.runParent(events, 1);
    if (head !== first && head !== second) this.#move(slot, graph.runParents(events));
    else
      for (let at = 0, parent = first; parent >= 0; at += 1) {
        if (parent !== head) this.#learn(slot, parent, events, run);
        parent = graph.runParent(events, at + 1);
      }
    return slot;
  }

  /** A slot for a replica that has none: a fresh one, or the one unused for longest. */
  #slotFor(replica: number, parent: number): number {
    const owner = this.#owner;
    let slot = owner.indexOf(-1);
    if (slot < 0 && owner.length < AUTHOR_MAX + this.#asked.length) {
      // Who wrote what this one saw last knows about as much.
      const model = this.#graph.replicaOf(Math.max(parent, 0));
      slot = this.#addSlot(this.#slotOf[model] ?? 0);
    } else if (slot < 0) {
      slot = 0;
      for (let other = 1; other < owner.length; other += 1) {
        if (owner[other]! >= 0 && this.#used[other]! < this.#used[slot]!) slot = other;
      }
      this.#slotOf[owner[slot]!] = undefined;
    }
    owner[slot] = replica;
    this.#slotOf[replica] = slot;
    return slot;
  }

  #addSlot(like: number): number {
    this.#owner.push(-2);
    this.#used.push(0);
    this.#version.push(this.#version[like]!.slice());
    this.#known.push(this.#known[like]!.copy());
    this.undo?.addSlot(like);
    return this.tree.addSlot(like);
  }

  /**
   * Advances a slot over an event and what that one descends from.
   *
   * @param events - A run of the graph behind them, and `run` is one of the log.
   */
  #learn(slot: number, lv: number, events: number, run: number): void {
    const graph = this.#graph;
    const known = this.#known[slot]!;
    const open = this.#open;
    for (let next: number | undefined = lv; next !== undefined; next = open.pop()) {
      if (next <= this.base) continue;
      const at = graph.runBefore(events, next);
      const start = graph.runStart(at);
      const from = Math.max(known.get(at), start, this.base + 1);
      if (next < from) continue;
      known.set(at, next + 1);
      this.#shift(this.#log.runBefore(run + 1, from), from, next + 1, slot, 1);
      if (from > start) continue;
      for (let index = 0, parent = graph.runParent(at, 0); parent >= 0; index += 1) {
        open.push(parent);
        parent = graph.runParent(at, index + 1);
      }
    }
  }

  /** Retreats and advances a slot to a version. */
  #move(slot: number, version: readonly number[]): void {
    const ranges = this.#ranges;
    const known = this.#known[slot]!;
    this.#typedEnd = -1;
    walkDifference(this.#graph, this.#version[slot]!, version, ranges);
    for (let at = 0; at < ranges.length; at += 3) {
      const start = ranges[at]!;
      const end = ranges[at + 1]!;
      const isRetreat = ranges[at + 2] === 1;
      const run = this.#graph.runAt(start);
      known.set(run, isRetreat ? start : Math.max(known.get(run), end));
      this.#shift(this.#log.runAt(start), start, end, slot, isRetreat ? -1 : 1);
    }
    this.#version[slot] = version.slice();
  }

  /** Whether a run of the log edits this text, or revokes such edits. */
  isText(run: number): boolean {
    const log = this.#log;
    const isEdit = log.kind(run) <= TEXT_DELETE_BACKWARD || this.undo?.isRevoke(run) === true;
    return isEdit && log.isIn(run, this.#container);
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
   * Two slots that are at versions `a` and `b`, until versions are asked for again. They stay
   * there: the next version asked for is often near.
   */
  atVersions(a: readonly number[], b: readonly number[]): readonly [number, number] {
    const asked = this.#asked;
    while (asked.length < 2) asked.push(this.#addSlot(0));
    this.#move(asked[0]!, a);
    this.#move(asked[1]!, b);
    return [asked[0]!, asked[1]!];
  }

  /** Retreats (`step` -1) or advances (1) a slot over the events from `start` to before `end`. */
  #shift(first: number, start: number, end: number, slot: number, step: 1 | -1): void {
    const log = this.#log;
    let at = start;
    for (let run = first; at < end; run += 1) {
      const stop = Math.min(end, log.end(run));
      if (!this.isText(run)) {
        at = stop;
      } else if (log.kind(run) === REVOKE) {
        this.undo?.shift(at, stop, slot, step);
        at = stop;
      } else if (log.kind(run) === TEXT_INSERT) {
        this.shiftCharacters(at, stop - at, slot, step);
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
      this.shiftCharacters(direction === -1 ? first - count + 1 : first, count, slot, step);
      at += count;
    }
    return end;
  }

  /** Adds `step` to the state of `count` characters from `id` on in a slot. */
  shiftCharacters(id: number, count: number, slot: number, step: number): void {
    const tree = this.tree;
    let done = 0;
    while (done < count) {
      tree.locate(id + done);
      done += tree.isolate(count - done);
      tree.change(slot, step);
    }
  }

  /** Inserts characters, and returns where that is in the text as it is now. */
  #insert(lv: number, count: number, position: number, slot: number): number {
    const tree = this.tree;
    let left = -1;
    let right = -1;
    let place = 0;
    let isAlone = false;
    if (position === 0) {
      tree.toStart();
    } else {
      if (!tree.seek(IN_SLOT + slot, position - 1)) throw outside(lv);
      left = tree.field(ID) + tree.offset;
      tree.offset += 1;
      place = tree.place();
      isAlone = true;
      if (tree.offset < tree.field(LENGTH)) {
        // The next character of the span was typed after this one, and nobody typed between them.
        right = left + 1;
        tree.splitHere();
        tree.mark(HAS_LEFT_CHILD);
      } else {
        isAlone = (tree.field(CHILDREN) & HAS_RIGHT_CHILD) === 0;
        tree.mark(HAS_RIGHT_CHILD);
        tree.to(tree.leaf, tree.index + 1);
      }
    }
    if (!isAlone) {
      const { leaf, index } = tree;
      right = this.#place(lv, left, slot);
      if (tree.leaf !== leaf || tree.index !== index) place = tree.before(NOW);
    }
    tree.insert(lv, count, left, right, slot);
    return place;
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
      const isAlone = (tree.field(CHILDREN) & HAS_LEFT_CHILD) === 0;
      tree.mark(HAS_LEFT_CHILD);
      if (isAlone) return right;
    }
    tree.to(leaf, index);
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
    while (tree.toSpan() && tree.field(IN_SLOT + slot) === 0) {
      const { leaf: otherLeaf, index: otherIndex } = tree;
      const otherLeft = tree.field(LEFT);
      if (otherLeft === left) {
        const otherRight = tree.field(RIGHT);
        if (otherRight === right && this.#graph.precedesById(lv, tree.field(ID))) break;
        scanning = otherRight !== right && this.#isBefore(otherRight, right);
      } else if (otherLeft < 0 || (left >= 0 && tree.isBefore(otherLeft, left))) {
        break;
      }
      tree.to(otherLeaf, otherIndex + 1);
      if (!scanning) {
        leaf = otherLeaf;
        index = otherIndex + 1;
      }
    }
    tree.to(leaf, index);
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
    tree.to(leaf, index);
  }

  /** Whether right parent `left` stands before `right`, where -1 is the end. */
  #isBefore(left: number, right: number): boolean {
    return left >= 0 && (right < 0 || this.tree.isBefore(left, right));
  }

  /** Deletes characters at `position`, or backwards from there on if `step` is 1. */
  #delete(
    lv: number,
    count: number,
    position: number,
    slot: number,
    step: number,
    target: TextTarget | undefined,
  ): void {
    const tree = this.tree;
    let done = 0;
    while (done < count) {
      if (!tree.seek(IN_SLOT + slot, position - step * done)) throw outside(lv);
      const before = step * Math.min(count - done - 1, tree.offset);
      tree.offset -= before;
      const place = tree.place();
      const size = tree.isolate(step === 1 ? before + 1 : count - done);
      const id = tree.field(ID);
      for (let at = 0; at < size; at += 1) {
        this.#targetOf.set(lv + done + at, step === 1 ? id + size - 1 - at : id + at);
      }
      if (target !== undefined && tree.field(NOW) === 1) target.deleted(place, size);
      tree.remove(slot);
      done += size;
    }
  }
}

function outside(lv: number): CorruptBytesError {
  return new CorruptBytesError(`event ${lv}: its position lies outside of the text it changes`);
}
