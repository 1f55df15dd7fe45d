import { VectorClocksError } from '../errors.ts';

/** A broadcast was used after it was closed. */
export class BroadcastClosedError extends VectorClocksError {
  override readonly name = 'BroadcastClosedError';
  readonly code = 'VECTOR_CLOCKS_CLOSED';

  constructor() {
    super('broadcast: expected an open one, got one that was closed');
  }
}
