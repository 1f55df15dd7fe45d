/*
 * The document as a machine that is fed by the log: events in, containers out.
 *
 * Problem: a document is many replicated types in one another, and all of it must be one: one
 * history to send, one point in time to go back to, one thing that "undo" means.
 *
 * Idea: all operations of all containers are events of one graph and one log. Each names its
 * container by an event that named it first: that which made sure that a key of a map holds a
 * container of a type, or that which inserted it into a list. Several events can name one
 * container, since one key and one type are one container whoever made it; a table leads from
 * each of them to it.
 *
 * Undo is one more kind of event: it revokes others. An event counts as long as no event that
 * counts revokes it, so that redo is to revoke the revocation. Every container can tell what it
 * shows without a given event: an undone write uncovers the one below it, an undone deletion is one
 * deletion less, an undone move puts the node where it would be. So undo is right whatever others
 * did meanwhile, and needs no inverse of anything.
 *
 *     1 put color red     2 put color blue     3 revoke 2     4 revoke 3
 *     red                 blue                 red            blue
 *
 * Edits of a text are revoked by events of that text, for which its tracker knows every character
 * there ever was: see text-undo.ts.
 */
import { BeforeHistoryError, CorruptBytesError } from '../errors.ts';
import type { CausalGraph, EventRange } from '../graph/causal-graph.ts';
import {
  ENSURE,
  isListInsertion,
  namesConsecutive,
  REVOKE,
  TREE_MOVE,
} from '../log/operation-kind.ts';
import { type OperationLog, ROOT } from '../log/operation-log.ts';
import type { Value } from '../log/value.ts';
import { EventTable } from '../text/event-table.ts';
import type { PatchListener } from '../text/text-state.ts';
import {
  type Add,
  type Container,
  type Emit,
  COUNTER,
  type Host,
  LIST,
  MAP,
  type Operation,
  TEXT,
  TREE,
} from './container.ts';
import { CounterState } from './counter-state.ts';
import { Forgotten } from './forgotten.ts';
import { ListState } from './list-state.ts';
import { MapState } from './map-state.ts';
import { type Base, StateReader, StateWriter } from './state-file.ts';
import { TextContainer } from './text-container.ts';
import { TreeNode, TreeState } from './tree-state.ts';

/** How deep containers can lie in each other: what is asked of a document is asked recursively. */
const DEPTH_MAX = 128;

/** How often revocations can be revoked in turn: each that comes may turn all below it over. */
const REVOCATION_DEPTH_MAX = 16;

/** Runs a change as one transaction, or as part of the one that runs. */
export type Transact = <Result>(change: () => Result) => Result;

/** Hears of everything that is about to look different. */
export interface Observer {
  /** `part` of `container` is about to change. */
  touch(container: Container, part: unknown): void;
  /** A text changed: `count` units from `position` on were replaced by `inserted`. */
  edit(container: Container, position: number, count: number, inserted: string): void;
  /** Marks on a text changed. */
  mark(container: Container): void;
  /** All parts are about to be made anew, though nothing looks different by that. */
  renew(): void;
}

/** See the head of the file. */
export class DocumentState implements Host {
  readonly graph: CausalGraph;
  readonly log: OperationLog;
  readonly root: MapState;
  readonly replica: number;
  observer: Observer | undefined = undefined;
  readonly #transact: Transact;
  #named = new Map<number, Container>();
  /** What events named before the log was cut, to be found again. */
  #former: ReadonlyMap<number, Container> = new Map();
  /** How many events that count revoke an event; none is left out. */
  #revoked = new EventTable();
  readonly #unsettled = new Set<Container>();
  /** What this began with, if it did not begin with nothing, and the latest time in that. */
  #base: Base | undefined = undefined;
  #baseTime = -1;
  /** What was added to counters by events of the base. */
  #adds = new Map<number, { readonly counter: CounterState; readonly amount: number }>();
  readonly #forgotten = new Forgotten(this);
  eventCount = 0;

  constructor(graph: CausalGraph, log: OperationLog, replica: number, transact: Transact) {
    this.graph = graph;
    this.log = log;
    this.replica = replica;
    this.#transact = transact;
    this.root = new MapState(this, undefined, undefined);
    this.name(ROOT, this.root);
  }

  edit<Result>(change: () => Result): Result {
    return this.#transact(change);
  }

  onTextEdit(container: Container): PatchListener | undefined {
    const { observer } = this;
    if (observer === undefined) return undefined;
    return (position, count, inserted) => observer.edit(container, position, count, inserted);
  }

  /**
   * Begins with a state, as `stateBytes` gives it, which must be what the events of the graph make.
   *
   * @throws CorruptBytesError if it is none; this is of no use then.
   */
  begin(base: Base): void {
    this.#base = base;
    this.#readBase(base);
  }

