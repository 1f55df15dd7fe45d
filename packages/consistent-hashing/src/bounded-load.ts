/*
 * Even shares of keys are no even shares of work: one key may be a thousand times as popular as
 * another. Bounded loads put a lid on it: no node has more than c times its fair share of the
 * requests under way. A request whose owner is full goes to the next node of the key's ranking, and
 * so on; most go to the owner still, and those that do not go where the same key went before, so
 * that caches stay warm.
 *
 *     lid of node i     ceil(c * w_i / W * (requests under way + 1))
 *
 * The lids together hold more than there is, so some node has room, and the walk ends within one
 * round. With c near 1 loads are even and many requests stray; with 1.25 few do; with 2 hardly any.
 *
 * Source: Mirrokni, Thorup, Zadimoghaddam, "Consistent hashing with bounded loads",
 * arXiv:1608.01350.
 */
import type { Key } from '@quorate/hash';

import { NoNodesError } from './errors.ts';
import { invariant } from './invariant.ts';
import { totalWeight, type PlacementNode } from './node-set.ts';
import type { Placement } from './placement.ts';

/** How far a node may be above its share. */
export interface BoundedLoadOptions {
  /**
   * Times the fair share that a node may have: 1..1,000.
   *
   * @remarks
   * 1.25 is a good beginning. Lower is more even, and more keys are away from their owner.
   */
  readonly c: number;
}

/** One request under way at a node. */
export interface Lease<Meta = unknown> {
  readonly node: PlacementNode<Meta>;
  /** The request has ended. Only the first call counts. */
  release(): void;
}

/** Counts requests under way, and says where the next one goes. */
export interface BoundedLoad<Meta = unknown> {
  /** The placement that ranks nodes now. */
  readonly placement: Placement<Meta>;
  /** Requests under way at the nodes of the placement. */
  readonly inFlight: number;
  /**
   * Where a request for `key` goes: the first node of the key's ranking that has room.
   *
   * @throws NoNodesError if no node has a positive weight; RangeError if `key` is no key.
   */
  acquire(key: Key): Lease<Meta>;
  /** Requests under way at a node; 0 if it is not known. */
  loadOf(id: string): number;
  /** Most requests that a node may have when the next one comes; 0 if unknown or drained. */
  capOf(id: string): number;
  /**
   * From now on `placement` ranks nodes. Leases stay valid: one of a node that went counts no more,
   * unless the node comes back before it is released.
   */
  use(placement: Placement<Meta>): void;
}

const C_MAX = 1_000;

/**
 * A lid on the load of each node, over any placement.
 *
 * @throws RangeError if `c` is not in 1..1,000.
 *
 * @example
 * ```ts
 * import { boundedLoad, rendezvous } from '@quorate/consistent-hashing';
 *
 * const bounded = boundedLoad(rendezvous({ nodes: ['a', 'b'] }), { c: 1.25 });
 * const leases = [1, 2, 3, 4].map(() => bounded.acquire('popular'));
 * bounded.loadOf('a') <= 3 && bounded.loadOf('b') <= 3; // => true
 * for (const lease of leases) lease.release();
 * bounded.inFlight; // => 0
 * ```
 */
export function boundedLoad<Meta>(
  placement: Placement<Meta>,
  { c }: BoundedLoadOptions,
): BoundedLoad<Meta> {
  if (!(c >= 1 && c <= C_MAX)) throw new RangeError(`c: expected 1..${C_MAX}, got ${c}`);
  return new Loads(placement, c);
}

class Loads<Meta> implements BoundedLoad<Meta> {
  readonly #c: number;
  /** By id, of nodes that went too: whoever has no lease is not in it. */
  readonly #loads = new Map<string, number>();
  #placement: Placement<Meta>;
  #weights: ReadonlyMap<string, number>;
  #total: number;
  #inFlight = 0;

  constructor(placement: Placement<Meta>, c: number) {
    this.#c = c;
    this.#placement = placement;
    this.#weights = weightsOf(placement);
    this.#total = totalWeight(placement.nodes);
  }

  get placement(): Placement<Meta> {
    return this.#placement;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  acquire(key: Key): Lease<Meta> {
    const { bits, nodes } = this.#placement;
    if (this.#total === 0) throw new NoNodesError();
    bits.hash(key);
    for (const index of this.#placement.ranked(bits.high, bits.low)) {
      const node = nodes[index];
      if (node !== undefined && this.loadOf(node.id) < this.capOf(node.id))
        return this.#lease(node);
    }
    invariant(false, 'lids together hold more than there is');
  }

  loadOf(id: string): number {
    return this.#loads.get(id) ?? 0;
  }

  capOf(id: string): number {
    const weight = this.#weights.get(id) ?? 0;
    // Without any weight there is no share, and 0 / 0 is no number.
    if (weight === 0) return 0;
    return Math.ceil(this.#c * (weight / this.#total) * (this.#inFlight + 1));
  }

  use(placement: Placement<Meta>): void {
    this.#placement = placement;
    this.#weights = weightsOf(placement);
    this.#total = totalWeight(placement.nodes);
    this.#inFlight = placement.nodes.reduce((sum, { id }) => sum + this.loadOf(id), 0);
  }

  #lease(node: PlacementNode<Meta>): Lease<Meta> {
    this.#add(node.id, 1);
    let isHeld = true;
    return {
      node,
      release: () => {
        if (isHeld) this.#add(node.id, -1);
        isHeld = false;
      },
    };
  }

  #add(id: string, difference: 1 | -1): void {
    const load = this.loadOf(id) + difference;
    invariant(load >= 0, 'a lease is released once');
    if (load === 0) this.#loads.delete(id);
    else this.#loads.set(id, load);
    if (this.#weights.has(id)) this.#inFlight += difference;
  }
}

function weightsOf(placement: Placement): ReadonlyMap<string, number> {
  return new Map(placement.nodes.map(({ id, weight }) => [id, weight]));
}
