import type { Replica } from '../replica.ts';
import type { Mark } from './link.ts';
import { versionHash } from './version-hash.ts';

/** How a document takes part. */
export interface AttachOptions {
  /**
   * Settles once all that the replica has is durable, or rejects if it cannot be made so now. What
   * is not durable is neither acknowledged, so that a peer sends it again to a node that has lost
   * it, nor sent, so that no peer has what depends on something lost; but it is sent if it cannot
   * be made durable. Left out: nothing is kept, or it need not be.
   */
  readonly flushed?: () => Promise<void>;
}

/** A replica under its name, with its version as of its latest change. */
export class SharedDocument {
  readonly name: string;
  readonly replica: Replica;
  readonly flushed: (() => Promise<void>) | undefined;
  /** Whether an update had to wait, at any time. */
  hasWaited = false;
  #change = 0;
  #mark: Mark | undefined;
  #hash: Uint8Array | undefined;
  #unsubscribe: () => void = () => undefined;

  constructor(name: string, replica: Replica, { flushed }: AttachOptions) {
    this.name = name;
    this.replica = replica;
    this.flushed = flushed;
  }

  /** How often the replica has changed. */
  get change(): number {
    return this.#change;
  }

  /** Whether something may wait for its past. */
  get mayHaveWaiting(): boolean {
    const { waitingCount } = this.replica;
    return waitingCount === undefined ? this.hasWaited : waitingCount > 0;
  }

  /** Its version now. */
  get mark(): Mark {
    this.#mark ??= { version: this.replica.encodeVersion(), change: this.#change };
    return this.#mark;
  }

  /** The hash of its version now. */
  get hash(): Uint8Array {
    this.#hash ??= versionHash(this.mark.version);
    return this.#hash;
  }

  /** Calls `listener` after each local change. */
  watch(listener: () => void): void {
    this.#unsubscribe = this.replica.onLocalUpdate(() => {
      this.touch();
      listener();
    });
  }

  /** Notes that the replica has changed. */
  touch(): void {
    this.#change += 1;
    this.#mark = undefined;
    this.#hash = undefined;
  }

  /** Watches no more. */
  release(): void {
    this.#unsubscribe();
  }
}