  /** The state, to begin with: see state-file.ts. */
  stateBytes(marksOf?: (lv: number) => readonly Value[]): Uint8Array {
    const names = new Map<Container, number[]>();
    for (const [lv, container] of this.#named) {
      const known = names.get(container);
      if (known === undefined) names.set(container, [lv]);
      else known.push(lv);
    }
    for (const lvs of names.values()) lvs.sort((left, right) => left - right);
    const writer = new StateWriter(names, marksOf);
    this.root.write(writer);
    return writer.bytes.copy();
  }

  get baseCount(): number {
    return this.#base?.eventCount ?? 0;
  }

  /** The state with which a trimmed history begins. */
  get baseBytes(): Uint8Array {
    return this.#base?.bytes ?? new Uint8Array(0);
  }

  /**
   * The state in which this was before events number `eventCount` and later, as `stateBytes`.
   *
   * @param marksOf - The marks of a text in that version.
   */
  stateBytesAt(eventCount: number, marksOf: (text: TextContainer) => readonly Value[]): Uint8Array {
    const { graph, log } = this;
    const past = new DocumentState(graph, log, this.replica, this.#transact);
    if (this.#base?.isTrimmed === true) past.begin(this.#base);
    past.integrate(past.eventCount, eventCount);
    return past.stateBytes((lv) => {
      const text = this.#named.get(lv);
      return text instanceof TextContainer ? marksOf(text) : [];
    });
  }

  recall(): void {
    if (this.#base?.isTrimmed !== false) return;
    this.#recallBefore(this.log.eventCount);
  }

  noteAdd(lv: number, counter: Container, amount: number): void {
    if (counter instanceof CounterState) this.#adds.set(lv, { counter, amount });
  }

  addsTo(counter: Container): Add[] {
    const adds: Add[] = [];
    for (const [lv, add] of this.#adds) {
      if (add.counter === counter && !this.isRevoked(lv)) adds.push({ lv, amount: add.amount });
    }
    return adds;
  }

  /** Takes in the events from `from` to before `to`, which are in graph and log. */
  integrate(from: number, to: number): void {
    if (this.#base?.isTrimmed === false && this.#needsPast(this.#base, from, to)) {
      this.#recallBefore(from);
    }
    this.#take(from, to);
  }

  #take(from: number, to: number): void {
    if (from >= to) return;
    // Of each text, where its events are: nobody goes through those of all others.
    const texts = new Map<TextContainer, EventRange[]>();
    let lv = from;
    for (let run = this.log.runAt(from); lv < to; run += 1) {
      const end = Math.min(this.log.end(run), to);
      const operation = this.#operation(run, lv, end - lv);
      const { target } = operation;
      if (target instanceof TextContainer) noteRange(texts, target, { start: lv, end });
      this.#apply(operation);
      lv = end;
    }
    this.#settle();
    for (const [text, ranges] of texts) {
      for (const { start, end } of ranges) text.integrate(start, end);
    }
    this.eventCount = to;
  }

  #readBase(base: Base): void {
    const reader = new StateReader(base);
    this.root.read(reader);
    reader.bytes.expectEnd();
    this.eventCount = base.eventCount;
  }

  /** Works out everything before event `to` from the log, with what is not in the base. */
  #recallBefore(to: number): void {
    const base = this.#base;
    const { observer } = this;
    observer?.renew();
    this.observer = undefined;
    this.#base = undefined;
    try {
      this.#rebuild(to);
    } catch (error) {
      this.#base = base;
      this.#rebuild(to);
      throw error;
    } finally {
      this.observer = observer;
    }
  }

