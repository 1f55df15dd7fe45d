/* eslint-disable @typescript-eslint/no-non-null-assertion --
   A chunk that `#seek` found is there; `?? 0` would cost each edit a test. */

/*
 * Which characters a text consists of: the offsets of its characters in the inserted text, in their
 * order. It is edited as the text was, to find out which character ended up where, for the price of
 * the editing and without ids. What was typed in one go mostly stays together, so that a span says
 * where it starts and how long it is. Spans stand in gap buffers in a row, as units in
 * text-buffer.ts; going through spans one by one is what code does well that runs once.
 */

import { CorruptBytesError } from '../errors.ts';

/** Spans of a full chunk. */
const CHUNK_SIZE = 256;

/** Spans as pairs of offset and count; the gap is from span `gapStart` to before `gapEnd`. */
interface Chunk {
  readonly spans: Int32Array;
  gapStart: number;
  gapEnd: number;
  /** Characters in front of the gap, and in all. */
  before: number;
  length: number;
}

function newChunk(): Chunk {
  const spans = new Int32Array(2 * CHUNK_SIZE);
  return { spans, gapStart: 0, gapEnd: CHUNK_SIZE, before: 0, length: 0 };
}

/** Offsets in the order of the text. */
export class OffsetBuffer {
  readonly #chunks: Chunk[] = [newChunk()];
  /** The chunk of the last edit, and how many offsets are before it. */
  #at = 0;
  #base = 0;
  /** How many offsets there are; for others to read. */
  length = 0;

  /**
   * Puts the offsets from `offset` on before the one at `position`.
   *
   * @throws CorruptBytesError if it lies outside.
   */
  insert(position: number, offset: number, count: number): void {
    this.#check(position, this.length);
    const chunk = this.#open(position);
    const { spans } = chunk;
    const last = 2 * chunk.gapStart - 2;
    if (last >= 0 && offset === spans[last]! + spans[last + 1]!) {
      spans[last + 1]! += count;
    } else if (count > 0) {
      spans[last + 2] = offset;
      spans[last + 3] = count;
      chunk.gapStart += 1;
    }
    chunk.before += count;
    chunk.length += count;
    this.length += count;
  }

  /**
   * Takes out `count` offsets from `position` on.
   *
   * @throws CorruptBytesError if some of them lie outside.
   */
  delete(position: number, count: number): void {
    this.#check(position, this.length - count);
    this.length -= count;
    for (let left = count; left > 0;) {
      const chunk = this.#open(position);
      const { spans } = chunk;
      const before = chunk.length - left;
      for (let at = 2 * chunk.gapEnd; left > 0 && at < 2 * CHUNK_SIZE; at += 2) {
        const size = Math.min(left, spans[at + 1]!);
        spans[at]! += size;
        spans[at + 1]! -= size;
        if (spans[at + 1] === 0) chunk.gapEnd += 1;
        left -= size;
      }
      chunk.length = before + left;
      if (left > 0) this.#next();
    }
  }

  /** Calls `visit` with each span of offsets that follow each other, in order. */
  forEach(visit: (offset: number, count: number) => void): void {
    for (const { spans, gapStart, gapEnd } of this.#chunks) {
      for (let at = 0; at < 2 * CHUNK_SIZE; at += 2) {
        if (at === 2 * gapStart) at = 2 * gapEnd;
        if (at < 2 * CHUNK_SIZE) visit(spans[at]!, spans[at + 1]!);
      }
    }
  }

  #check(position: number, last: number): void {
    if (position >= 0 && position <= last) return;
    throw new CorruptBytesError(`position: expected one within the text, got ${position}`);
  }

  /** The chunk in which `position` lies, perhaps at its end, with its gap there and room in it. */
  #open(position: number): Chunk {
    let chunk = this.#chunks[this.#at]!;
    while (position > this.#base + chunk.length) chunk = this.#next();
    while (position < this.#base) {
      this.#at -= 1;
      chunk = this.#chunks[this.#at]!;
      this.#base -= chunk.length;
    }
    // Room for a span, and for the second half of one that it is put into.
    if (chunk.gapEnd - chunk.gapStart < 2) {
      this.#split(chunk);
      return this.#open(position);
    }
    moveGap(chunk, position - this.#base);
    return chunk;
  }

  #next(): Chunk {
    this.#base += this.#chunks[this.#at]!.length;
    this.#at += 1;
    return this.#chunks[this.#at]!;
  }

  /** Moves the later half of the spans to a chunk of their own. */
  #split(chunk: Chunk): void {
    const { spans } = chunk;
    const kept = CHUNK_SIZE / 2;
    while (chunk.gapStart > kept) goBack(chunk);
    while (chunk.gapStart < kept) goOn(chunk);
    const next = newChunk();
    next.spans.set(spans.subarray(2 * chunk.gapEnd));
    next.gapStart = CHUNK_SIZE - chunk.gapEnd;
    next.length = chunk.length - chunk.before;
    next.before = next.length;
    chunk.gapEnd = CHUNK_SIZE;
    chunk.length = chunk.before;
    this.#chunks.splice(this.#at + 1, 0, next);
  }
}

/** Moves the span in front of the gap behind it. */
function goBack(chunk: Chunk): void {
  const { spans } = chunk;
  chunk.gapStart -= 1;
  chunk.gapEnd -= 1;
  const count = spans[2 * chunk.gapStart + 1]!;
  spans[2 * chunk.gapEnd] = spans[2 * chunk.gapStart]!;
  spans[2 * chunk.gapEnd + 1] = count;
  chunk.before -= count;
}

/** Moves the span behind the gap in front of it. */
function goOn(chunk: Chunk): void {
  const { spans } = chunk;
  const count = spans[2 * chunk.gapEnd + 1]!;
  spans[2 * chunk.gapStart] = spans[2 * chunk.gapEnd]!;
  spans[2 * chunk.gapStart + 1] = count;
  chunk.gapStart += 1;
  chunk.gapEnd += 1;
  chunk.before += count;
}

/** Moves the gap to a place in the chunk; a span there is cut in two, for which there is room. */
function moveGap(chunk: Chunk, position: number): void {
  while (position < chunk.before) goBack(chunk);
  while (position > chunk.before) goOn(chunk);
  const { spans } = chunk;
  // Whole spans go; the last one may have gone too far.
  const over = chunk.before - position;
  if (over <= 0) return;
  const last = 2 * chunk.gapStart - 2;
  spans[last + 1]! -= over;
  chunk.gapEnd -= 1;
  spans[2 * chunk.gapEnd] = spans[last]! + spans[last + 1]!;
  spans[2 * chunk.gapEnd + 1] = over;
  chunk.before = position;
}
