import type { StoredReplica, UpdateStore } from '../../src/persistence/update-store.ts';

/** A store in memory that a test can hold up, fill up and break. */
export class HookedStore implements UpdateStore {
  snapshot: Uint8Array | undefined;
  updates: Uint8Array[] = [];
  position = 0;
  /** Asked before each operation: it may wait, or throw what is to happen. */
  before: (operation: string) => void | Promise<void> = () => undefined;
  isClosed = false;
  #snapshotPosition = 0;
  #work: Promise<void> = Promise.resolve();

  async load(): Promise<StoredReplica> {
    await this.before('load');
    const updates = [...this.updates];
    return {
      snapshots: this.snapshot === undefined ? [] : [this.snapshot],
      updates: (async function* () {
        yield updates;
      })(),
    };
  }

  append(updates: readonly Uint8Array[]): Promise<void> {
    this.position += updates.length;
    return this.#next(async () => {
      try {
        await this.before('append');
      } catch (error) {
        this.position -= updates.length;
        throw error;
      }
      this.updates.push(...updates);
    });
  }

  saveSnapshot(bytes: Uint8Array, position: number): Promise<void> {
    return this.#next(async () => {
      await this.before('saveSnapshot');
      this.snapshot = bytes;
      this.updates = this.updates.slice(position - this.#snapshotPosition);
      this.#snapshotPosition = position;
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  #next(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }
}
