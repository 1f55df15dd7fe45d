import { CrdtsError } from '../errors.ts';

/** There is no room. Nothing that is durable is affected; the same may be tried again later. */
export class StoreFullError extends CrdtsError {
  override readonly name = 'StoreFullError';
  readonly code = 'CRDTS_STORE_FULL';
}

/** There is no store to be had here: a private window, a policy, a newer version of it, another. */
export class StoreUnavailableError extends CrdtsError {
  override readonly name = 'StoreUnavailableError';
  readonly code = 'CRDTS_STORE_UNAVAILABLE';
}

/** An open store was taken away, or broke. What it had kept may be gone; open it again to see. */
export class StoreGoneError extends CrdtsError {
  override readonly name = 'StoreGoneError';
  readonly code = 'CRDTS_STORE_GONE';
}

/** What a store has of a replica. */
export interface StoredReplica {
  /** The latest snapshot, or one of each who writes to the store; none if there was none yet. */
  readonly snapshots: readonly Uint8Array[];
  /** The updates since, in the order in which they were kept; perhaps some that are in them. */
  readonly updates: AsyncIterable<readonly Uint8Array[]>;
}

/** What somebody else has put into a store that several share. */
export interface ForeignRows {
  readonly snapshots: readonly Uint8Array[];
  readonly updates: readonly Uint8Array[];
}

/**
 * Where the updates of one replica are kept: a snapshot, and what came since.
 *
 * @remarks
 * Implemented over files (`DiskStore`) and in browsers (`IndexedDbStore` of
 * `@quorate/crdts/indexed-db`). Calls take effect in the order in which they are made.
 */
export interface UpdateStore {
  /** What is there. To be called once, before anything else, and read to its end. */
  load(): Promise<StoredReplica>;
  /**
   * Keeps updates, all of them or none; resolves once they are durable.
   *
   * @throws StoreFullError (as a rejection) if there is no room: these updates, and those of calls
   *   made since, are not kept, later ones may be. Whatever else: the store is broken.
   */
  append(updates: readonly Uint8Array[]): Promise<void>;
  /** Where the updates appended last stand; rises with each call of `append` that is not undone. */
  readonly position: number;
  /**
   * Takes `bytes` for all updates up to `position`, which are durable by then.
   *
   * @throws StoreFullError (as a rejection) if there is no room; all is as it was then.
   */
  saveSnapshot(bytes: Uint8Array, position: number): Promise<void>;
  /**
   * Calls `listener` with what others put into the store. Left out where there are no others.
   *
   * @returns Ends it.
   */
  watch?(listener: (rows: ForeignRows) => void): () => void;
  /** Waits for what was begun and lets go. Idempotent. */
  close(): Promise<void>;
}
