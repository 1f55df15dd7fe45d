/*
 * The ring: every node stands at many points of a circle, every key at one, and the next point is
 * the owner. A node that comes takes the arcs in front of its points, and only from those who had
 * them; a node that goes leaves each of its arcs to the next point. Nothing else changes, so no key
 * ever moves between two nodes that stay.
 *
 * With one point each, arcs are as uneven as chance: of ten nodes one has a third of the circle.
 * With v points each the shares differ by about 1/sqrt(v) of themselves, and the arcs of a node
 * that fails fall to many others, not to one. A node of weight w has w times `pointsPerWeight`
 * points, whatever the others have. (Where points are dealt out of a total, as in ketama, a new
 * weight of one node shifts the points of all, and keys move between nodes that nobody touched.)
 *
 * The points of a node are hashes of its id followed by the number of the point, in four bytes. So
 * no id with one number reads as another id with another number, as "a" with "1-0" and "a-1" with
 * "0" do where text is joined. Each hash of 64 bits is two points.
 *
 * Source: Karger et al., "Consistent hashing and random trees", STOC 1997, §4; virtual nodes:
 * Stoica et al., "Chord", SIGCOMM 2001, §6.
 */
import { type Key, keyHasher, type KeyHasher } from '@quorate/hash';

import { hasherOf, spaceOf } from '../codec/hash-fields.ts';
import { type CheckedFields, encodeSnapshot } from '../codec/snapshot-format.ts';
import { invariant } from '../invariant.ts';
import { changedNodes, nodeSet, type PlacementChange, type PlacementNode } from '../node-set.ts';
import {
  checkedEpoch,
  type HashedOptions,
  ownerOf,
  type Placement,
  type PlacementLayout,
  type PlacementTraits,
  type ReplicaOptions,
} from '../placement.ts';
import { pickReplicas } from '../replicas.ts';
import { Circle, packedPoint } from './circle.ts';
import { eachOnce } from './each-once.ts';

/** What a ring is made of. */
export interface RingOptions<Meta = unknown> extends HashedOptions<Meta> {
  /**
   * Points of a node of weight 1; 160 without it. More than 0.
   *
   * @remarks
   * A node has `weight * pointsPerWeight` points, rounded, and at least one. Its share is off by
   * about 1/sqrt(points) of itself, so four times the points halve the unevenness. Each point takes
   * 12 to 20 bytes, and making a ring takes time in proportion. All nodes together may have
   * 4,194,304. Everybody who asks must have the same.
   */
  readonly pointsPerWeight?: number;
}

const POINTS_PER_WEIGHT = 160;
const POINTS_MAX = 4_194_304;

const traits: PlacementTraits = {
  weights: 'quantised',
  removal: 'any',
  excess: 'none',
  diff: 'ranges',
  orderDependent: false,
};

/**
 * A ring with virtual nodes: any node may come or go, weights hold in steps, plans are exact.
 *
 * @throws RangeError for nodes or an option out of range.
 *
 * @example
 * ```ts
 * const small = ring({ nodes: ['a', 'b', 'c'] });
 * const large = small.with({ add: [{ id: 'd', weight: 2 }] });
 *
 * small.locate('user:7').id; // => 'c'
 * large.locateN('user:7', 2).map(({ id }) => id); // => ['c', 'd']
 * ```
 */
export function ring<Meta = unknown>(options: RingOptions<Meta>): Placement<Meta> {
  const { nodes, epoch = 0, pointsPerWeight = POINTS_PER_WEIGHT, hash, seed } = options;
  const hasher = keyHasher(hash, seed);
  return new Ring(nodeSet(nodes), checkedEpoch(epoch), pointsPerWeight, hasher);
}

/** The ring of a snapshot. */
export function restoreRing(fields: CheckedFields): Placement {
  const { nodes, epoch, numbers, words } = fields;
  const [pointsPerWeight = 0] = numbers;
  if (numbers.length !== 1 || words.length > 0) {
    throw new RangeError(`numbers: expected 1 and no words, got ${numbers.length}`);
  }
  return new Ring(nodes, epoch, pointsPerWeight, hasherOf(fields));
}

