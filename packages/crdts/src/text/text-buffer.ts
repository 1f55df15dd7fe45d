/* eslint-disable @typescript-eslint/no-non-null-assertion --
   A chunk that `#seek` found is there; `?? 0` would cost each unit a test. */

/*
 * The text as it is now, made for editing: gap buffers in a row.
 *
 * A string cannot be edited: each change copies all of it. A gap buffer can: the units lie in an
 * array with a hole where the last edit was, so typing writes into the hole and deleting widens it.
 * Only when the edit moves does the hole move, by copying what lies between.
 *
 *   "hello world" after typing "o":   h e l l o _ _ _ _ _   w o r l d
 *                                               ^ gap    ^
 *
 * In a text of ten million units that copy is milliseconds, so the text is cut into chunks of at
 * most 16,384 units, each with its own gap. An edit walks from the chunk of the last edit; edits
 * are mostly near each other, and a thousand chunks are passed in microseconds.
 *
 * Source: gap buffers are as old as Emacs; Finseth, "The Craft of Text Editing", 1991.
 */
import { InsertedText } from '../log/inserted-text.ts';

/** Units of a full chunk: a gap moves within microseconds, and few chunks make a large text. */
const CHUNK_MAX = 16_384;
const CHUNK_MIN = 64;
/** A gap that is wider leaves a chunk that is small beside the others. */
const GAP_MAX = CHUNK_MAX - CHUNK_MAX / 8;
/** Units turned into a string at once. */
const SLICE = 4096;

/** The gap is from `gapStart` to before `gapEnd`; what is after it moves towards the end. */
export interface Chunk {
  units: Uint16Array;
  gapStart: number;
  gapEnd: number;
}

function lengthOf(chunk: Chunk): number {
  return chunk.units.length - chunk.gapEnd + chunk.gapStart;
}

function newChunk(size: number): Chunk {
  return { units: new Uint16Array(size), gapStart: 0, gapEnd: size };
}

/** Editable text in units of UTF-16. Positions are not checked: callers do that. */
export class TextBuffer {
  /** How many units there are; for others to read. */
  length = 0;
  /** The chunk of the last edit, and how many units are before it; for others to read. */
  chunk: Chunk = newChunk(0);
  base = -1;
  readonly #chunks: Chunk[] = [];
  /** The number of that chunk. */
  #at = -1;

  /** An empty text. */
  constructor() {
    // Written a second time at once: a compiler takes what was written once for a constant, and
    // would have to begin anew when a text becomes longer than a chunk.
    this.clear();
  }

  /** Puts `text` before the unit at `position`. */
  insert(position: number, text: string): void {
    const units = new InsertedText();
    units.append(text);
    this.insertFrom(position, units, 0, text.length);
  }

  /** Puts `count` units of `source`, from `offset` on, before the unit at `position`. */
  insertFrom(position: number, source: InsertedText, offset: number, count: number): void {
    for (let done = 0; done < count;) {
      const chunk = this.open(position + done, count - done);
      const size = Math.min(chunk.gapEnd - chunk.gapStart, count - done);
      const from = offset + done;
      if (size === 1) chunk.units[chunk.gapStart] = source.unitAt(from);
      else chunk.units.set(source.view(from, from + size), chunk.gapStart);
      chunk.gapStart += size;
      this.length += size;
      done += size;
    }
  }

  /** Takes out `count` units from `position` on. */
  delete(position: number, count: number): void {
    if (this.deleteBefore(position, count)) return;
    let rest = count;
    this.length -= count;
    while (rest > 0) {
      const chunk = this.#seek(position, position + 1);
      moveGap(chunk, position - this.base);
      const size = Math.min(rest, chunk.units.length - chunk.gapEnd);
      chunk.gapEnd += size;
      rest -= size;
      if (chunk.gapEnd - chunk.gapStart > GAP_MAX) this.#shrink();
    }
  }

  /**
   * Takes out `count` units from `position` on if they are right before the gap, as with Backspace:
   * it only grows. Else it returns false.
   */
  deleteBefore(position: number, count: number): boolean {
    const chunk = this.chunk;
    const start = position - this.base;
    if (start + count !== chunk.gapStart || start < 0 || chunk.gapEnd - start > GAP_MAX) {
      return false;
    }
    chunk.gapStart = start;
    this.length -= count;
    return true;
  }

  /** The unit at a position below `length`. */
  unitAt(position: number): number {
    const chunk = this.#seek(position, position + 1);
    const offset = position - this.base;
    const gap = chunk.gapEnd - chunk.gapStart;
    return chunk.units[offset < chunk.gapStart ? offset : offset + gap]!;
  }

  /** Whether `position` lies between the two halves of a surrogate pair. */
  isInsidePair(position: number): boolean {
    if (position <= 0 || position >= this.length) return false;
    return (
      (this.unitAt(position) & 0xfc00) === 0xdc00 && (this.unitAt(position - 1) & 0xfc00) === 0xd800
    );
  }

