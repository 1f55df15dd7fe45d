import { type Key, keyHasher } from '@quorate/hash';

import { hasherOf } from '../codec/hash-fields.ts';
import type { CheckedFields } from '../codec/snapshot-format.ts';
import type { HashedParts } from '../hashed-placement.ts';
import { jumpIndex } from '../jump/jump-index.ts';
import { changedNodes, nodeSet, type PlacementChange, type PlacementNode } from '../node-set.ts';
import { type HashedOptions, ownerOf, type Placement } from '../placement.ts';
import { BucketHistory } from './bucket-history.ts';
import { SeatedPlacement } from './seated-placement.ts';
import { reseated, type SeatRules, type Seats, seatsOf } from './seats.ts';

/**
 * Memento: as even as jump, but any node may go, and there is no limit to how many come.
 *
 * @throws RangeError for nodes or an option out of range, or a weight that is not 0 or 1.
 *
 * @remarks
 * Nodes that came in `with` sit where those sat who went: two placements of the same nodes agree
 * only if their histories do. Let one place make the changes, and hand out its snapshots.
 *
 * @example
 * ```ts
 * import { memento } from '@quorate/consistent-hashing';
 *
 * const all = memento({ nodes: ['a', 'b', 'c', 'd'] });
 * const owner = all.locate('user:7').id;
 * const others = all.with({ remove: [owner] });
 * others.locate('user:7').id === owner; // => false
 * others.with({ add: [owner] }).locate('user:7').id === owner; // => true
 * ```
 */
export function memento<Meta = unknown>(options: HashedOptions<Meta>): Placement<Meta> {
  const nodes = nodeSet(options.nodes);
  const { epoch = 0, hash, seed } = options;
  const ids = nodes.flatMap(({ id, weight }) => (weight > 0 ? [id] : []));
  const seats = { history: new BucketHistory(ids.length, []), ids: new Map(ids.entries()) };
  return new Memento({ nodes, epoch, hasher: keyHasher(hash, seed) }, seats);
}

/** The memento placement of a snapshot. */
export function restoreMemento(fields: CheckedFields): Placement {
  const { nodes, epoch, numbers, words } = fields;
  if (numbers.length > 0) throw new RangeError(`numbers: expected 0, got ${numbers.length}`);
  return new Memento({ nodes, epoch, hasher: hasherOf(fields) }, seatsOf(words, nodes));
}

/** Without gaps the line of buckets just grows and shrinks at its end. */
const rules: SeatRules = {
  grow: (history) =>
    history.removed.length > 0
      ? history.restored()
      : { history: new BucketHistory(history.size + 1, []), bucket: history.size },
  shrink: (history, bucket) =>
    history.removed.length === 0 && bucket === history.size - 1
      ? new BucketHistory(bucket, [])
      : history.without(bucket),
};

class Memento<Meta> extends SeatedPlacement<Meta> {
  readonly kind = 'memento';

  override locate(key: Key): PlacementNode<Meta> {
    return ownerOf(this.tryLocate(key));
  }

  override tryLocate(key: Key): PlacementNode<Meta> | undefined {
    const { bits } = this;
    bits.hash(key);
    return this.nodes[this.locateIndex(bits.high, bits.low)];
  }

  locateIndex(high: number, low: number): number {
    const { history, owners } = this;
    if (history.size === 0) return -1;
    return owners[history.follow(jumpIndex(high, low, history.size), high, low)] ?? -1;
  }

  with(change: PlacementChange<Meta>): Placement<Meta> {
    const nodes = changedNodes(this.nodes, change);
    const parts: HashedParts<Meta> = { nodes, epoch: this.epoch + 1, hasher: this.bits };
    const seats: Seats = reseated(this.seats, nodes, rules);
    return new Memento(parts, seats);
  }
}
