/*
 * A list whose elements can be inserted, deleted, replaced and moved by everyone at once.
 *
 * Problem: to move an element by deleting and inserting it again makes two of it when two people
 * move it, and loses what a third one changed in it meanwhile.
 *
 * Idea: an element is not its place. It is the event that inserted it; places are the slots of a
 * sequence that never changes its order, see sequence.ts. To move is to make a new slot and to
 * write into the element's register that it stands there now: the last mover wins, and the element
 * is in one place. To replace is to write into its other register. So a move and a replacement do
 * not know of each other, and both are kept. A deletion hides the element wherever it is: it wins
 * against moves and replacements that did not know of it.
 *
 *     slots      s1   s2   s3   s4       s4 was made by moving the element that was born in s1
 *     elements   –    b    c    a
 *
 * Deletions are counted, not flagged: of two people who delete an element, one can undo that, and
 * the element stays deleted. To undo an insertion counts as one more deletion.
 *
 * Source: Kleppmann, "Moving Elements in List CRDTs", PaPoC 2020.
 */
import {
  isListInsertion,
  LIST_DELETE,
  LIST_INSERT,
  LIST_MOVE,
  LIST_NEST,
  LIST_PUT,
} from '../log/operation-kind.ts';
import type { Value } from '../log/value.ts';
import { corrupt } from '../wire/byte-reader.ts';
import { Container, type Content, impossible, LIST, type Operation, plain } from './container.ts';
import { Register } from './register.ts';
import { Sequence, Slot } from './sequence.ts';
import { findSlot, HIDDEN, SHOWN, type StateReader, type StateWriter } from './state-file.ts';

/** Codes of slots in a file: of an element born here that is elsewhere; of one that moved here. */
const LEFT_FROM = 2;
const MOVED_TO = 3;
/** An element that was moved away from here, and may be gone. */
const STALE = 4;
/** In a file: what is behind `SHOWN` elements are the values that they were inserted with. */
const PLAIN = 0;
const TAGGED = 1;

/** What was inserted once, wherever it stands now. */
export class Element {
  /** Where it stood at first. */
  readonly birth: Slot<Element>;
  /** What it held at first. */
  inserted: Content = null;
  /** How many deletions of it count. */
  deletions = 0;
  moves: Register<Slot<Element>> | undefined = undefined;
  puts: Register<Content> | undefined = undefined;

  constructor(lv: number, left: Slot<Element> | undefined, right: Slot<Element> | undefined) {
    this.birth = new Slot(lv, this, left, right);
  }

  /** Where it stands. */
  get slot(): Slot<Element> {
    return this.moves?.winner?.content ?? this.birth;
  }

  /** What it holds. */
  get content(): Content {
    const put = this.puts?.winner;
    return put === undefined ? this.inserted : put.content;
  }
}

/** See the head of the file. */
export class ListState extends Container {
  readonly type: number = LIST;
  #sequence = new Sequence<Element>(this.host.graph);
  /** Every slot, by ascending event. */
  #slots: Slot<Element>[] = [];

  reset(): void {
    this.#sequence = new Sequence(this.host.graph);
    this.#slots = [];
  }

  /** How many elements are shown. */
  get length(): number {
    return this.#sequence.length;
  }

  /** The slot of the element at `index`. */
  at(index: number): Slot<Element> | undefined {
    return this.#sequence.at(index);
  }

  /** Where an element is shown, or -1. */
  indexOf(element: Element): number {
    return element.slot.isShown ? this.#sequence.indexOf(element.slot) : -1;
  }

