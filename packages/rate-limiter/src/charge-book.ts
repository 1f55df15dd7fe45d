import type { Limit, PolicyLedger } from './policy-ledger.ts';

/** One part of what was charged together. */
export interface Charge {
  readonly limit: Limit;
  readonly key: string;
  readonly cost: number;
  readonly chargedAtUs: number;
}

/**
 * What was charged and may yet be given back, by id.
 *
 * Bounded: the oldest charge is forgotten for a newer one. A forgotten charge cannot be refunded,
 * which errs to the side of the limit.
 */
export class ChargeBook {
  readonly #maxCharges: number;
  readonly #prefix: string;
  readonly #charges = new Map<string, readonly Charge[]>();
  #addedCount = 0;

  constructor(maxCharges: number, prefix: string) {
    this.#maxCharges = maxCharges;
    this.#prefix = prefix;
  }

  /** Remembers `charges` under a new id. */
  add(charges: readonly Charge[]): string {
    this.#addedCount += 1;
    const id = `${this.#prefix}${this.#addedCount}`;
    this.#charges.set(id, charges);
    if (this.#charges.size > this.#maxCharges) {
      const oldest = this.#charges.keys().next();
      if (oldest.done !== true) this.#charges.delete(oldest.value);
    }
    return id;
  }

  /** The charges of `id`, which are then forgotten; none for an id that is not known. */
  settle(id: string): readonly Charge[] {
    const charges = this.#charges.get(id) ?? [];
    this.#charges.delete(id);
    return charges;
  }

  /** Forgets what was charged to `key`: it begins anew. O(charges). */
  forget(ledger: PolicyLedger, key: string): void {
    for (const [id, charges] of this.#charges) {
      const kept = charges.filter((charge) => charge.limit.ledger !== ledger || charge.key !== key);
      if (kept.length === 0) this.#charges.delete(id);
      else if (kept.length < charges.length) this.#charges.set(id, kept);
    }
  }
}
