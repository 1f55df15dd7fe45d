import { RateLimiterError } from '../errors.ts';

/** Redis was not asked, or its answer did not come. */
export class RedisStoreError extends RateLimiterError {
  override readonly name = 'RedisStoreError';
  readonly code = 'RATE_LIMIT_STORE_FAILED';
  /**
   * Whether nothing was charged, and nothing will be. Where it is `false` the request must not be
   * sent again: it may have been charged already.
   */
  readonly definite: boolean;

  constructor(
    message: string,
    options: { readonly definite: boolean; readonly cause?: unknown } = { definite: false },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.definite = options.definite;
  }
}
