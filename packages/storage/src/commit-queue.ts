/** What gathers calls until it is written. */
export interface GatheredBatch {
  /** Whether there is nothing to write. */
  readonly isEmpty: boolean;
  /** Whether it has grown so large that the next call begins another. */
  readonly isFull: boolean;
}

/** A batch, and whoever waits for it. */
interface Waiting<Batch> {
  readonly batch: Batch;
  readonly waiters: { resolve: () => void; reject: (error: Error) => void }[];
}

/**
 * Batches in order: calls gather in the newest while the oldest is being written, one at a time.
 *
 * A failure rejects everything that waits, because it builds on what failed. All but a failure that
 * `isHarmless` is final.
 */
export class CommitQueue<Batch extends GatheredBatch> {
  readonly #create: () => Batch;
  readonly #write: (batch: Batch) => Promise<void>;
  readonly #isHarmless: (error: unknown) => boolean;
  #waiting: Waiting<Batch>[] = [];
  /** The one being written: always the first. */
  #inFlight: Waiting<Batch> | undefined;
  #writing: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor(parts: {
    readonly create: () => Batch;
    /** Makes a batch durable. Never called before the call before has settled. */
    readonly write: (batch: Batch) => Promise<void>;
    readonly isHarmless: (error: unknown) => boolean;
  }) {
    this.#create = parts.create;
    this.#write = parts.write;
    this.#isHarmless = parts.isHarmless;
  }

  /** What is not durable yet, in order. */
  get waiting(): readonly { readonly batch: Batch }[] {
    return this.#waiting;
  }

  /** Why nothing is accepted any more. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Resolves once what `add` adds to the newest batch, and all before it, are durable. */
  submit(add: (batch: Batch) => void): Promise<void> {
    const open = this.#openBatch();
    add(open.batch);
    const settled = new Promise<void>((resolve, reject) => {
      open.waiters.push({ resolve, reject });
    });
    this.#writing ??= this.#writeAll();
    return settled;
  }

  /** Once nothing is being written. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  /** Accepts nothing more. */
  stop(reason: Error): void {
    this.#failure ??= reason;
  }

  #openBatch(): Waiting<Batch> {
    const newest = this.#waiting.at(-1);
    if (newest !== undefined && newest !== this.#inFlight && !newest.batch.isFull) return newest;
    const waiting: Waiting<Batch> = { batch: this.#create(), waiters: [] };
    this.#waiting.push(waiting);
    return waiting;
  }

  async #writeAll(): Promise<void> {
    // The calls of one turn share the first batch, too.
    await Promise.resolve();
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      this.#inFlight = next;
      try {
        if (!next.batch.isEmpty) await this.#write(next.batch);
        this.#waiting.shift();
        for (const { resolve } of next.waiters) resolve();
      } catch (error) {
        this.#rejectAll(
          error instanceof Error ? error : new Error('write failed', { cause: error }),
        );
      }
    }
    this.#inFlight = undefined;
    this.#writing = undefined;
  }

  #rejectAll(error: Error): void {
    if (!this.#isHarmless(error)) this.#failure ??= error;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { waiters } of waiting) for (const { reject } of waiters) reject(error);
  }
}
