/**
 * What Raft replicates: the user's program. Every replica applies the same commands in the same
 * order, so `apply` must depend on nothing but the state and the command: no clock, no randomness.
 *
 * This is the small kind, whose whole state is handed over as bytes at once. See
 * `StreamingStateMachine` for more state than that, `DurableStateMachine` for state on a disk.
 */
export interface StateMachine {
  /**
   * Applies one committed command.
   *
   * @param command - Borrowed until the call returns.
   * @param logIndex - Its position; rises by at least 1 from call to call.
   * @returns The result for whoever proposed it, on the node where it was proposed.
   */
  apply(command: Uint8Array, logIndex: number): Uint8Array;
  /** The whole state as bytes, owned by the caller. The node does nothing else until it returns. */
  snapshot(): Uint8Array;
  /** Replaces the whole state by one that `snapshot` returned on some replica. */
  restore(snapshot: Uint8Array): void;
  /**
   * A digest of the state, 1 to 64 bytes, that any two replicas in the same state share. It is
   * asked for every `digestEveryEntries` entries, and replicas that differ are reported. It delays
   * what is applied, so keep it as commands come in instead of going through the state.
   *
   * @returns Borrowed. Another length stops the node, as an error of `apply` does.
   */
  digest?(): Uint8Array;
}
