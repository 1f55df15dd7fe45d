import { PhiAccrualError } from '../errors.ts';

/** The monitor was closed. */
export class MonitorClosedError extends PhiAccrualError {
  override readonly name = 'MonitorClosedError';
  readonly code = 'PHI_ACCRUAL_CLOSED';

  constructor() {
    super('monitor: expected an open one, got one that was closed');
  }
}
