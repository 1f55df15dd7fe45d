/** What went wrong, as a literal that survives bundling and duplicate installs. */
export type ConsistentHashingErrorCode = 'CONSISTENT_HASHING_CLOSED';

/** The root of the errors this package throws on purpose. Match on `code`. */
export abstract class ConsistentHashingError extends Error {
  abstract readonly code: ConsistentHashingErrorCode;
}
