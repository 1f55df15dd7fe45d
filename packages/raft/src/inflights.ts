import { invariant } from './invariant.ts';

/**
 * What is under way and not confirmed yet, oldest first: a window limited by count and by bytes.
 *
 * Each item is known by the last log index it carries; confirming an index confirms all items up
 * to it, because what it guards is confirmed in order.
 *
 * @remarks A ring that grows to the largest count it ever held, at most `countMax`. O(1) per item.
 */
export class Inflights {
  readonly #countMax: number;
  readonly #bytesMax: number;
  // Ring of `#count` items from `#start` on; the two arrays run in parallel.
  #lastIndexes: number[] = [];
  #sizes: number[] = [];
  #start = 0;
  #count = 0;
  #bytes = 0;

  /**
   * @param countMax - Items at most; at least 1.
   * @param bytesMax - The window is full from here on; the last item may exceed it. At least 1.
   */
  constructor(countMax: number, bytesMax: number) {
    this.#countMax = countMax;
    this.#bytesMax = bytesMax;
  }

  /** Items under way. */
  get count(): number {
    return this.#count;
  }

  /** Whether nothing more may be added now. */
  get isFull(): boolean {
    return this.#count >= this.#countMax || this.#bytes >= this.#bytesMax;
  }

  /** Notes that an item ending at `lastIndex` is under way. Only while not full, in order. */
  add(lastIndex: number, bytes: number): void {
    invariant(!this.isFull, 'nothing is sent into a full window');
    if (this.#count === this.#lastIndexes.length) this.#grow();
    const place = (this.#start + this.#count) % this.#lastIndexes.length;
    this.#lastIndexes[place] = lastIndex;
    this.#sizes[place] = bytes;
    this.#count += 1;
    this.#bytes += bytes;
  }

  /** Forgets every item that ends at or before `logIndex`. */
  confirm(logIndex: number): void {
    while (this.#count > 0 && (this.#lastIndexes[this.#start] ?? 0) <= logIndex) {
      this.#bytes -= this.#sizes[this.#start] ?? 0;
      this.#start = (this.#start + 1) % this.#lastIndexes.length;
      this.#count -= 1;
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#start = 0;
    this.#count = 0;
    this.#bytes = 0;
  }

  #grow(): void {
    const capacity = Math.min(this.#countMax, Math.max(8, this.#count * 2));
    const lastIndexes = new Array<number>(capacity).fill(0);
    const sizes = new Array<number>(capacity).fill(0);
    for (let offset = 0; offset < this.#count; offset += 1) {
      const place = (this.#start + offset) % this.#lastIndexes.length;
      lastIndexes[offset] = this.#lastIndexes[place] ?? 0;
      sizes[offset] = this.#sizes[place] ?? 0;
    }
    this.#lastIndexes = lastIndexes;
    this.#sizes = sizes;
    this.#start = 0;
  }
}
