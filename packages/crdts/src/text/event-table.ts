/** Events of a page, and its shift. */
const PAGE_BITS = 10;
const PAGE_SIZE = 2 ** PAGE_BITS;

/**
 * A number for each event, in pages that are made when they are written to: a text of many in one
 * document has few of its events.
 */
export class EventTable {
  readonly #pages: (Int32Array | undefined)[] = [];
  #firstPage = 0;

  /** The number of an event; 0 if none was set. */
  get(lv: number): number {
    return this.#pages[lv >>> PAGE_BITS]?.[lv & (PAGE_SIZE - 1)] ?? 0;
  }

  /** Sets the number of an event. */
  set(lv: number, value: number): void {
    this.#page(lv)[lv & (PAGE_SIZE - 1)] = value;
  }

  /** Sets the number of `count` events from `lv` on. */
  fill(lv: number, count: number, value: number): void {
    if (count === 1) {
      this.#page(lv)[lv & (PAGE_SIZE - 1)] = value;
      return;
    }
    const end = lv + count;
    let at = lv;
    while (at < end) {
      const from = at & (PAGE_SIZE - 1);
      const size = Math.min(PAGE_SIZE - from, end - at);
      this.#page(at).fill(value, from, from + size);
      at += size;
    }
  }

  /** Lets go of what nobody will ask about: events before `lv`, as far as they fill pages. */
  forget(lv: number): void {
    for (; this.#firstPage < lv >>> PAGE_BITS; this.#firstPage += 1) {
      if (this.#firstPage < this.#pages.length) this.#pages[this.#firstPage] = undefined;
    }
  }

  /** Another table with the same numbers. */
  copy(): EventTable {
    const table = new EventTable();
    for (const page of this.#pages) table.#pages.push(page?.slice());
    return table;
  }

  #page(lv: number): Int32Array {
    const known = this.#pages[lv >>> PAGE_BITS];
    if (known !== undefined) return known;
    const page = new Int32Array(PAGE_SIZE);
    this.#pages[lv >>> PAGE_BITS] = page;
    return page;
  }
}
