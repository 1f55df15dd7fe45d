import type { NodeId } from '@quorate/transport';

import { ConsistentHashingError } from '../errors.ts';

/** Why one owner did not carry out a request. */
export interface Refusal {
  readonly owner: NodeId;
  /**
   * `'unavailable'`: it was not asked, since `isAvailable` said no. `'notOwner'`: in its view the
   * key is not its. An error: the request certainly did not reach it, or was refused there; or it
   * was silent, and the request may be carried out twice.
   */
  readonly reason: 'unavailable' | 'notOwner' | Error;
}

/** No owner of a key has said that it carried out a request: asking again does no harm. */
export class NoOwnerAnsweredError extends ConsistentHashingError {
  override readonly name = 'NoOwnerAnsweredError';
  readonly code = 'CONSISTENT_HASHING_NO_OWNER_ANSWERED';
  /** Whether certainly none of them did or will. A silent owner of an idempotent request may. */
  readonly definite: boolean;
  /** What each owner said, in the order in which they were asked. */
  readonly refusals: readonly Refusal[];

  constructor(method: string, refusals: readonly Refusal[]) {
    const told = refusals.map(({ owner, reason }) =>
      typeof reason === 'string' ? `${owner}: ${reason}` : `${owner}: ${reason.message}`,
    );
    super(`${method}: no owner of the key took it (${told.join('; ')})`);
    this.refusals = refusals;
    this.definite = refusals.every(
      ({ reason }) => typeof reason === 'string' || isDefinite(reason),
    );
  }
}

/** Whether an error says that nothing happened, or will. */
export function isDefinite(error: Error): boolean {
  return 'definite' in error && error.definite === true;
}
