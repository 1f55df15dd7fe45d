/** Keys of one run. Moving so many places in memory costs less than a cleverer structure. */
const RUN_KEYS_MAX = 512;

/**
 * A set of keys in the order of their UTF-16 units, as JavaScript compares texts: runs of sorted
 * keys, split when they get long. O(log n) and a short move for each change.
 */
export class SortedKeys {
  // No run is empty.
  readonly #runs: string[][] = [];

  /** Adds a key. Nothing happens if it is there. */
  add(key: string): void {
    const place = this.#runOf(key);
    const run = this.#runs[place];
    if (run === undefined) {
      this.#runs.push([key]);
      return;
    }
    const at = firstNotBefore(run, key);
    if (run[at] === key) return;
    run.splice(at, 0, key);
    if (run.length > RUN_KEYS_MAX) {
      this.#runs.splice(place + 1, 0, run.splice(RUN_KEYS_MAX / 2));
    }
  }

  /** Removes a key. Nothing happens if it is not there. */
  delete(key: string): void {
    const place = this.#runOf(key);
    const run = this.#runs[place];
    if (run === undefined) return;
    const at = firstNotBefore(run, key);
    if (run[at] !== key) return;
    run.splice(at, 1);
    if (run.length === 0) this.#runs.splice(place, 1);
  }

  /** Removes all keys. */
  clear(): void {
    this.#runs.length = 0;
  }

  /** The keys from `key` on, it included, in order. The set must not change meanwhile. */
  *from(key: string): Generator<string, void> {
    const place = this.#runOf(key);
    let at = firstNotBefore(this.#runs[place] ?? [], key);
    for (let next = place; next < this.#runs.length; next += 1) {
      const run = this.#runs[next] ?? [];
      for (; at < run.length; at += 1) yield run[at] ?? '';
      at = 0;
    }
  }

  /** The run that holds `key`, or where it would go: the last that begins at or before it. */
  #runOf(key: string): number {
    let [low, high] = [0, this.#runs.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#runs[middle]?.[0] ?? '') <= key) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

function firstNotBefore(run: readonly string[], key: string): number {
  let [low, high] = [0, run.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((run[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