  /** How many slots are before this one: all of them, and those that are shown. */
  rankOf(slot: Slot<Element>): { readonly rank: number; readonly index: number } {
    return { rank: this.#sequence.rankOf(slot), index: this.#sequence.indexOf(slot) };
  }

  apply(operation: Operation): void {
    const { kind, lv, count, a, b, c } = operation;
    if (isListInsertion(kind)) this.#insert(operation);
    else if (kind === LIST_DELETE) {
      for (let index = 0; index < count; index += 1) this.#count(operation, a + index, 1);
    } else if (kind === LIST_MOVE) {
      const element = this.#element(operation, a);
      const slot = new Slot(lv, element, this.#origin(operation, b), this.#origin(operation, c));
      this.#sequence.add(slot);
      this.#slots.push(slot);
      const moves = (element.moves ??= new Register());
      this.#settle(element, () => moves.add(this.host.graph, lv, slot));
    } else if (kind === LIST_PUT) {
      const element = this.#element(operation, a);
      this.host.touch(this, element.slot);
      const content = this.#content(operation, 0, element);
      (element.puts ??= new Register()).add(this.host.graph, lv, content);
    } else throw impossible(operation.kind, 'another container');
  }

  revoke(operation: Operation, isRevoked: boolean): void {
    const { kind, lv, a } = operation;
    const change = isRevoked ? 1 : -1;
    if (isListInsertion(kind)) this.#count(operation, lv, change);
    else if (kind === LIST_DELETE) this.#count(operation, a, -change);
    else {
      const element = this.#element(operation, a);
      this.host.touch(this, element.slot);
      const { graph } = this.host;
      element.puts?.revoke(graph, lv, isRevoked);
      this.#settle(element, () => element.moves?.revoke(graph, lv, isRevoked));
    }
  }

  /** Inserts values; the event of the first one. */
  insert(index: number, values: readonly Value[]): number {
    return this.#emitAt(index, LIST_INSERT, values);
  }

  /** Inserts `count` containers of a type; the event of the first one. */
  nest(index: number, count: number, type: number): number {
    return this.#emitAt(index, LIST_NEST, new Array<number>(count).fill(type));
  }

  /** Deletes `count` elements from `index` on. */
  delete(index: number, count: number): void {
    const { graph } = this.host;
    const elements = this.#elements(index, count);
    let from = 0;
    for (let at = 1; at <= elements.length; at += 1) {
      const before = elements[at - 1] ?? -1;
      const element = elements[at] ?? -1;
      // A run must be consecutive on every replica: events of one author.
      const goesOn = element === before + 1 && graph.replicaOf(element) === graph.replicaOf(before);
      if (goesOn) continue;
      this.host.emit(this, LIST_DELETE, at - from, elements[from] ?? -1, -1, -1, []);
      from = at;
    }
  }

  /** Replaces what the element at `index` holds. */
  put(index: number, value: Value): void {
    this.host.emit(this, LIST_PUT, 1, this.#elements(index, 1)[0] ?? -1, -1, -1, [value]);
  }

  /** Moves the element at `from`, so that it is at `to` then. */
  move(from: number, to: number): void {
    if (from === to) return;
    const element = this.#elements(from, 1)[0] ?? -1;
    const left = this.#sequence.at(to < from ? to - 1 : to);
    const right = this.#sequence.next(left);
    this.host.emit(this, LIST_MOVE, 1, element, left?.lv ?? -1, right?.lv ?? -1, []);
  }

  isEmpty(): boolean {
    return this.length === 0;
  }

  clear(): void {
    this.delete(0, this.length);
  }

  look(part: unknown): unknown {
    if (!(part instanceof Slot) || !part.isShown) return undefined;
    const element: unknown = part.owner;
    return element instanceof Element ? element.content : undefined;
  }

  /** What the elements hold, in order. */
  contents(): Content[] {
    const contents: Content[] = [];
    for (const slot of this.#sequence) contents.push(slot.owner.content);
    return contents;
  }

  toJSON(): unknown {
    return this.contents().map(plain);
  }

  /** The events that inserted the elements from `index` on. */
  #elements(index: number, count: number): number[] {
    const events: number[] = [];
    for (let at = index; at < index + count; at += 1) {
      const slot = this.#sequence.at(at);
      if (slot !== undefined) events.push(slot.owner.birth.lv);
    }
    return events;
  }

  write(into: StateWriter): void {
    const { bytes } = into;
    const elements = [...this.#sequence].map((slot) => slot.owner);
    into.slots(this.#sequence, codeOf);
    for (const { moves, birth } of elements) if (moves?.winner !== undefined) into.event(birth.lv);
    const isPlain = elements.every(
      ({ puts, inserted }) => puts?.winner === undefined && !(inserted instanceof Container),
    );
    bytes.u8(isPlain ? PLAIN : TAGGED);
    for (const { puts, content } of elements) {
      const type = content instanceof Container ? content.type : 0;
      if (!isPlain) {
        bytes.u8(type);
        into.event(puts?.winner?.lv ?? -1);
      }
      if (content instanceof Container) content.write(into);
      else into.value(content);
    }
  }

  read(from: StateReader): void {
    const codes = new Map<Slot<Element>, number>();
    const gone = new Element(-2, undefined, undefined);
    this.#slots = from.slots(this.#sequence, (lv, code) => {
      if (code === STALE || code === MOVED_TO) {
        const slot = new Slot(lv, gone, undefined, undefined);
        if (code === MOVED_TO) codes.set(slot, code);
        slot.isShown = code === MOVED_TO;
        return slot;
      }
      const { birth } = new Element(lv, undefined, undefined);
      birth.isShown = code === SHOWN;
      if (code === HIDDEN) birth.owner.deletions = 1;
      else if (code === LEFT_FROM) codes.set(birth, code);
      else if (code !== SHOWN) throw corrupt('a place', code);
      return birth;
    });
    this.#readMoves(from, codes);
    const isPlain = from.bytes.u8() === PLAIN;
    for (const { owner } of this.#sequence) {
      const type = isPlain ? 0 : from.bytes.u8();
      const put = isPlain ? -1 : from.event();
      if (type > 0) {
        const container = this.host.create(type, this, owner, owner.birth.lv);
        owner.inserted = container;
        container.read(from);
        continue;
      }
      const value = from.value();
      if (put < 0) owner.inserted = value;
      else (owner.puts = new Register()).add(this.host.graph, put, value);
    }
  }

  /** Reads which elements were moved to where, by the codes of slots that have to do with it. */
  #readMoves(from: StateReader, codes: Map<Slot<Element>, number>): void {
    for (const slot of this.#sequence) {
      if (codes.get(slot) !== MOVED_TO) continue;
      const birth = findSlot(this.#slots, from.event());
      if (birth === undefined || codes.get(birth) !== LEFT_FROM) throw corrupt('an element', -1);
      codes.delete(birth);
      slot.owner = birth.owner;
      birth.owner.moves = new Register();
      birth.owner.moves.add(this.host.graph, slot.lv, slot);
      codes.delete(slot);
    }
    if (codes.size > 0) throw corrupt('a place for each element', 'none');
  }

  #insert(operation: Operation): void {
    const { kind, lv, count, a, b, value } = operation;
    const { values } = this.host.log;
    const isValues = kind === LIST_INSERT;
    const right = this.#origin(operation, b);
    let left = this.#origin(operation, a);
    const fresh: Slot<Element>[] = [];
    for (let index = 0; index < count; index += 1) {
      const element = new Element(lv + index, left, right);
      const inserted = isValues ? values[value + index] : undefined;
      element.inserted = inserted ?? this.#content(operation, index, element);
      const slot = element.birth;
      this.host.touch(this, slot);
      slot.isShown = true;
      this.#slots.push(slot);
      // What comes behind the first of a run has nothing beside it: nobody knew that one before.
      if (index === 0) this.#sequence.add(slot);
      else fresh.push(slot);
      left = slot;
    }
    if (fresh.length > 0) this.#sequence.addAll(fresh);
  }

  /** Counts one more or one less deletion of an element. */
  #count(operation: Operation, lv: number, change: number): void {
    const element = this.#element(operation, lv);
    this.host.touch(this, element.slot);
    element.deletions += change;
    this.#sequence.show(element.slot, element.deletions === 0);
  }

  /** Shows an element where it stands after `change`, and not where it stood. */
  #settle(element: Element, change: () => void): void {
    const before = element.slot;
    change();
    const after = element.slot;
    if (after === before) return;
    this.host.touch(this, before);
    this.host.touch(this, after);
    this.#sequence.show(before, false);
    this.#sequence.show(after, element.deletions === 0);
  }

