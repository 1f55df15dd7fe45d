/** What went wrong, as a literal that survives bundling and duplicate installs. */
export type ConsistentHashingErrorCode =
  | 'CONSISTENT_HASHING_NO_NODES'
  | 'CONSISTENT_HASHING_TOO_FEW_ZONES'
  | 'CONSISTENT_HASHING_NO_OWNER_ANSWERED';

/** The root of the errors this package throws on purpose. Match on `code`. */
export abstract class ConsistentHashingError extends Error {
  abstract readonly code: ConsistentHashingErrorCode;
}

/** A key has no owner, because there is no node, or all of them have weight 0. */
export class NoNodesError extends ConsistentHashingError {
  override readonly name = 'NoNodesError';
  readonly code = 'CONSISTENT_HASHING_NO_NODES';

  constructor() {
    super('nodes: expected one of a positive weight, got none');
  }
}

/** Replicas were asked for in a zone each, and there are not that many zones. */
export class TooFewZonesError extends ConsistentHashingError {
  override readonly name = 'TooFewZonesError';
  readonly code = 'CONSISTENT_HASHING_TOO_FEW_ZONES';

  constructor(expected: number, got: number) {
    super(`zones: expected at least ${expected}, got ${got}`);
  }
}
