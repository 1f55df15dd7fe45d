/*
 * Rendezvous, or highest random weight: hash the key together with every node, and the highest
 * number wins. Nothing is built, shares are as even as chance can make them, and replicas are the
 * next highest. A node that comes wins some keys, a node that goes loses its own; the numbers of
 * the others never change, so nobody else's keys move. The price is a look at every node for every
 * key, which up to some fifty nodes is cheaper than anything with a table.
 *
 * Weights: let u be the number as a fraction of its range. Then -ln(u) is exponentially
 * distributed, and so is -ln(u) / w, w times as fast; of several such draws, number i is the
 * smallest with a chance of exactly w_i over the sum of all. So the smallest -ln(u) / w wins. A
 * change of one weight changes one score, and moves keys only to that node or from it.
 *
 *     key ──┬── with a ── 0.91 ── 0.09 / 1 = 0.09 ── wins
 *           ├── with b ── 0.34 ── 1.08 / 1 = 1.08
 *           └── with c ── 0.72 ── 0.33 / 2 = 0.16
 *
 * Sources: Thaler and Ravishankar, "Using name-based mappings to increase hit rates", IEEE/ACM ToN
 * 1998; for weights, Schindelhauer and Schomaker, "Weighted distributed hash tables", SPAA 2005.
 */
import { keyHasher } from '@quorate/hash';

import { hasherOf } from '../codec/hash-fields.ts';
import type { CheckedFields } from '../codec/snapshot-format.ts';
import { HashedPlacement, type HashedParts, ownersAmong } from '../hashed-placement.ts';
import { changedNodes, nodeSet, type PlacementChange } from '../node-set.ts';
import type { HashedOptions, Placement, PlacementTraits } from '../placement.ts';
import { checkUnweighted } from '../unweighted.ts';
import { draw, moreOf } from './draw.ts';
import { exponential } from './logarithm.ts';

/* eslint-disable @typescript-eslint/no-non-null-assertion --
   All arrays have one length, and every loop ends before it. */

const traits: PlacementTraits = {
  weights: 'exact',
  removal: 'any',
  excess: 'none',
  diff: 'sampled',
  orderDependent: false,
};

/**
 * Rendezvous: nothing to build, nothing to remember, the best choice up to some fifty nodes.
 *
 * @throws RangeError for nodes or an option out of range, or a weight that is not 0 or 1.
 *
 * @example
 * ```ts
 * import { rendezvous } from '@quorate/consistent-hashing';
 *
 * const three = rendezvous({ nodes: ['a', 'b', 'c'] });
 * const [first, second] = three.locateN('user:7', 2).map(({ id }) => id);
 * const without = three.with({ remove: [first ?? ''] });
 * without.locate('user:7').id === second; // => true
 * ```
 */
export function rendezvous<Meta = unknown>(options: HashedOptions<Meta>): Placement<Meta> {
  const { nodes, epoch = 0, hash, seed } = options;
  return new Rendezvous({ nodes: nodeSet(nodes), epoch, hasher: keyHasher(hash, seed) });
}

/**
 * Rendezvous with weights that hold exactly; a lookup takes a logarithm for each node.
 *
 * @throws RangeError for nodes or an option out of range.
 *
 * @example
 * ```ts
 * import { weightedRendezvous } from '@quorate/consistent-hashing';
 *
 * const nodes = [{ id: 'large', weight: 2.5 }, 'small'];
 * weightedRendezvous({ nodes }).traits.weights; // => 'exact'
 * ```
 */
export function weightedRendezvous<Meta = unknown>(options: HashedOptions<Meta>): Placement<Meta> {
  const { nodes, epoch = 0, hash, seed } = options;
  return new WeightedRendezvous({ nodes: nodeSet(nodes), epoch, hasher: keyHasher(hash, seed) });
}

/** The rendezvous placement of a snapshot. */
export function restoreRendezvous(fields: CheckedFields): Placement {
  return new Rendezvous(partsOf(fields));
}

