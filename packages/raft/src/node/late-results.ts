import type { Entry } from '../messages.ts';

const COUNT_MAX = 1_024;
const BYTES_MAX = 1_048_576;

/**
 * What was applied of late, with its results: the word of where a forwarded proposal stands may
 * come after its entries. Bounded: of what is forgotten, nobody can tell the result any more.
 */
export class LateResults {
  /** By log index, oldest first. */
  readonly #results = new Map<number, { readonly term: number; readonly result: Uint8Array }>();
  #bytes = 0;

  /** `entry` was applied. Entries come in the order of the log. */
  record({ logIndex, term }: Entry, result: Uint8Array): void {
    this.#results.set(logIndex, { term, result });
    this.#bytes += result.length;
    for (const [oldest, { result: dropped }] of this.#results) {
      if (this.#results.size <= COUNT_MAX && this.#bytes <= BYTES_MAX) return;
      this.#results.delete(oldest);
      this.#bytes -= dropped.length;
    }
  }

  /** What was applied at `logIndex`, unless it is forgotten. */
  at(logIndex: number): { readonly term: number; readonly result: Uint8Array } | undefined {
    return this.#results.get(logIndex);
  }

  /** Nobody will ask any more. */
  clear(): void {
    this.#results.clear();
    this.#bytes = 0;
  }
}
