/** What went wrong, as a literal that survives bundling and duplicate installs. */
export type BloomFilterErrorCode = 'BLOOM_FILTER_CLOSED';

/** The root of the errors this package throws on purpose. Match on `code`. */
export abstract class BloomFilterError extends Error {
  abstract readonly code: BloomFilterErrorCode;
}