  /** The text from `start` to before `end`. */
  slice(start: number, end: number): string {
    let text = '';
    let base = 0;
    for (const chunk of this.#chunks) {
      const length = lengthOf(chunk);
      const from = Math.max(start - base, 0);
      const to = Math.min(end - base, length);
      const { units, gapStart, gapEnd } = chunk;
      const gap = gapEnd - gapStart;
      text += decode(units, from, Math.min(to, gapStart));
      text += decode(units, Math.max(from, gapStart) + gap, to + gap);
      base += length;
      if (base >= end) break;
    }
    return text;
  }

  /** All of the text. */
  toString(): string {
    return this.slice(0, this.length);
  }

  /** Takes out everything. */
  clear(): void {
    this.#chunks.length = 0;
    this.#chunks.push(newChunk(CHUNK_MIN));
    this.#goTo(0, 0);
    this.length = 0;
  }

  #goTo(at: number, base: number): Chunk {
    const chunk = this.#chunks[at]!;
    this.chunk = chunk;
    this.#at = at;
    this.base = base;
    return chunk;
  }

  #next(): Chunk {
    return this.#goTo(this.#at + 1, this.base + lengthOf(this.chunk));
  }

  /** The chunk that has all from `start` to before `end`, which are the same or one unit apart. */
  #seek(start: number, end: number): Chunk {
    const chunk = this.chunk;
    const isHere = start >= this.base && end <= this.base + lengthOf(chunk);
    return isHere ? chunk : this.#walk(start, end);
  }

  #walk(start: number, end: number): Chunk {
    let chunk = this.chunk;
    while (end > this.base + lengthOf(chunk)) chunk = this.#next();
    while (start < this.base) {
      const before = this.#chunks[this.#at - 1]!;
      chunk = this.#goTo(this.#at - 1, this.base - lengthOf(before));
    }
    return chunk;
  }

  /** Moves the gap to `position` and makes room in it, for `wanted` units if that is easy. */
  open(position: number, wanted: number): Chunk {
    let chunk = this.chunk;
    // Typing goes on where the gap is: then nothing is sought, and nothing moves.
    if (position === this.base + chunk.gapStart && chunk.gapStart < chunk.gapEnd) return chunk;
    chunk = this.#seek(position, position);
    if (chunk.gapStart === chunk.gapEnd) chunk = this.#enlarge(chunk, position, wanted);
    moveGap(chunk, position - this.base);
    return chunk;
  }

  #enlarge(chunk: Chunk, position: number, wanted: number): Chunk {
    const size = chunk.units.length;
    if (size < CHUNK_MAX) {
      const larger = Math.min(Math.max(2 * size, size + wanted), CHUNK_MAX);
      moveGap(chunk, size);
      const units = new Uint16Array(larger);
      units.set(chunk.units);
      chunk.units = units;
      chunk.gapEnd = larger;
      return chunk;
    }
    const next = this.#chunks[this.#at + 1];
    if (position === this.base + size) {
      // Typing at the end of a full chunk, as in a text that grows at its end: leave that one full.
      if (next === undefined || next.gapStart === next.gapEnd) {
        this.#chunks.splice(this.#at + 1, 0, newChunk(CHUNK_MAX));
      }
      return this.#next();
    }
    const half = newChunk(CHUNK_MAX);
    moveGap(chunk, size);
    half.units.set(chunk.units.subarray(CHUNK_MAX / 2));
    half.gapStart = CHUNK_MAX / 2;
    chunk.gapStart = CHUNK_MAX / 2;
    this.#chunks.splice(this.#at + 1, 0, half);
    return this.#seek(position, position);
  }

  /** Puts the units of a chunk that has become small into a neighbour with room for them. */
  #shrink(): void {
    if (this.#chunks.length === 1) return;
    const chunk = this.chunk;
    const length = lengthOf(chunk);
    const step = this.#at > 0 ? -1 : 1;
    const other = this.#chunks[this.#at + step]!;
    if (length > 0 && length + lengthOf(other) > CHUNK_MAX / 2) return;
    const joined = newChunk(CHUNK_MAX);
    for (const part of step < 0 ? [other, chunk] : [chunk, other]) {
      moveGap(part, lengthOf(part));
      joined.units.set(part.units.subarray(0, part.gapStart), joined.gapStart);
      joined.gapStart += part.gapStart;
    }
    const at = step < 0 ? this.#at - 1 : this.#at;
    const base = step < 0 ? this.base - lengthOf(other) : this.base;
    this.#chunks.splice(at, 2, joined);
    this.#goTo(at, base);
  }
}

function moveGap(chunk: Chunk, offset: number): void {
  const { units, gapStart, gapEnd } = chunk;
  if (offset === gapStart) return;
  if (offset < gapStart) {
    units.copyWithin(gapEnd - gapStart + offset, offset, gapStart);
  } else {
    units.copyWithin(gapStart, gapEnd, gapEnd + offset - gapStart);
  }
  chunk.gapStart = offset;
  chunk.gapEnd = gapEnd - gapStart + offset;
}

const fromUnits: (units: ArrayLike<number>) => string = (units) =>
  String(Reflect.apply(String.fromCharCode, null, units));

function decode(units: Uint16Array, start: number, end: number): string {
  let text = '';
  for (let from = start; from < end; from += SLICE) {
    const part = units.subarray(from, Math.min(from + SLICE, end));
    text += fromUnits(part);
  }
  return text;
}
