import { type Key, keyHasher } from '@quorate/hash';

import { hasherOf } from '../codec/hash-fields.ts';
import type { CheckedFields } from '../codec/snapshot-format.ts';
import { HashedPlacement, type HashedParts, ownersAmong } from '../hashed-placement.ts';
import { changedNodes, nodeSet, type PlacementChange, type PlacementNode } from '../node-set.ts';
import { type HashedOptions, ownerOf, type Placement, type PlacementTraits } from '../placement.ts';
import { checkUnweighted } from '../unweighted.ts';
import { jumpIndex } from './jump-index.ts';

const traits: PlacementTraits = {
  weights: 'none',
  removal: 'last',
  excess: 'none',
  diff: 'sampled',
  orderDependent: false,
};

/**
 * Jump over nodes in the order of their ids: no memory, the evenest shares, and only the last may
 * come or go.
 *
 * @throws RangeError for nodes or an option out of range, or a weight that is not 0 or 1.
 *
 * @remarks
 * A node whose id is not behind all others renumbers those behind it, and most keys move. Give ids
 * that sort in the order of their coming, as `shard-0007`; or use `memento`, where any node may go.
 *
 * @example
 * ```ts
 * import { jump } from '@quorate/consistent-hashing';
 *
 * const three = jump({ nodes: ['shard-0', 'shard-1', 'shard-2'] });
 * const four = three.with({ add: ['shard-3'] });
 * const owners = [three, four].map((placement) => placement.locate('user:7').id);
 * owners[1] === owners[0] || owners[1] === 'shard-3'; // => true
 * ```
 */
export function jump<Meta = unknown>(options: HashedOptions<Meta>): Placement<Meta> {
  const { nodes, epoch = 0, hash, seed } = options;
  return new Jump({ nodes: nodeSet(nodes), epoch, hasher: keyHasher(hash, seed) });
}

/** The jump placement of a snapshot. */
export function restoreJump(fields: CheckedFields): Placement {
  const { nodes, epoch, numbers, words } = fields;
  if (numbers.length > 0 || words.length > 0) {
    throw new RangeError('numbers and words: expected none, got some');
  }
  return new Jump({ nodes, epoch, hasher: hasherOf(fields) });
}

class Jump<Meta> extends HashedPlacement<Meta> {
  readonly kind = 'jump';
  readonly traits = traits;
  readonly #owners: Int32Array;

  constructor(parts: HashedParts<Meta>) {
    checkUnweighted(parts.nodes);
    super(parts);
    this.#owners = ownersAmong(parts.nodes);
  }

  override locate(key: Key): PlacementNode<Meta> {
    return ownerOf(this.tryLocate(key));
  }

  override tryLocate(key: Key): PlacementNode<Meta> | undefined {
    const { bits } = this;
    bits.hash(key);
    return this.nodes[this.locateIndex(bits.high, bits.low)];
  }

  locateIndex(high: number, low: number): number {
    const owners = this.#owners;
    return owners.length === 0 ? -1 : (owners[jumpIndex(high, low, owners.length)] ?? -1);
  }

  with(change: PlacementChange<Meta>): Placement<Meta> {
    const nodes = changedNodes(this.nodes, change);
    return new Jump({ nodes, epoch: this.epoch + 1, hasher: this.bits });
  }
}
