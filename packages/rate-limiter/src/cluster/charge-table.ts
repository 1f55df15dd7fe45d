import type { NodeId } from '@quorate/transport';

import type { RatePolicy } from '../policy.ts';

/** Cost that was taken for one check, and where from. */
export interface Charge {
  /** From a key that this node owns, from a lease, or from this node's share. */
  readonly source: 'owned' | 'lease' | 'share';
  readonly key: string;
  readonly policy: RatePolicy;
  readonly cost: number;
  readonly chargedAtMs: number;
  /** Of the lease; 0 of others. */
  readonly leaseId: number;
}

/** What was charged by requests, by a name for each. Bounded: the oldest cannot be given back. */
export class ChargeTable {
  readonly #charges = new Map<string, readonly Charge[]>();
  readonly #prefix: string;
  readonly #chargesMax: number;
  #count = 0;

  /** @param nodeId - Its charges are known to this node only; no other node knows their names. */
  constructor(nodeId: NodeId, chargesMax: number) {
    this.#prefix = nodeId;
    this.#chargesMax = chargesMax;
  }

  /** A name for `charges`. */
  add(charges: readonly Charge[]): string {
    this.#count += 1;
    const chargeId = `${this.#prefix}/${this.#count}`;
    this.#charges.set(chargeId, charges);
    if (this.#charges.size > this.#chargesMax) {
      const [oldest = chargeId] = this.#charges.keys();
      this.#charges.delete(oldest);
    }
    return chargeId;
  }

  /** What was charged under `chargeId`, once: the second time, and for an unknown name, nothing. */
  take(chargeId: string): readonly Charge[] {
    const charges = this.#charges.get(chargeId) ?? [];
    this.#charges.delete(chargeId);
    return charges;
  }
}
