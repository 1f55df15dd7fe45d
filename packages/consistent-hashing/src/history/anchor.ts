import { type Key, keyHasher } from '@quorate/hash';

import { hasherOf } from '../codec/hash-fields.ts';
import type { CheckedFields } from '../codec/snapshot-format.ts';
import type { HashedParts } from '../hashed-placement.ts';
import { changedNodes, nodeSet, type PlacementChange, type PlacementNode } from '../node-set.ts';
import { type HashedOptions, ownerOf, type Placement } from '../placement.ts';
import { avalanche } from '../replicas.ts';
import { BucketHistory, SIZE_MAX } from './bucket-history.ts';
import { SeatedPlacement } from './seated-placement.ts';
import { reseated, type SeatRules, seatsOf } from './seats.ts';

/** What an anchor placement is made of. Weights are 0 or 1. */
export interface AnchorOptions<Meta = unknown> extends HashedOptions<Meta> {
  /**
   * How many nodes there can ever be at once: an integer in 1..1,048,576.
   *
   * @remarks
   * It never changes, and everybody must have the same. A lookup draws about 1 + ln(capacity /
   * nodes) times, so twice the nodes cost little; each place takes 8 bytes.
   */
  readonly capacity: number;
}

/**
 * Anchor: any node may come or go up to a capacity, and a lookup is a draw or two.
 *
 * @throws RangeError for nodes or an option out of range, a weight that is not 0 or 1, or more
 * nodes
 *   than the capacity; from `with` too.
 *
 * @remarks
 * As with `memento`, the order in which nodes went is part of the placement.
 *
 * @example
 * ```ts
 * import { anchor } from '@quorate/consistent-hashing';
 *
 * const two = anchor({ nodes: ['a', 'b'], capacity: 4 });
 * two.with({ add: ['c', 'd'] }).nodes.length; // => 4
 * ```
 */
export function anchor<Meta = unknown>(options: AnchorOptions<Meta>): Placement<Meta> {
  const nodes = nodeSet(options.nodes);
  const { epoch = 0, hash, seed, capacity } = options;
  if (!Number.isInteger(capacity) || capacity < 1 || capacity > SIZE_MAX) {
    throw new RangeError(`capacity: expected an integer in 1..${SIZE_MAX}, got ${capacity}`);
  }
  const ids = nodes.flatMap(({ id, weight }) => (weight > 0 ? [id] : []));
  if (ids.length > capacity) throw tooMany(capacity, ids.length);
  const free = Array.from({ length: capacity - ids.length }, (_, index) => capacity - 1 - index);
  const seats = { history: new BucketHistory(capacity, free), ids: new Map(ids.entries()) };
  return new Anchor({ nodes, epoch, hasher: keyHasher(hash, seed) }, seats);
}

/** The anchor placement of a snapshot. */
export function restoreAnchor(fields: CheckedFields): Placement {
  const { nodes, epoch, numbers, words } = fields;
  if (numbers.length > 0) throw new RangeError(`numbers: expected 0, got ${numbers.length}`);
  return new Anchor({ nodes, epoch, hasher: hasherOf(fields) }, seatsOf(words, nodes));
}

const rules: SeatRules = {
  grow: (history) => history.restored(),
  shrink: (history, bucket) => history.without(bucket),
};

class Anchor<Meta> extends SeatedPlacement<Meta> {
  readonly kind = 'anchor';

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
    // A draw of its own: the halves themselves are what later draws are made of.
    const bucket = (avalanche(high ^ Math.imul(low, 0xcc9e2d51)) >>> 0) % (history.size >>> 0);
    return owners[history.follow(bucket, high, low)] ?? -1;
  }

  with(change: PlacementChange<Meta>): Placement<Meta> {
    const nodes = changedNodes(this.nodes, change);
    const count = ownerCount(nodes);
    if (count > this.history.size) throw tooMany(this.history.size, count);
    const parts: HashedParts<Meta> = { nodes, epoch: this.epoch + 1, hasher: this.bits };
    return new Anchor(parts, reseated(this.seats, nodes, rules));
  }
}

function ownerCount(nodes: readonly PlacementNode[]): number {
  return nodes.filter(({ weight }) => weight > 0).length;
}

function tooMany(capacity: number, got: number): RangeError {
  return new RangeError(`nodes: expected at most the capacity, ${capacity}, got ${got}`);
}
