import type { NodeId } from '@quorate/transport';

import { RateLimiterError } from '../errors.ts';

/** The owner of a key did not answer, and the store was told to reject then. */
export class OwnerUnreachableError extends RateLimiterError {
  override readonly name = 'OwnerUnreachableError';
  readonly code = 'RATE_LIMITER_OWNER_UNREACHABLE';
  /** Who did not answer. */
  readonly owner: NodeId;

  constructor(owner: NodeId) {
    super(`owner: expected an answer of ${owner}, got none in time`);
    this.owner = owner;
  }
}
