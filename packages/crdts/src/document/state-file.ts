/*
 * What a document shows, as bytes: to begin there instead of with the first event.
 *
 * Problem: to open a document by replaying its past takes as long as the past is. And a document
 * that forgets its past must still understand what others do next, who name what they edit by
 * events that are forgotten.
 *
 * Idea: take a version that whatever comes later knows as a whole. Of all that was concurrent
 * before, only the outcome matters then: the last write of each key, the elements that are there,
 * the place of each node. What has to stay besides is what later events can name: containers by
 * the events that named them, and the slots of sequences, deleted ones too, since a newcomer names
 * its neighbours. What was overwritten or deleted goes.
 *
 * A deletion or an overwriting that is taken back later would bring back what is gone. So such a
 * state is good for a past that is at hand as well, from which everything is worked out again when
 * it is asked for, or for one that nobody takes back. What was added to a counter is kept, because
 * to reset a counter is to take back what was added to it.
 *
 * Slots are written in rows: of those that were inserted in a row, only the first says where.
 */
import type { Value } from '../log/value.ts';
import { ByteReader, corrupt } from '../wire/byte-reader.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import { readValue, writeValue } from '../wire/value-codec.ts';
import type { Container } from './container.ts';
import type { Sequence, Slot } from './sequence.ts';

/** Slots of a row that brings no content: what a reader makes of few bytes is bounded. */
const BARE_ROW_MAX = 16;

/** Codes of slots that are the same in all sequences; others are up to 7. */
export const SHOWN = 0;
/** A slot in which nothing stands. */
export const HIDDEN = 1;

/** Where left origins are, besides 2 + the event. */
const AT_START = 0;
const BESIDE = 1;

/** Writes containers. */
export class StateWriter {
  readonly bytes: ByteWriter = new ByteWriter();
  readonly #names: ReadonlyMap<Container, readonly number[]>;
  /** Of a text, the marks to keep; undefined if the past stays at hand. */
  readonly #marksOf: ((lv: number) => readonly Value[]) | undefined;

  constructor(
    names: ReadonlyMap<Container, readonly number[]>,
    marksOf: ((lv: number) => readonly Value[]) | undefined,
  ) {
    this.#names = names;
    this.#marksOf = marksOf;
  }

  /** The marks to keep of a text. */
  marksOf(lv: number): readonly Value[] {
    return this.#marksOf?.(lv) ?? [];
  }

  value(value: Value): void {
    writeValue(this.bytes, value);
  }

  /** An event, or -1. */
  event(lv: number): void {
    this.bytes.varint(lv + 1);
  }

  /** Whether any event named `container`. */
  isNamed(container: Container): boolean {
    return this.#names.has(container);
  }

  /** A container with the events that named it. */
  container(container: Container): void {
    const names = this.#names.get(container) ?? [];
    this.bytes.varint(names.length);
    for (const lv of names) this.event(lv);
    container.write(this);
  }

  /**
   * All slots of a sequence.
   *
   * @param codeOf - What stands in a slot: in a row, all have the same.
   */
  slots<Owner>(sequence: Sequence<Owner>, codeOf: (slot: Slot<Owner>) => number): void {
    const rows: { readonly first: Slot<Owner>; readonly code: number; count: number }[] = [];
    let previous: Slot<Owner> | undefined;
    for (const slot of sequence.all()) {
      const row = rows.at(-1);
      const code = codeOf(slot);
      const goesOn =
        row?.code === code &&
        slot.left === previous &&
        slot.lv === row.first.lv + row.count &&
        slot.rightParent === undefined &&
        (code === SHOWN || row.count < BARE_ROW_MAX);
      if (row !== undefined && goesOn) row.count += 1;
      else rows.push({ first: slot, code, count: 1 });
      previous = slot;
    }
    this.bytes.varint(rows.length);
    let expected = 0;
    let last = -1;
    for (const { first, code, count } of rows) {
      const { lv, left, rightParent } = first;
      this.bytes.varint(16 * (count - 1) + 2 * code + (rightParent === undefined ? 0 : 1));
      this.bytes.signed(lv - expected);
      if (left === undefined) this.bytes.varint(AT_START);
      else this.bytes.varint(left.lv === last ? BESIDE : left.lv + 2);
      if (rightParent !== undefined) this.bytes.varint(rightParent.lv);
      expected = lv + count;
      last = expected - 1;
    }
  }
}