  /**
   * Whether events ask for more than the base has: they take something back, move nodes before it
   * in the order of moves, or edit what was deleted.
   */
  #needsPast({ eventCount }: Base, from: number, to: number): boolean {
    const { graph, log } = this;
    if (this.#baseTime < 0) this.#baseTime = timeOf(graph, eventCount);
    for (let run = log.runAt(from); run < log.runCount && log.start(run) < to; run += 1) {
      const container = log.container(run);
      const kind = log.kind(run);
      if (container < eventCount && !this.#named.has(container)) return true;
      if (kind === REVOKE && log.a(run) < eventCount) return true;
      if (kind === TREE_MOVE && graph.lamportOf(log.start(run)) <= this.#baseTime) return true;
    }
    return false;
  }

  /** Starts again from the log, after events were cut off from it. Containers stay the same. */
  rebuild(): void {
    this.#rebuild(this.log.eventCount);
  }

  #rebuild(to: number): void {
    this.#former = this.#named;
    this.#named = new Map();
    this.#revoked = new EventTable();
    this.#adds = new Map();
    this.#unsettled.clear();
    this.eventCount = 0;
    this.root.reset();
    this.name(ROOT, this.root);
    if (this.#base !== undefined) this.#readBase(this.#base);
    this.#take(this.eventCount, to);
    for (const container of this.#former.values()) {
      // Somebody may still hold what is not there any more: no event names it.
      if (container.lv >= 0 && this.#named.get(container.lv) !== container) container.lv = -2;
    }
    this.#former = new Map();
  }

  /** Whether an event was undone. */
  isRevoked(lv: number): boolean {
    return this.#revoked.get(lv) > 0;
  }

  /** Takes back, by local events, what the events from `from` to before `to` did. */
  undo(from: number, to: number): void {
    const { graph } = this;
    let own = from;
    while (own < to && to <= graph.eventCount && graph.replicaOf(own) === this.replica) {
      own = graph.runEnd(graph.runAt(own));
    }
    if (!(from >= 0 && from < to && own >= to)) {
      throw new RangeError(`commits: expected events of this replica, got ${from}..${to}`);
    }
    this.takeBack(from, to);
  }

  /** The same of one author's events, whoever that is. */
  takeBack(from: number, to: number): void {
    this.recall();
    this.#revoke(from, to);
    const texts = new Set<TextContainer>();
    for (let run = this.log.runAt(from); run < this.log.runCount; run += 1) {
      if (this.log.start(run) >= to) break;
      const target = this.#named.get(this.log.container(run));
      if (target instanceof TextContainer) texts.add(target);
    }
    for (const text of texts) text.undo(from, to);
  }

  create(type: number, parent: Container, place: unknown, lv: number): Container {
    const former = this.#former.get(lv);
    const container = former?.type === type ? former : this.#construct(type, parent, place);
    container.place = place;
    if (lv >= 0) {
      if (container === former) container.reset();
      container.lv = -2;
      this.name(lv, container);
    }
    return container;
  }

  name(lv: number, container: Container): void {
    if (container.lv === -2) container.lv = lv;
    else if (container.lv !== lv) this.log.alias(lv, container.lv);
    this.#named.set(lv, container);
  }

  touch(container: Container, part: unknown): void {
    this.observer?.touch(container, part);
  }

  unsettled(container: Container): void {
    this.#unsettled.add(container);
  }

  touchMarks(container: Container): void {
    this.observer?.mark(container);
  }

  readonly append: Emit = (container, kind, count, a, b, c, values) => {
    const value = values.length === 0 ? -1 : this.log.values.length;
    for (const each of values) this.log.pushValue(each);
    const lv = this.graph.appendLocal(this.replica, count);
    this.log.append(kind, container.lv, count, a, b, c, value);
    this.#apply({ kind, target: container, lv, count, a, b, c, value });
    this.#settle();
    this.eventCount = lv + count;
    return lv;
  };

  readonly emit: Emit = (container, ...operation) => {
    this.attach(container);
    return this.append(container, ...operation);
  };

  /** Makes sure, by local events, that `container` is where it belongs. */
  attach(container: Container): void {
    const { parent, place } = container;
    if (parent === undefined) return;
    this.attach(parent);
    if (!(parent instanceof MapState) || typeof place !== 'string') {
      if (container.lv !== -2) return;
      throw new RangeError('container: expected one that is there, got one that was rolled back');
    }
    if (parent.get(place) === container && container.lv !== -2) return;
    this.emit(parent, ENSURE, 1, -1, -1, -1, [[place, container.type]]);
  }

  #construct(type: number, parent: Container, place: unknown): Container {
    const container = this.#ofType(type, parent, place);
    if (container.depth > DEPTH_MAX) {
      throw new CorruptBytesError(`container: expected a depth of at most ${DEPTH_MAX}`);
    }
    return container;
  }

  #ofType(type: number, parent: Container, place: unknown): Container {
    switch (type) {
      case MAP:
        return new MapState(this, parent, place);
      case LIST:
        return new ListState(this, parent, place);
      case TEXT:
        return new TextContainer(this, parent, place);
      case COUNTER:
        return new CounterState(this, parent, place);
      case TREE:
        return new TreeState(this, parent, place);
      default:
        throw new CorruptBytesError(`container: expected a type of 1..5, got ${type}`);
    }
  }

  /** Part of a run: the events from `lv` on, with the fields that the first of them has. */
  #operation(run: number, lv: number, count: number): Operation {
    const { log } = this;
    const kind = log.kind(run);
    const target = this.#named.get(log.container(run)) ?? this.#ifForgotten(log.container(run));
    if (target === undefined) {
      throw new CorruptBytesError(`operation ${kind}: expected a container that is there`);
    }
    const offset = lv - log.start(run);
    let a = log.a(run);
    if (namesConsecutive(kind)) a += offset;
    else if (isListInsertion(kind) && offset > 0) a = lv - 1;
    const value = log.value(run);
    return {
      kind,
      target,
      lv,
      count,
      a,
      b: log.b(run),
      c: log.c(run),
      value: value < 0 ? value : value + offset,
    };
  }

