/** What `Replica.apply` did with the bytes of an update. Misuse and damage are thrown instead. */
export type ApplyOutcome =
  /** It had news, and all of it is part of the replica now. */
  | { readonly kind: 'applied'; readonly eventCount: number }
  /** Everything in it was known. */
  | { readonly kind: 'duplicate' }
  /**
   * The past of some of it has not arrived: kept aside, applied as soon as it can be, and not
   * acknowledged. The rest is applied.
   */
  | { readonly kind: 'waiting' };

/**
 * What replication needs to know of anything that replicates: a document, a text, a value of the
 * catalogue. The edges speak to this, so that they work for all of them.
 *
 * @remarks
 * Versions and updates are bytes to the edge. A version says what a replica has; `updatesSince`
 * gives what a holder of that version lacks. All methods are synchronous and change nothing when
 * they throw.
 */
export interface Replica {
  /**
   * How many updates, or events, wait for their past. If it is left out, replication takes any
   * update after one that had to wait for one that may wake others, and sends a little too much.
   */
  readonly waitingCount?: number;
  /** Canonical bytes of what this replica has: equal knowledge gives equal bytes. */
  encodeVersion(): Uint8Array;
  /**
   * What a replica at `version` lacks, as updates to be applied in any order; empty if nothing.
   *
   * @param version - From `encodeVersion` of the other one. Empty bytes: it has nothing.
   * @param maxSizeBytes - Split so that each update has at most this size where an event allows it.
   * @throws CorruptBytesError if `version` is none.
   * @throws BeforeHistoryError if what it lacks was trimmed here; send it a whole document.
   * @throws ForkedReplicaError if an id that both know names different events.
   */
  updatesSince(version: Uint8Array, maxSizeBytes?: number): Uint8Array[];
  /** Whether the holder of `version` has all that this replica has. */
  isCoveredBy(version: Uint8Array): boolean;
  /**
   * Takes in an update of another replica; knows it again when it arrives twice.
   *
   * @param update - Borrowed until this returns: copy what is kept.
   * @throws CorruptBytesError, ForkedReplicaError, BeforeHistoryError, PendingFullError; nothing
   *   has changed then.
   */
  apply(update: Uint8Array): ApplyOutcome;
  /**
   * Calls `listener` with the bytes of each local change.
   *
   * @returns Ends the subscription.
   */
  onLocalUpdate(listener: (update: Uint8Array) => void): () => void;
}