/** A state to begin with. */
export interface Base {
  readonly bytes: Uint8Array;
  /** How many events made it. */
  readonly eventCount: number;
  /** Whether what they did is forgotten. */
  readonly isTrimmed: boolean;
}

/** Makes the owner of a slot, for whom `code` stands. */
export type MakeSlot<Owner> = (lv: number, code: number) => Slot<Owner>;

/** Reads what `StateWriter` wrote. */
export class StateReader {
  readonly bytes: ByteReader;
  /** How many events there are, all of them before the state. */
  readonly eventCount: number;
  /** Whether the past is gone. */
  readonly isTrimmed: boolean;

  constructor({ bytes, eventCount, isTrimmed }: Base) {
    this.bytes = new ByteReader(bytes);
    this.eventCount = eventCount;
    this.isTrimmed = isTrimmed;
  }

  value(): Value {
    return readValue(this.bytes);
  }

  /** An event, or -1. */
  event(): number {
    return this.bytes.varint(this.eventCount) - 1;
  }

  container(container: Container): void {
    let before = -1;
    for (let count = this.bytes.count(); count > 0; count -= 1) {
      const lv = this.event();
      if (lv <= before) throw corrupt('events in order', lv);
      container.host.name(lv, container);
      before = lv;
    }
    if (before < 0) throw corrupt('a named container', 'none');
    container.read(this);
  }

  /** All slots of a sequence, which is empty; they are returned by ascending event. */
  slots<Owner>(sequence: Sequence<Owner>, make: MakeSlot<Owner>): Slot<Owner>[] {
    const origins: { readonly slot: Slot<Owner>; readonly left: number; readonly right: number }[] =
      [];
    const slots: Slot<Owner>[] = [];
    let shownCount = 0;
    let previous: Slot<Owner> | undefined;
    for (let rowCount = this.bytes.count(), lv = 0; rowCount > 0; rowCount -= 1) {
      const head = this.bytes.varint();
      const code = (head >> 1) & 7;
      const count = Math.floor(head / 16) + 1;
      if (code !== SHOWN && count > BARE_ROW_MAX) throw corrupt('a short row', count);
      if (code === SHOWN) shownCount += count;
      // Each element that is shown brings a value, of one byte at least.
      if (shownCount > this.bytes.remaining) throw corrupt('fewer elements', shownCount);
      lv += this.bytes.signed();
      if (lv < 0 || lv + count > this.eventCount) throw corrupt('an event', lv);
      const left = this.bytes.varint(this.eventCount + 1);
      const right = head % 2 === 1 ? this.bytes.varint(this.eventCount) : -1;
      for (let index = 0; index < count; index += 1, lv += 1) {
        const slot = make(lv, code);
        if (index > 0 || left === BESIDE) slot.left = previous;
        else if (left > BESIDE) origins.push({ slot, left: left - 2, right: -1 });
        if (index === 0 && right >= 0) origins.push({ slot, left: -1, right });
        sequence.push(slot);
        slots.push(slot);
        previous = slot;
      }
    }
    slots.sort((one, other) => one.lv - other.lv);
    if (slots.some((slot, at) => at > 0 && slot.lv === slots[at - 1]?.lv)) {
      throw corrupt('each slot once', 'one twice');
    }
    for (const { slot, left, right } of origins) {
      if (left >= 0) slot.left = slotOf(slots, left);
      else slot.rightParent = slotOf(slots, right);
    }
    for (const slot of sequence.all()) sequence.adopt(slot);
    return slots;
  }
}

/** The slot that an event made. */
export function slotOf<Owner>(slots: readonly Slot<Owner>[], lv: number): Slot<Owner> {
  const slot = findSlot(slots, lv);
  if (slot === undefined) throw corrupt('an event that made a place', lv);
  return slot;
}

/** The slot that an event made, if it made one, of slots by ascending event. */
export function findSlot<Owner>(
  slots: readonly Slot<Owner>[],
  lv: number,
): Slot<Owner> | undefined {
  let low = 0;
  let high = slots.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((slots[middle]?.lv ?? 0) <= lv) low = middle;
    else high = middle - 1;
  }
  return slots[low]?.lv === lv ? slots[low] : undefined;
}
