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

/**
 * What was charged by requests, by a name for each. Bounded: the newest can be given back.
 *
 * A name ends in the number of the charge, which says where it lies, so that nothing has to be
 * looked up: few charges are ever given back, and every decision makes one.
 */
export class ChargeTable {
  /** The newest, each in the place of the one that many charges before it. */
  readonly #charges: (readonly Charge[])[] = [];
  readonly #prefix: string;
  readonly #chargesMax: number;
  #count = 0;

  /** @param nodeId - Its charges are known to this node only; no other node knows their names. */
  constructor(nodeId: NodeId, chargesMax: number) {
    this.#prefix = `${nodeId}/`;
    this.#chargesMax = chargesMax;
  }

  /** A name for `charges`. */
  add(charges: readonly Charge[]): string {
    // An array without holes: places are filled in their order, and then again.
    this.#charges[this.#count % this.#chargesMax] = charges;
    this.#count += 1;
    return `${this.#prefix}${this.#count}`;
  }

  /** What was charged under `chargeId`, once: the second time, and for an unknown name, nothing. */
  take(chargeId: string): readonly Charge[] {
    const count = Number(chargeId.slice(this.#prefix.length));
    const isOurs = Number.isSafeInteger(count) && chargeId === `${this.#prefix}${count}`;
    if (!isOurs || count < 1 || count > this.#count || count <= this.#count - this.#chargesMax) {
      return [];
    }
    const place = (count - 1) % this.#chargesMax;
    const charges = this.#charges[place] ?? [];
    this.#charges[place] = [];
    return charges;
  }
}
