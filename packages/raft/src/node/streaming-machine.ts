import type { StateMachine } from '../state-machine.ts';

/**
 * A state machine whose snapshots flow in pieces, so that no state has to fit the memory twice, and
 * taking one holds up nothing.
 */
export interface StreamingStateMachine {
  /** See `StateMachine.apply`. */
  apply(command: Uint8Array, logIndex: number): Uint8Array;
  /**
   * The whole state as it is during this call, in pieces that are asked for one by one, as fast as
   * the disk writes. Commands are applied meanwhile: the pieces must not show them.
   *
   * @returns Pieces of any size; each must not change until the next one is asked for.
   */
  snapshotStream(): AsyncIterable<Uint8Array>;
  /**
   * Replaces the whole state by one that `snapshotStream` returned on some replica. No command is
   * applied before the promise settles.
   *
   * @param pieces - Read once, to the end. The boundaries between them differ from those written.
   *   It throws if the snapshot was damaged on disk; the node stops then.
   */
  restoreStream(pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** See `StateMachine.digest`. */
  digest?(): Uint8Array;
}

/**
 * A state machine that keeps its state on a disk of its own, and so needs neither a snapshot nor
 * the log before `lastApplied` when the node starts again.
 *
 * @remarks
 * What `apply` changes and `lastApplied` must become durable together, or a crash between the two
 * applies a command twice or not at all. They may become so late: the node gives again what is
 * missing.
 */
export interface DurableStateMachine extends StreamingStateMachine {
  /**
   * The index of the last command whose effects this state holds, or 0. Also rises where the state
   * is replaced: a snapshot's pieces must carry it.
   */
  readonly lastApplied: number;
}

/** Whatever a node can replicate. */
export type ReplicatedStateMachine = StateMachine | StreamingStateMachine | DurableStateMachine;

/** What a machine that keeps its own state says it holds; 0 of any other. */
export function ownLastApplied(machine: ReplicatedStateMachine): number {
  return 'lastApplied' in machine ? machine.lastApplied : 0;
}
