/** Blocks that are looked at to make room for one more. */
const LOOKED_AT = 32;

/**
 * Keys that are limited until an instant, whatever they have left.
 *
 * Bounded, and no block is given up before its time: a full list refuses a new one, for whoever can
 * have keys blocked could else free one by having others blocked.
 *
 * A clock that steps back must not prolong a block without end: what is left of it is never more
 * than it was set for.
 */
export class BlockList {
  readonly #maxKeys: number;
  readonly #blocks = new Map<string, Block>();

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys;
  }

  /** Blocks that may still hold. */
  get size(): number {
    return this.#blocks.size;
  }

  /**
   * Blocks `key` for `durationUs`, whatever was before.
   *
   * @throws RangeError if there is no room.
   */
  set(key: string, nowUs: number, durationUs: number): void {
    if (durationUs === 0) {
      this.#blocks.delete(key);
      return;
    }
    if (!this.#blocks.has(key) && this.#blocks.size >= this.#maxKeys) this.#dropEnded(nowUs);
    if (!this.#blocks.has(key) && this.#blocks.size >= this.#maxKeys) {
      throw new RangeError(`block: expected at most ${this.#maxKeys} blocked keys, got one more`);
    }
    this.#blocks.set(key, { untilUs: nowUs + durationUs, durationUs });
  }

  /** How long `key` is still blocked; 0 if it is not. */
  leftUs(key: string, nowUs: number): number {
    const block = this.#blocks.get(key);
    if (block === undefined) return 0;
    const leftUs = block.untilUs - nowUs;
    if (leftUs <= 0) {
      this.#blocks.delete(key);
      return 0;
    }
    if (leftUs > 2 * block.durationUs) block.untilUs = nowUs + block.durationUs;
    return block.untilUs - nowUs;
  }

  /** Ends the block of `key`. */
  delete(key: string): void {
    this.#blocks.delete(key);
  }

  /** Every block that holds, with what is left of it. */
  *entries(nowUs: number): Generator<[key: string, leftUs: number]> {
    for (const key of this.#blocks.keys()) {
      const leftUs = this.leftUs(key, nowUs);
      if (leftUs > 0) yield [key, leftUs];
    }
  }

  /** Looks at some blocks, oldest first, and puts those that hold behind the others. */
  #dropEnded(nowUs: number): void {
    const oldest = this.#blocks.entries();
    for (let looked = 0; looked < LOOKED_AT; looked += 1) {
      const next = oldest.next();
      if (next.done === true) return;
      const [key, block] = next.value;
      this.#blocks.delete(key);
      if (block.untilUs > nowUs) this.#blocks.set(key, block);
    }
  }
}

interface Block {
  untilUs: number;
  readonly durationUs: number;
}
