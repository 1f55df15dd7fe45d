/** What went wrong, as a literal that survives bundling and duplicate installs. */
export type HashErrorCode = 'HASH_CLOSED';

/** The root of the errors this package throws on purpose. Match on `code`. */
export abstract class HashError extends Error {
  abstract readonly code: HashErrorCode;
}