class Ring<Meta> implements Placement<Meta> {
  readonly kind = 'ring';
  readonly traits = traits;
  readonly nodes: readonly PlacementNode<Meta>[];
  readonly epoch: number;
  readonly bits: KeyHasher;
  readonly #pointsPerWeight: number;
  readonly #circle: Circle;

  constructor(
    nodes: readonly PlacementNode<Meta>[],
    epoch: number,
    pointsPerWeight: number,
    hasher: KeyHasher,
  ) {
    this.nodes = nodes;
    this.epoch = epoch;
    this.bits = hasher;
    this.#pointsPerWeight = pointsPerWeight;
    this.#circle = new Circle(pointsOf(nodes, pointsPerWeight, hasher));
  }

  locate(key: Key): PlacementNode<Meta> {
    return ownerOf(this.tryLocate(key));
  }

  tryLocate(key: Key): PlacementNode<Meta> | undefined {
    this.bits.hash(key);
    return this.nodes[this.#circle.locate(this.bits.high)];
  }

  locateIndex(high: number, _low: number): number {
    return this.#circle.locate(high);
  }

  locateN(key: Key, count: number, options?: ReplicaOptions): PlacementNode<Meta>[] {
    this.bits.hash(key);
    return pickReplicas(this.nodes, this.ranked(this.bits.high), count, options);
  }

  ranked(high: number, _low?: number): Iterable<number> {
    return eachOnce(this.nodes, this.#circle.walk(high));
  }

  layout(): PlacementLayout {
    return { kind: 'ranges', space: `${spaceOf(this.bits)}/high`, ...this.#circle.arcs() };
  }

  with(change: PlacementChange<Meta>): Placement<Meta> {
    const nodes = changedNodes(this.nodes, change);
    return new Ring(nodes, checkedEpoch(this.epoch + 1), this.#pointsPerWeight, this.bits);
  }

  snapshot(): Uint8Array {
    return encodeSnapshot({
      kind: this.kind,
      epoch: this.epoch,
      hashCode: this.bits.code,
      seed: this.bits.seed,
      nodes: this.nodes,
      numbers: [this.#pointsPerWeight],
      words: new Uint32Array(),
    });
  }
}

/** All points, packed for a circle. */
function pointsOf(
  nodes: readonly PlacementNode[],
  pointsPerWeight: number,
  hasher: KeyHasher,
): Float64Array {
  const counts = nodes.map(({ weight }) => pointCount(weight, checkedPoints(pointsPerWeight)));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > POINTS_MAX) {
    throw new RangeError(
      `points: expected at most ${POINTS_MAX} in all, got ${total}: lower pointsPerWeight`,
    );
  }
  const points = new Float64Array(total);
  let filled = 0;
  nodes.forEach(({ id }, owner) => {
    const count = counts[owner] ?? 0;
    fillPoints(points.subarray(filled, filled + count), id, owner, hasher);
    filled += count;
  });
  invariant(filled === total, 'every point has a place');
  return points;
}

function checkedPoints(pointsPerWeight: number): number {
  if (pointsPerWeight > 0 && pointsPerWeight <= POINTS_MAX) return pointsPerWeight;
  throw new RangeError(
    `pointsPerWeight: expected more than 0 and at most ${POINTS_MAX}, got ${pointsPerWeight}`,
  );
}

/** Weight 0 has none; the smallest weight has one, or it would be drained without being told. */
function pointCount(weight: number, pointsPerWeight: number): number {
  return weight === 0 ? 0 : Math.max(1, Math.round(weight * pointsPerWeight));
}

const encoder = new TextEncoder();

function fillPoints(points: Float64Array, id: string, owner: number, hasher: KeyHasher): void {
  const text = encoder.encode(id);
  const label = new Uint8Array(text.length + 4);
  label.set(text);
  const view = new DataView(label.buffer);
  for (let index = 0; index < points.length; index += 2) {
    view.setUint32(text.length, index / 2, true);
    hasher.hashBytes(label);
    points[index] = packedPoint(hasher.high >>> 0, owner);
    // Of an odd number the last half is left out: writing behind the end of an array does nothing.
    points[index + 1] = packedPoint(hasher.low >>> 0, owner);
  }
}
