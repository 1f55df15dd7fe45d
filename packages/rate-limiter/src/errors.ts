/** What went wrong, as a literal that survives bundling and duplicate installs. */
export type RateLimiterErrorCode =
  | 'RATE_LIMITER_CLOSED'
  | 'RATE_LIMIT_STORE_FAILED'
  | 'RATE_LIMITER_NO_CLIENT_ADDRESS'
  | 'RATE_LIMITER_OWNER_UNREACHABLE'
  | 'RATE_LIMIT_STORE_LATE';

/** The root of the errors this package throws on purpose. Match on `code`. */
export abstract class RateLimiterError extends Error {
  abstract readonly code: RateLimiterErrorCode;
}

/** Something was used after it was closed. */
export class RateLimiterClosedError extends RateLimiterError {
  override readonly name = 'RateLimiterClosedError';
  readonly code = 'RATE_LIMITER_CLOSED';

  constructor(what: string) {
    super(`${what}: expected an open one, got one that was closed`);
  }
}

/** A store did not answer within the deadline; whether it did as asked is not known. */
export class StoreLateError extends RateLimiterError {
  override readonly name = 'StoreLateError';
  readonly code = 'RATE_LIMIT_STORE_LATE';

  constructor() {
    super('store: expected an answer within the deadline, got none');
  }
}
