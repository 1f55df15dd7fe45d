/** What went wrong, as a literal that survives bundling and duplicate installs. */
export type VectorClocksErrorCode =
  'VECTOR_CLOCKS_CLOSED' | 'VECTOR_CLOCKS_BAD_BYTES' | 'VECTOR_CLOCKS_EXHAUSTED';

/** The root of the errors this package throws on purpose. Match on `code`. */
export abstract class VectorClocksError extends Error {
  abstract readonly code: VectorClocksErrorCode;
}