/** The weighted rendezvous placement of a snapshot. */
export function restoreWeightedRendezvous(fields: CheckedFields): Placement {
  return new WeightedRendezvous(partsOf(fields));
}

function partsOf(fields: CheckedFields): HashedParts<unknown> {
  const { nodes, epoch, numbers, words } = fields;
  if (numbers.length > 0 || words.length > 0) {
    throw new RangeError('numbers and words: expected none, got some');
  }
  return { nodes, epoch, hasher: hasherOf(fields) };
}

/** The bits of the nodes that own something, in the order of their ids. */
abstract class Scored<Meta> extends HashedPlacement<Meta> {
  readonly traits: PlacementTraits = traits;
  protected readonly owners: Int32Array;
  protected readonly highs: Int32Array;
  protected readonly lows: Int32Array;

  constructor(parts: HashedParts<Meta>) {
    super(parts);
    const { nodes, hasher } = parts;
    this.owners = ownersAmong(nodes);
    this.highs = new Int32Array(this.owners.length);
    this.lows = new Int32Array(this.owners.length);
    this.owners.forEach((owner, index) => {
      hasher.hashString(nodes[owner]!.id);
      this.highs[index] = hasher.high;
      this.lows[index] = hasher.low;
    });
  }

  /** All owners with scores, the smallest score first; of equal ones the first id. */
  override ranked(high: number, low: number): Iterable<number> {
    const scored = Array.from(this.owners, (owner, index) => {
      return { owner, score: this.score(index, high, low) };
    });
    scored.sort((left, right) => left.score - right.score || left.owner - right.owner);
    return scored.map(({ owner }) => owner);
  }

  protected abstract score(index: number, high: number, low: number): number;
}

class Rendezvous<Meta> extends Scored<Meta> {
  readonly kind = 'rendezvous';
  override readonly traits: PlacementTraits = { ...traits, weights: 'none' };

  constructor(parts: HashedParts<Meta>) {
    checkUnweighted(parts.nodes);
    super(parts);
  }

  locateIndex(high: number, low: number): number {
    const { highs, lows, owners } = this;
    let best = 0;
    let bestDraw = 0;
    for (let index = 0; index < owners.length; index += 1) {
      const drawn = draw(high ^ highs[index]!, low ^ lows[index]!);
      if (index > 0 && drawn <= bestDraw) continue;
      best = index;
      bestDraw = drawn;
    }
    return owners[best] ?? -1;
  }

  with(change: PlacementChange<Meta>): Placement<Meta> {
    const nodes = changedNodes(this.nodes, change);
    return new Rendezvous({ nodes, epoch: this.epoch + 1, hasher: this.bits });
  }

  protected score(index: number, high: number, low: number): number {
    return -draw(high ^ this.highs[index]!, low ^ this.lows[index]!);
  }
}

class WeightedRendezvous<Meta> extends Scored<Meta> {
  readonly kind = 'weighted-rendezvous';
  readonly #weights: Float64Array;

  constructor(parts: HashedParts<Meta>) {
    super(parts);
    this.#weights = Float64Array.from(this.owners, (owner) => parts.nodes[owner]!.weight);
  }

  locateIndex(high: number, low: number): number {
    const { owners } = this;
    let best = 0;
    let bestScore = Infinity;
    for (let index = 0; index < owners.length; index += 1) {
      const score = this.score(index, high, low);
      if (score >= bestScore) continue;
      best = index;
      bestScore = score;
    }
    return owners[best] ?? -1;
  }

  with(change: PlacementChange<Meta>): Placement<Meta> {
    const nodes = changedNodes(this.nodes, change);
    return new WeightedRendezvous({ nodes, epoch: this.epoch + 1, hasher: this.bits });
  }

  protected score(index: number, high: number, low: number): number {
    const first = draw(high ^ this.highs[index]!, low ^ this.lows[index]!);
    return exponential(first, moreOf(first, low, this.highs[index]!)) / this.#weights[index]!;
  }
}
