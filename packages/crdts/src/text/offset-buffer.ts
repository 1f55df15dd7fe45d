/* eslint-disable @typescript-eslint/no-non-null-assertion --
   A chunk that `#seek` found is there; `?? 0` would cost each edit a test. */

/*
 * Which characters a text consists of: for each place the offset of its character in the inserted
 * text. It is edited as the text was, to find out which character ended up where, for the price of
 * the editing and without ids: gap buffers in a row, as in text-buffer.ts.
 */

import { CorruptBytesError } from '../errors.ts';

/** Offsets of a full chunk. */
const CHUNK_SIZE = 8_192;

/** The gap is from `gapStart` to before `gapEnd`; what is after it lies at the end. */
interface Chunk {
  readonly offsets: Int32Array;
  gapStart: number;
  gapEnd: number;
}

function newChunk(): Chunk {
  return { offsets: new Int32Array(CHUNK_SIZE), gapStart: 0, gapEnd: CHUNK_SIZE };
}

function lengthOf(chunk: Chunk): number {
  return CHUNK_SIZE - chunk.gapEnd + chunk.gapStart;
}

/** Offsets in the order of the text. */
export class OffsetBuffer {
  readonly #chunks: Chunk[] = [newChunk()];
  /** The chunk of the last edit, and how many offsets are before it. */
  #at = 0;
  #base = 0;
  #length = 0;

  /** How many offsets there are. */
  get length(): number {
    return this.#length;
  }

  /**
   * Puts the offsets from `offset` on before the one at `position`.
   *
   * @throws CorruptBytesError if it lies outside.
   */
  insert(position: number, offset: number, count: number): void {
    this.#check(position, this.#length);
    for (let done = 0; done < count;) {
      const chunk = this.#open(position + done);
      const end = Math.min(chunk.gapEnd, chunk.gapStart + count - done);
      const { offsets } = chunk;
      let at = chunk.gapStart;
      this.#length += end - at;
      for (; at < end; at += 1) {
        offsets[at] = offset + done;
        done += 1;
      }
      chunk.gapStart = end;
    }
  }

  /**
   * Takes out `count` offsets from `position` on.
   *
   * @throws CorruptBytesError if some of them lie outside.
   */
  delete(position: number, count: number): void {
    this.#check(position, this.#length - count);
    this.#length -= count;
    for (let left = count; left > 0;) {
      let chunk = this.#seek(position);
      if (position - this.#base === lengthOf(chunk)) {
        this.#base += lengthOf(chunk);
        this.#at += 1;
        chunk = this.#chunks[this.#at]!;
      }
      moveGap(chunk, position - this.#base);
      const size = Math.min(left, CHUNK_SIZE - chunk.gapEnd);
      chunk.gapEnd += size;
      left -= size;
      if (lengthOf(chunk) === 0 && this.#chunks.length > 1) this.#drop();
    }
  }

  /** All offsets, in order. */
  all(): Int32Array {
    const all = new Int32Array(this.#length);
    let length = 0;
    for (const { offsets, gapStart, gapEnd } of this.#chunks) {
      all.set(offsets.subarray(0, gapStart), length);
      all.set(offsets.subarray(gapEnd), length + gapStart);
      length += CHUNK_SIZE - gapEnd + gapStart;
    }
    return all;
  }

  #check(position: number, last: number): void {
    if (position >= 0 && position <= last) return;
    throw new CorruptBytesError(`position: expected one within the text, got ${position}`);
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
  #open(position: number): Chunk {
    let chunk = this.#seek(position);
    if (chunk.gapStart === chunk.gapEnd) {
      const next = newChunk();
      // At the end of a full chunk, as in a text that grows at its end: leave that one full.
      const kept = position - this.#base === CHUNK_SIZE ? CHUNK_SIZE : CHUNK_SIZE / 2;
      moveGap(chunk, CHUNK_SIZE);
      next.offsets.set(chunk.offsets.subarray(kept));
      next.gapStart = CHUNK_SIZE - kept;
      chunk.gapStart = kept;
      this.#chunks.splice(this.#at + 1, 0, next);
      if (position > this.#base + kept || kept === CHUNK_SIZE) {
        this.#base += kept;
        this.#at += 1;
        chunk = next;
      }
    }
    moveGap(chunk, position - this.#base);
    return chunk;
  }

  /** Takes out the chunk at hand, which is empty. */
  #drop(): void {
    this.#chunks.splice(this.#at, 1);
    if (this.#at < this.#chunks.length) return;
    this.#at -= 1;
    this.#base -= lengthOf(this.#chunks[this.#at]!);
  }
}

function moveGap(chunk: Chunk, offset: number): void {
  const { offsets, gapStart, gapEnd } = chunk;
  if (offset === gapStart) return;
  if (offset < gapStart) {
    offsets.copyWithin(gapEnd - gapStart + offset, offset, gapStart);
  } else {
    offsets.copyWithin(gapStart, gapEnd, gapEnd + offset - gapStart);
  }
  chunk.gapStart = offset;
  chunk.gapEnd = gapEnd - gapStart + offset;
}
