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
  /** Charges up to this number are known no more. */
  #passedCount = 0;

  constructor(maxCharges: number, prefix: string) {
    this.#maxCharges = maxCharges;
    this.#prefix = prefix;
  }

  /** Charges that are known. */
  get size(): number {
    return this.#charges.size;
  }

  /** Remembers `charges` under a new id. */
  add(charges: readonly Charge[]): string {
    this.#addedCount += 1;
    const id = `${this.#prefix}${this.#addedCount}`;
    this.#charges.set(id, charges);
    if (this.#charges.size > this.#maxCharges) this.#forgetOldest();
    return id;
  }

  /** The charges of `id`, which are then forgotten; none for an id that is not known. */
  settle(id: string): readonly Charge[] {
    const charges = this.#charges.get(id) ?? [];
    this.#charges.delete(id);
    return charges;
  }

  /** By number: a Map's first key lies behind all that were deleted, and is searched for there. */
  #forgetOldest(): void {
    let isForgotten = false;
    while (!isForgotten && this.#passedCount < this.#addedCount) {
      this.#passedCount += 1;
      isForgotten = this.#charges.delete(`${this.#prefix}${this.#passedCount}`);
    }
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