  /** The value or the new container that an event of a run brings. */
  #content({ kind, lv, value }: Operation, index: number, element: Element): Content {
    const content = this.host.log.values[value + index];
    if (content === undefined) throw impossible(kind, 'a value');
    if (kind !== LIST_NEST) return content;
    const type = typeof content === 'number' ? content : 0;
    return this.host.create(type, this, element, lv + index);
  }

  #emitAt(index: number, kind: number, values: readonly Value[]): number {
    const left = this.#sequence.at(index - 1);
    const right = this.#sequence.next(left);
    const { host } = this;
    return host.emit(this, kind, values.length, left?.lv ?? -1, right?.lv ?? -1, -1, values);
  }

  /** The slot that an origin names: -1 is the end of the list. */
  #origin(operation: Operation, lv: number): Slot<Element> | undefined {
    return lv < 0 ? undefined : this.#find(operation, lv);
  }

  #element(operation: Operation, lv: number): Element {
    const { owner, lv: found } = this.#find(operation, lv);
    if (owner.birth.lv !== found) throw impossible(operation.kind, 'an element');
    return owner;
  }

  #find(operation: Operation, lv: number): Slot<Element> {
    const slot = findSlot(this.#slots, lv);
    if (slot === undefined) throw impossible(operation.kind, 'a place in this list');
    return slot;
  }
}

/** What stands in a slot, for a file. */
function codeOf(slot: Slot<Element>): number {
  const { birth, deletions, slot: place } = slot.owner;
  if (slot.isShown) return slot === birth ? SHOWN : MOVED_TO;
  if (slot !== birth) return STALE;
  return deletions === 0 && place !== birth ? LEFT_FROM : HIDDEN;
}
