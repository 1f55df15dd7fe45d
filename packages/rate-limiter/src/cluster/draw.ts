import type { Decision } from '../decision.ts';
import type { Check } from '../store.ts';
import type { Charge } from './charge-table.ts';

/** One check, decided; nothing is charged if it is limited. */
export interface Draw {
  readonly decision: Decision;
  readonly charge: Charge | undefined;
}

/** What was decided about `check`, and what it took. */
export function drawOf(
  { key, policy, cost }: Check,
  decision: Decision,
  from: Pick<Charge, 'source' | 'chargedAtMs' | 'leaseId'>,
): Draw {
  if (decision.kind === 'limited' || cost === 0) return { decision, charge: undefined };
  return { decision, charge: { ...from, key, policy, cost } };
}
