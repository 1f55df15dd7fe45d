/** The unit in which room is taken, as on most file systems. */
export const pageBytes = 4_096;

/** Bytes at offsets, of which pages that were never written are zeros and take no room. */
export class SparseBytes {
  readonly #pages = new Map<number, Uint8Array>();

  /** How many pages take room. */
  get pageCount(): number {
    return this.#pages.size;
  }

  /** The offsets at which the pages start, in no order. */
  *pageOffsets(): Iterable<number> {
    for (const index of this.#pages.keys()) yield index * pageBytes;
  }

  /** How many pages `write` would add for this range. */
  missingPages(offset: number, sizeBytes: number): number {
    if (sizeBytes === 0) return 0;
    let count = 0;
    const end = offset + sizeBytes;
    for (let index = Math.floor(offset / pageBytes); index * pageBytes < end; index += 1) {
      if (!this.#pages.has(index)) count += 1;
    }
    return count;
  }

  /** Fills `target` from `offset` on. */
  read(offset: number, target: Uint8Array): void {
    eachPiece(offset, target.length, (index, start, done, count) => {
      const page = this.#pages.get(index);
      if (page === undefined) target.fill(0, done, done + count);
      else target.set(page.subarray(start, start + count), done);
    });
  }

  /** Puts `bytes` at `offset`. */
  write(offset: number, bytes: Uint8Array): void {
    eachPiece(offset, bytes.length, (index, start, done, count) => {
      const page = this.#pages.get(index) ?? new Uint8Array(pageBytes);
      this.#pages.set(index, page);
      page.set(bytes.subarray(done, done + count), start);
    });
  }

  /** Turns everything from `offset` on into zeros, and gives its room back. */
  clearFrom(offset: number): void {
    for (const [index, page] of this.#pages) {
      const start = index * pageBytes;
      if (start >= offset) this.#pages.delete(index);
      else if (start + pageBytes > offset) page.fill(0, offset - start);
    }
  }
}

function eachPiece(
  offset: number,
  sizeBytes: number,
  visit: (pageIndex: number, start: number, done: number, count: number) => void,
): void {
  let done = 0;
  while (done < sizeBytes) {
    const position = offset + done;
    const start = position % pageBytes;
    const count = Math.min(pageBytes - start, sizeBytes - done);
    visit(Math.floor(position / pageBytes), start, done, count);
    done += count;
  }
}
