/*
 * Where every entry lies, in memory.
 *
 * One object per entry would cost some hundred bytes and a pause of the garbage collector; a log of
 * a few million entries needs its terms and positions in typed arrays. They come in chunks, so that
 * appending never copies and compaction gives memory back. The entries of a chunk nearly always
 * share one term: it is kept once until a second appears. That makes 4 bytes an entry, and every
 * question O(1).
 */
/** Instead of a position: the entry was lost. */
export const NOWHERE = 0xffff_ffff;

/** Entries of a chunk, unless told otherwise. */
const CHUNK_ENTRIES = 4_096;

interface Chunk {
  readonly units: Uint32Array;
  /** The term of all entries of the chunk, as long as `terms` is undefined. */
  term: number;
  terms: Float64Array | undefined;
}

/** Term and position of each entry from `firstIndex` to `lastIndex`. */
export class LogIndex {
  /** Undefined where every entry of the chunk was lost. */
  readonly #chunks: (Chunk | undefined)[] = [];
  /** The index of the first slot of the first chunk. */
  #origin: number;
  #firstIndex: number;
  #lastIndex: number;
  readonly #chunkEntries: number;

  /** @param chunkEntries - Memory is taken for so many at a time: fewer for one log of many. */
  constructor(firstIndex: number, chunkEntries: number = CHUNK_ENTRIES) {
    this.#chunkEntries = chunkEntries;
    this.#origin = firstIndex;
    this.#firstIndex = firstIndex;
    this.#lastIndex = firstIndex - 1;
  }

  get firstIndex(): number {
    return this.#firstIndex;
  }

  get lastIndex(): number {
    return this.#lastIndex;
  }

  /** An empty one that begins at `firstIndex`, and takes memory like this one. */
  emptyFrom(firstIndex: number): LogIndex {
    return new LogIndex(firstIndex, this.#chunkEntries);
  }

  /** Adds the entry after the last. `term` is NaN if it is not known. */
  append(term: number, unit: number): void {
    const slot = this.#lastIndex + 1 - this.#origin;
    const at = slot % this.#chunkEntries;
    const chunk = this.#chunkForWriting(
      Math.floor(slot / this.#chunkEntries),
      at === 0 ? term : NaN,
    );
    chunk.units[at] = unit;
    setTerm(chunk, at, term);
    this.#lastIndex += 1;
  }

  /** Adds `count` entries of which nothing is known. Costs no memory per entry if they are many. */
  appendLost(count: number): void {
    let left = count;
    while (left > 0) {
      const at = (this.#lastIndex + 1 - this.#origin) % this.#chunkEntries;
      if (at !== 0 || left < this.#chunkEntries) {
        this.append(NaN, NOWHERE);
        left -= 1;
        continue;
      }
      this.#chunks.push(undefined);
      this.#lastIndex += this.#chunkEntries;
      left -= this.#chunkEntries;
    }
  }

  /** The term of an entry; undefined outside the index and where it is not known. */
  termAt(logIndex: number): number | undefined {
    if (!this.#has(logIndex)) return undefined;
    const slot = logIndex - this.#origin;
    const chunk = this.#chunks[Math.floor(slot / this.#chunkEntries)];
    if (chunk === undefined) return undefined;
    const term = chunk.terms === undefined ? chunk.term : chunk.terms[slot % this.#chunkEntries];
    return Number.isNaN(term) ? undefined : term;
  }

  /** The position of an entry, in units of 8 bytes, or `NOWHERE`. */
  unitAt(logIndex: number): number {
    if (!this.#has(logIndex)) return NOWHERE;
    const slot = logIndex - this.#origin;
    return (
      this.#chunks[Math.floor(slot / this.#chunkEntries)]?.units[slot % this.#chunkEntries] ??
      NOWHERE
    );
  }

  /** Removes the entries from `fromIndex` on. */
  cut(fromIndex: number): void {
    if (fromIndex > this.#lastIndex) return;
    const from = Math.max(fromIndex, this.#firstIndex);
    this.#lastIndex = from - 1;
    this.#chunks.length = Math.ceil((from - this.#origin) / this.#chunkEntries);
  }

  /** Forgets the entries up to and including `logIndex`. */
  dropThrough(logIndex: number): void {
    if (logIndex < this.#firstIndex) return;
    if (logIndex >= this.#lastIndex) {
      this.#chunks.length = 0;
      this.#origin = logIndex + 1;
      this.#lastIndex = logIndex;
    }
    this.#firstIndex = logIndex + 1;
    const dead = Math.floor((this.#firstIndex - this.#origin) / this.#chunkEntries);
    this.#chunks.splice(0, dead);
    this.#origin += dead * this.#chunkEntries;
  }

  #has(logIndex: number): boolean {
    return logIndex >= this.#firstIndex && logIndex <= this.#lastIndex;
  }

  #chunkForWriting(position: number, term: number): Chunk {
    let chunk = this.#chunks[position];
    if (chunk === undefined) {
      const units = new Uint32Array(this.#chunkEntries).fill(NOWHERE);
      chunk = { units, term, terms: undefined };
      this.#chunks[position] = chunk;
    }
    return chunk;
  }
}

function setTerm(chunk: Chunk, at: number, term: number): void {
  if (chunk.terms === undefined) {
    if (at === 0) chunk.term = term;
    // NaN, an unknown term, must equal itself here.
    if (Object.is(chunk.term, term)) return;
    chunk.terms = new Float64Array(chunk.units.length).fill(chunk.term);
  }
  chunk.terms[at] = term;
}
