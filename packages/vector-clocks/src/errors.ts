/** What went wrong, as a literal that survives bundling and duplicate installs. */
export type VectorClocksErrorCode =
  'VECTOR_CLOCKS_CLOSED' | 'VECTOR_CLOCKS_EXHAUSTED' | 'VECTOR_CLOCKS_DAMAGED';

/** The root of the errors this package throws on purpose. Match on `code`. */
export abstract class VectorClocksError extends Error {
  abstract readonly code: VectorClocksErrorCode;
}

/** A call to a `DurableHybridClock` after `close`. */
export class HybridClockClosedError extends VectorClocksError {
  override readonly name = 'HybridClockClosedError';
  readonly code = 'VECTOR_CLOCKS_CLOSED';

  constructor() {
    super('the hybrid clock is closed; close it after those who use it');
  }
}

/** The bound of a hybrid clock was written, and cannot be read. */
export class HybridBoundDamagedError extends VectorClocksError {
  override readonly name = 'HybridBoundDamagedError';
  readonly code = 'VECTOR_CLOCKS_DAMAGED';
  readonly path: string;

  constructor(path: string, message: string, options?: { readonly cause?: unknown }) {
    super(`${path}: ${message}; without it, timestamps could be given twice`, options);
    this.path = path;
  }
}
