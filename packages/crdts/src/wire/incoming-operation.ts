import type { Value } from '../log/value.ts';

/** Says of a field that it is a number and names no event. */
export const NO_REPLICA = -1;

/**
 * One run of operations as it was read; one object is filled again and again.
 *
 * @remarks
 * A field that names an event has its replica, as the index into the table of the update, and its
 * sequence; with `NO_REPLICA`, the second number is the field itself.
 */
export class IncomingOperation {
  /** A number of operation-kind. */
  kind = 0;
  /** Events of the run, at least 1. */
  count = 0;
  containerReplica: number = NO_REPLICA;
  container = -1;
  aReplica: number = NO_REPLICA;
  a = 0;
  bReplica: number = NO_REPLICA;
  b = 0;
  cReplica: number = NO_REPLICA;
  c = 0;
  /** One for the run, one for each event of it, or none. */
  values: readonly Value[] = [];
  /** Where the text of an insertion starts in the text of the update. */
  textStart = 0;
}

/** A part of a run of the graph as it was read. */
export interface IncomingPiece {
  /** The author, as the index into the table of the update. */
  readonly replica: number;
  readonly sequence: number;
  readonly count: number;
  /** Replica and sequence of each parent of the first event, one after the other. */
  readonly parents: readonly number[];
}

/** The events of one update, checked as far as they can be without a document. */
export interface IncomingEvents {
  /** The replicas that the update names. */
  readonly replicas: readonly string[];
  readonly pieces: readonly IncomingPiece[];
  /** The text of all insertions. */
  readonly text: string;
  /**
   * Reads the next run of operations into `operation`; there are as many events as in the pieces,
   * and none crosses from one piece to another. Call it until all are read, then `finish`.
   */
  next(operation: IncomingOperation): void;
  /** States that everything has been read. */
  finish(): void;
}
