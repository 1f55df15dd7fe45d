/**
 * How many requests this node has under way at each owner, and who is asked first therefore.
 *
 * Even shares of keys are no even shares of work: a popular key sends everything to its first
 * owner. So each owner has a lid, a little above its fair share of what is under way at the owners
 * of the key; one that is full is passed over while another one has room:
 *
 *     lid of owner i     max(floor, ceil(factor * w_i / W * (requests under way + 1)))
 *
 * Together the lids hold more than there is, so one of them always has room. Fair is what the
 * owners of the key could share, not all nodes: nobody else may be asked. A node knows its own
 * requests only, so a lid holds for each asking node, and up to rounding for all of them.
 *
 * Source: Mirrokni, Thorup, Zadimoghaddam, "Consistent hashing with bounded loads",
 * arXiv:1608.01350. Departs from it: the walk ends with the owners of the key, and `floor` leaves
 * keys with their first owner while there is too little to be shared.
 */
import type { NodeId } from '@quorate/transport';

import { checkRange } from './check-range.ts';

const FACTOR_MAX = 1_000;
const FLOOR_MAX = 1_000_000;

/** How far an owner may be above its share of what is under way. */
export interface LoadBound {
  /** Times its fair share, 1..1,000: 1.25 is a good beginning. More, and fewer requests stray. */
  readonly factor: number;
  /**
   * Requests that each owner may have whatever its share, 1..10^6; 1 without it. More, and a key
   * stays longer with its first owner, which is the one that knows all that was asked before.
   */
  readonly floor?: number;
}

/** An owner, and its weight in the placement. */
export interface WeighedOwner {
  readonly owner: NodeId;
  readonly weight: number;
}

/** Counts requests under way. */
export class OwnerLoads {
  readonly #factor: number;
  readonly #floor: number;
  readonly #counts = new Map<NodeId, number>();

  /** @throws RangeError if a field is out of its range. */
  constructor({ factor, floor = 1 }: LoadBound) {
    checkRange('factor', factor, FACTOR_MAX);
    checkRange('floor', floor, FLOOR_MAX, 1);
    this.#factor = factor;
    this.#floor = floor;
  }

  /** Requests under way at an owner. */
  of(owner: NodeId): number {
    return this.#counts.get(owner) ?? 0;
  }

  /** One more is under way there, or one fewer. */
  count(owner: NodeId, difference: 1 | -1): void {
    const count = this.of(owner) + difference;
    if (count === 0) this.#counts.delete(owner);
    else this.#counts.set(owner, count);
  }

  /** Requests under way, by owner: of those that have any. */
  get all(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  /** What `owner` may have when `moreCount` are under way at `owners` besides those that are. */
  lidOf(owner: NodeId, owners: readonly WeighedOwner[], moreCount: number): number {
    let [underWay, share, total] = [moreCount, 0, 0];
    for (const one of owners) {
      underWay += this.of(one.owner);
      total += one.weight;
      if (one.owner === owner) share = one.weight;
    }
    return Math.max(this.#floor, Math.ceil((this.#factor * share * underWay) / total));
  }

  /** Those of `owners`, in their order, that have room for one more: at least one of them has. */
  withRoom(owners: readonly WeighedOwner[]): readonly WeighedOwner[] {
    return owners.filter(({ owner }) => this.of(owner) < this.lidOf(owner, owners, 1));
  }
}
