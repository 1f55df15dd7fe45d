/*
 * A sliding histogram that knows its quantiles: the last n values, each in one of a power of two of
 * bins, counted in a binary indexed tree. Taking a value in, a rank and a quantile cost one step
 * for each halving of the bins, ten for 1,024, whatever n is.
 *
 * Source: Fenwick, "A New Data Structure for Cumulative Frequency Tables", Software: Practice and
 * Experience 1994.
 */
import { invariant } from './invariant.ts';

/** The last values of a series, in bins. */
export class RankedBins {
  /** How many values it holds. */
  count = 0;
  readonly #binCount: number;
  readonly #share: number;
  readonly #ring: Uint16Array;
  /** The tree: entry i counts the bins of as many numbers below i as its lowest bit says. */
  readonly #tree: Int32Array;
  #next = 0;

  /**
   * @param binCount - A power of two up to 65,536.
   * @param capacity - How many values it keeps.
   * @param share - Of which quantile it is asked, 0..1.
   */
  constructor(binCount: number, capacity: number, share: number) {
    invariant(Number.isInteger(Math.log2(binCount)), 'the tree halves its bins evenly');
    invariant(binCount <= 65_536, 'a bin has a number of 16 bits');
    this.#binCount = binCount;
    this.#share = share;
    this.#ring = new Uint16Array(capacity);
    this.#tree = new Int32Array(binCount + 1);
  }

  /** Takes a value in; below 0 it counts as 0, beyond the last bin as that one. */
  push(bin: number): void {
    const value = Math.max(0, Math.min(this.#binCount - 1, bin));
    if (this.count === this.#ring.length) this.#add(this.#ring[this.#next] ?? 0, -1);
    else this.count += 1;
    this.#ring[this.#next] = value;
    this.#next = this.#next + 1 === this.#ring.length ? 0 : this.#next + 1;
    this.#add(value, 1);
  }

  /** The share of the values in bins below `bin`; 0 while empty. */
  shareBelow(bin: number): number {
    if (this.count === 0) return 0;
    let sum = 0;
    const end = Math.max(0, Math.min(this.#binCount, bin));
    for (let at = end; at > 0; at -= at & -at) sum += this.#tree[at] ?? 0;
    return sum / this.count;
  }

  /** The least bin such that the share of the values is in it or below; the last while empty. */
  quantile(): number {
    let rest = Math.max(1, Math.ceil(this.#share * this.count - 1e-9));
    let below = 0;
    for (let step = this.#binCount / 2; step >= 1; step /= 2) {
      const inside = this.#tree[below + step] ?? 0;
      if (inside >= rest) continue;
      rest -= inside;
      below += step;
    }
    return below;
  }

  /** Forgets all values. */
  clear(): void {
    this.#tree.fill(0);
    this.count = 0;
    this.#next = 0;
  }

  #add(bin: number, by: number): void {
    for (let at = bin + 1; at <= this.#binCount; at += at & -at) {
      this.#tree[at] = (this.#tree[at] ?? 0) + by;
    }
  }
}
