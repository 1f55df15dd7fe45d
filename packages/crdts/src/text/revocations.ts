/**
 * Which events count in one version of a text, when events revoke others, and each other.
 *
 * An event counts if it is in the version and no event that counts revokes it. So to redo is to
 * revoke what revoked. Events may come and go in any order, as the version moves.
 */
export class Revocations {
  readonly #revokedBy: (lv: number) => number;
  readonly #present = new Set<number>();
  /** Of an event, how many that count revoke it, if any did so far. */
  readonly #counts = new Map<number, number>();

  /** @param revokedBy - What an event revokes, an earlier one; -1 if it does something else. */
  constructor(revokedBy: (lv: number) => number) {
    this.#revokedBy = revokedBy;
  }

  /** The same of another version that is equal for now. */
  copy(): Revocations {
    const copy = new Revocations(this.#revokedBy);
    for (const lv of this.#present) copy.#present.add(lv);
    for (const [lv, count] of this.#counts) copy.#counts.set(lv, count);
    return copy;
  }

  /** Whether any event was ever revoked. */
  get areAny(): boolean {
    return this.#counts.size > 0;
  }

  /** Whether an event is revoked. */
  has(lv: number): boolean {
    return (this.#counts.get(lv) ?? 0) > 0;
  }

  /**
   * Lets an event that revokes another one into the version (`step` 1) or out of it (-1).
   *
   * @returns The event at the end of the chain, which revokes none, if it is revoked from now on or
   *   is not any more; else -1. A chain is as long as whoever feeds this lets it become.
   */
  shift(lv: number, step: 1 | -1): number {
    if (step > 0) this.#present.add(lv);
    else this.#present.delete(lv);
    if (this.has(lv)) return -1;
    let change: number = step;
    for (let at = this.#revokedBy(lv); ; change = -change) {
      const before = this.#counts.get(at) ?? 0;
      this.#counts.set(at, before + change);
      if (before > 0 && before + change > 0) return -1;
      const next = this.#revokedBy(at);
      if (next < 0) return at;
      if (!this.#present.has(at)) return -1;
      at = next;
    }
  }
}
