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
import type { InsertedText } from '../log/inserted-text.ts';

/** Units of a full chunk: a gap moves within microseconds, and few chunks make a large text. */
const CHUNK_MAX = 16_384;
const CHUNK_MIN = 64;
/** Units turned into a string at once. */
const SLICE = 4096;

/** The gap is from `gapStart` to before `gapEnd`; what is after it moves towards the end. */
interface Chunk {
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
  readonly #chunks: Chunk[] = [newChunk(CHUNK_MIN)];
  /** The chunk of the last edit, and how many units are before it. */
  #at = 0;
  #base = 0;
  #length = 0;

  /** How many units there are. */
  get length(): number {
    return this.#length;
  }

  /** Puts `text` before the unit at `position`. */
  insert(position: number, text: string): void {
    let done = 0;
    while (done < text.length) {
      const chunk = this.#open(position + done, text.length - done);
      const units = chunk.units;
      const end = Math.min(chunk.gapEnd, chunk.gapStart + text.length - done);
      this.#length += end - chunk.gapStart;
      let at = chunk.gapStart;
      while (at < end) {
        units[at] = text.charCodeAt(done);
        at += 1;
        done += 1;
      }
      chunk.gapStart = end;
    }
  }

  /** Puts `count` units of `source`, from `offset` on, before the unit at `position`. */
  insertFrom(position: number, source: InsertedText, offset: number, count: number): void {
    let done = 0;
    while (done < count) {
      const chunk = this.#open(position + done, count - done);
      const size = Math.min(chunk.gapEnd - chunk.gapStart, count - done);
      if (size === 1) {
        chunk.units[chunk.gapStart] = source.unitAt(offset + done);
      } else {
        const from = offset + done;
        chunk.units.set(source.view(from, from + size), chunk.gapStart);
      }
      chunk.gapStart += size;
      this.#length += size;
      done += size;
    }
  }

  /** Takes out `count` units from `position` on. */
  delete(position: number, count: number): void {
    let rest = count;
    this.#length -= count;
    while (rest > 0) {
      let chunk = this.#seek(position);
      if (position - this.#base === lengthOf(chunk)) {
        this.#base += lengthOf(chunk);
        this.#at += 1;
        chunk = this.#chunks[this.#at]!;
      }
      moveGap(chunk, position - this.#base);
      const size = Math.min(rest, chunk.units.length - chunk.gapEnd);
      chunk.gapEnd += size;
      rest -= size;
      if (this.#chunks.length > 1 && lengthOf(chunk) < CHUNK_MAX / 8) this.#join();
    }
  }

  /** The unit at a position below `length`. */
  unitAt(position: number): number {
    let chunk = this.#seek(position);
    let offset = position - this.#base;
    if (offset === lengthOf(chunk)) {
      chunk = this.#chunks[this.#at + 1]!;
      offset = 0;
    }
    const gap = chunk.gapEnd - chunk.gapStart;
    return chunk.units[offset < chunk.gapStart ? offset : offset + gap]!;
  }

  /** Whether `position` lies between the two halves of a surrogate pair. */
  isInsidePair(position: number): boolean {
    if (position <= 0 || position >= this.#length) return false;
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
    return this.slice(0, this.#length);
  }

  /** Takes out everything. */
  clear(): void {
    this.#chunks.length = 0;
    this.#chunks.push(newChunk(CHUNK_MIN));
    this.#at = 0;
    this.#base = 0;
    this.#length = 0;
  }

  /** The chunk in which `position` lies, perhaps at its end. */
  #seek(position: number): Chunk {
    let chunk = this.#chunks[this.#at]!;
    while (position > this.#base + lengthOf(chunk)) {
      this.#base += lengthOf(chunk);
      this.#at += 1;
      chunk = this.#chunks[this.#at]!;
    }
    while (position < this.#base) {
      this.#at -= 1;
      chunk = this.#chunks[this.#at]!;
      this.#base -= lengthOf(chunk);
    }
    return chunk;
  }

  /** A chunk with its gap at `position` and room in it. */
  #open(position: number, wanted: number): Chunk {
    let chunk = this.#seek(position);
    if (chunk.gapStart === chunk.gapEnd) chunk = this.#enlarge(chunk, position, wanted);
    moveGap(chunk, position - this.#base);
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
    if (position === this.#base + size) {
      // Typing at the end of a full chunk, as in a text that grows at its end: leave that one full.
      if (next === undefined || next.gapStart === next.gapEnd) {
        this.#chunks.splice(this.#at + 1, 0, newChunk(CHUNK_MAX));
      }
      this.#base += size;
      this.#at += 1;
      return this.#chunks[this.#at]!;
    }
    const half = newChunk(CHUNK_MAX);
    moveGap(chunk, size);
    half.units.set(chunk.units.subarray(CHUNK_MAX / 2));
    half.gapStart = CHUNK_MAX / 2;
    chunk.gapStart = CHUNK_MAX / 2;
    this.#chunks.splice(this.#at + 1, 0, half);
    return this.#seek(position);
  }

  /** Puts the units of a chunk that has become small into a neighbour with room for them. */
  #join(): void {
    const chunk = this.#chunks[this.#at]!;
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
    if (step < 0) {
      this.#at -= 1;
      this.#base -= lengthOf(other);
    }
    this.#chunks.splice(this.#at, 2, joined);
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
