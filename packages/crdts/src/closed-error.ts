import { CrdtsError } from './errors.ts';

/** Something was used after it was closed. */
export class ClosedError extends CrdtsError {
  override readonly name = 'ClosedError';
  readonly code = 'CRDTS_CLOSED';

  /** @param what - What was closed. */
  constructor(what: string) {
    super(`${what}: expected an open one, got one that was closed`);
  }
}
