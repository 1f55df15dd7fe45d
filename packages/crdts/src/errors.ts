/** What went wrong, as a literal that survives bundling and duplicate installs. */
export type CrdtsErrorCode =
  | 'CRDTS_CLOSED'
  | 'CRDTS_CORRUPT'
  | 'CRDTS_FORKED_REPLICA'
  | 'CRDTS_BEFORE_HISTORY'
  | 'CRDTS_PENDING_FULL'
  | 'CRDTS_REFUSED'
  | 'CRDTS_STORE_FULL'
  | 'CRDTS_STORE_UNAVAILABLE'
  | 'CRDTS_STORE_GONE';

/** The root of the errors this package throws on purpose. Match on `code`. */
export abstract class CrdtsError extends Error {
  abstract readonly code: CrdtsErrorCode;
}

/** Bytes that are no update, no document or no state: damaged, cut short, or forged. */
export class CorruptBytesError extends CrdtsError {
  override readonly name = 'CorruptBytesError';
  readonly code = 'CRDTS_CORRUPT';
}

/**
 * Two replicas use one id: the same sequence number names two different events. A backup was
 * restored, or a second process or tab took the id. Nothing was applied; give one of the two a new
 * id and let it send its edits again.
 */
export class ForkedReplicaError extends CrdtsError {
  override readonly name = 'ForkedReplicaError';
  readonly code = 'CRDTS_FORKED_REPLICA';
  readonly replicaId: string;
  /** The first number that means two things. */
  readonly sequence: number;

  constructor(replicaId: string, sequence: number) {
    super(`replica ${JSON.stringify(replicaId)}: event ${sequence} exists with other content`);
    this.replicaId = replicaId;
    this.sequence = sequence;
  }
}

/** What was asked for, or what arrived, needs history that this document no longer has. */
export class BeforeHistoryError extends CrdtsError {
  override readonly name = 'BeforeHistoryError';
  readonly code = 'CRDTS_BEFORE_HISTORY';
}

/** Too much waits for events that have not arrived; nothing was taken in. */
export class PendingFullError extends CrdtsError {
  override readonly name = 'PendingFullError';
  readonly code = 'CRDTS_PENDING_FULL';
}

/** The application did not admit an update, such as one from a clock that is years ahead. */
export class RefusedUpdateError extends CrdtsError {
  override readonly name = 'RefusedUpdateError';
  readonly code = 'CRDTS_REFUSED';
}