  /** What stands for a container of which nothing is kept. */
  #ifForgotten(lv: number): Container | undefined {
    const base = this.#base;
    return base?.isTrimmed === true && lv < base.eventCount ? this.#forgotten : undefined;
  }

  #apply(operation: Operation): void {
    const { kind, lv, count, a } = operation;
    if (kind === REVOKE) {
      if (a < 0 || a + count > lv) throw new CorruptBytesError('revoke: expected events before it');
      for (let event = a; event < a + count; event += 1) {
        this.#checkDepth(event);
        this.#count(event, 1);
      }
      if (operation.target instanceof TextContainer) operation.target.apply(operation);
    } else machineOf(operation).apply(operation);
  }

  #settle(): void {
    if (this.#unsettled.size === 0) return;
    for (const container of this.#unsettled) container.settle();
    this.#unsettled.clear();
  }

  /** What an event revokes, or -1. */
  #revokedBy(lv: number): number {
    const { log } = this;
    const run = log.runAt(lv);
    return log.kind(run) === REVOKE ? log.aOf(run, lv) : -1;
  }

  #checkDepth(first: number): void {
    let depth = 0;
    for (let lv = first; lv >= 0; lv = this.#revokedBy(lv)) {
      if (depth > REVOCATION_DEPTH_MAX) {
        throw new CorruptBytesError(`revoke: expected a depth of at most ${REVOCATION_DEPTH_MAX}`);
      }
      depth += 1;
    }
  }

  /**
   * Revokes events by local ones. One that has brought another one back is not revoked itself: what
   * it brought back is revoked anew, so that who goes to and fro makes no long chain.
   */
  #revoke(from: number, to: number): void {
    let first = -1;
    let count = 0;
    for (let lv = from; lv < to; lv += 1) {
      const undone = this.#revokedBy(lv);
      const again = undone < 0 ? -1 : this.#revokedBy(undone);
      const wanted = again < 0 ? lv : again;
      if (count > 0 && wanted === first + count && this.#isOneRun(wanted)) count += 1;
      else {
        if (count > 0) this.append(this.root, REVOKE, count, first, -1, -1, []);
        first = wanted;
        count = 1;
      }
    }
    this.append(this.root, REVOKE, count, first, -1, -1, []);
  }

  /** Whether the event before `lv` is its author's, too: a run names events of one author. */
  #isOneRun(lv: number): boolean {
    return this.graph.replicaOf(lv) === this.graph.replicaOf(lv - 1);
  }

  #isTrimmed(lv: number): boolean {
    return this.#base?.isTrimmed === true && lv < this.#base.eventCount;
  }

  /** Revokes, or no longer, an event of which nothing is known but what it added to a counter. */
  #countTrimmed(lv: number, isRevoked: boolean): void {
    const add = this.#adds.get(lv);
    if (add === undefined) {
      throw new BeforeHistoryError('update: expected to take back events of the history alone');
    }
    add.counter.count(add.amount, isRevoked ? -1 : 1);
  }

  /** Counts one more or one less event that revokes `first`, and all that follows from it. */
  #count(first: number, firstChange: number): void {
    let lv = first;
    let change = firstChange;
    for (;;) {
      const before = this.#revoked.get(lv);
      const after = before + change;
      this.#revoked.set(lv, after);
      if ((before === 0) === (after === 0)) return;
      const undone = this.#revokedBy(lv);
      if (undone < 0) {
        if (this.#isTrimmed(lv)) {
          this.#countTrimmed(lv, after > 0);
          return;
        }
        const operation = this.#operation(this.log.runAt(lv), lv, 1);
        machineOf(operation).revoke(operation, after > 0);
        return;
      }
      lv = undone;
      change = -change;
    }
  }
}

/** The latest Lamport time of the events before number `eventCount`. */
function timeOf(graph: CausalGraph, eventCount: number): number {
  let time = 0;
  for (let run = 0; run < graph.runCount && graph.runStart(run) < eventCount; run += 1) {
    time = Math.max(time, graph.lamportOf(Math.min(graph.runEnd(run), eventCount) - 1));
  }
  return time;
}

/** Adds a range of events to those of a text, which are before it. */
function noteRange(
  texts: Map<TextContainer, EventRange[]>,
  text: TextContainer,
  range: EventRange,
): void {
  const ranges = texts.get(text);
  const last = ranges?.at(-1);
  if (ranges === undefined) texts.set(text, [range]);
  else if (last?.end === range.start) ranges[ranges.length - 1] = { ...last, end: range.end };
  else ranges.push(range);
}

/** Who carries an operation out: what is moved below a node of a tree concerns the tree. */
function machineOf({ kind, target }: Operation): Container {
  return kind === TREE_MOVE && target.place instanceof TreeNode
    ? (target.parent ?? target)
    : target;
}
