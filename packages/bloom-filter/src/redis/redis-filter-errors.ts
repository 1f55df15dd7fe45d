/** What went wrong, as a literal that survives bundling and duplicate installs. */
export type RedisFilterErrorCode =
  | 'BLOOM_FILTER_CALL_FAILED'
  | 'BLOOM_FILTER_MISMATCH'
  | 'BLOOM_FILTER_DAMAGED'
  | 'BLOOM_FILTER_GONE';

/** The root of the errors of a filter in Redis. Match on `code`. */
export abstract class RedisFilterError extends Error {
  abstract readonly code: RedisFilterErrorCode;
}

/**
 * Redis was not asked, or its answer did not come.
 *
 * @remarks
 * Asking again is safe, except for `clear`: bits are only ever set, and setting one twice is
 * setting it once. All that a second try can change is a word: a key that the first try did add is
 * `present` then. A second `clear` may take away what was added since the first.
 */
export class FilterCallError extends RedisFilterError {
  override readonly name = 'FilterCallError';
  readonly code = 'BLOOM_FILTER_CALL_FAILED';
  /** Whether nothing happened, and nothing will, by the call that failed. */
  readonly definite: boolean;

  constructor(message: string, options: { readonly definite: boolean; readonly cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.definite = options.definite;
  }
}

/**
 * Under this name stands a filter of other parameters, or something else. Its bits would be false
 * answers here, and bits that were set here would be false answers there: nothing was changed.
 *
 * @remarks
 * Asking again is of no use. Give the services the same parameters, or another name to those that
 * changed; `clear` takes away what is there.
 */
export class FilterMismatchError extends RedisFilterError {
  override readonly name = 'FilterMismatchError';
  readonly code = 'BLOOM_FILTER_MISMATCH';
  /** What is there: the header of a filter, or what else it is. */
  readonly found: string;

  constructor(filterName: string, expected: string, found: string) {
    super(`${filterName}: expected "${expected}", got ${found}`);
    this.found = found;
  }
}

/**
 * One of the filter's two values is missing, or has another length: somebody deleted it, or Redis
 * evicted it. Keys are lost, so there is no right answer.
 *
 * @remarks
 * Asking again is of no use: `clear`, and load or add the keys again. Run Redis with
 * `maxmemory-policy noeviction`, or with a `volatile` policy and without `expiry`.
 */
export class FilterDamagedError extends RedisFilterError {
  override readonly name = 'FilterDamagedError';
  readonly code = 'BLOOM_FILTER_DAMAGED';

  constructor(filterName: string) {
    super(`${filterName}: expected a header and its bits, got one without the other, or cut off`);
  }
}

/**
 * There is no filter where one has to be: it was cleared or expired while a load or a snapshot was
 * under way, or it is not there at all and `whenMissing` is `refuse`.
 *
 * @remarks Asking again is safe; a load makes a new filter.
 */
export class FilterGoneError extends RedisFilterError {
  override readonly name = 'FilterGoneError';
  readonly code = 'BLOOM_FILTER_GONE';

  constructor(filterName: string) {
    super(`${filterName}: expected the filter to be there, got none, or a newer one`);
  }
}
