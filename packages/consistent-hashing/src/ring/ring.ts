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
import { keyHasher, type KeyHasher } from '@quorate/hash';

import { hasherOf, spaceOf } from '../codec/hash-fields.ts';
import type { CheckedFields } from '../codec/snapshot-format.ts';
import { nodeSet } from '../node-set.ts';
import type { HashedOptions, Placement, PlacementTraits } from '../placement.ts';
import { CirclePlacement, type CircleRules } from './circle-placement.ts';

/** What a ring is made of. */
export interface RingOptions<Meta = unknown> extends HashedOptions<Meta> {
  /**
   * Points of a node of weight 1; 160 without it. More than 0.
   *
   * @remarks
   * A node has `weight * pointsPerWeight` points, rounded, and at least one. Its share is off by
   * about 1/sqrt(points) of itself, so four times the points halve the unevenness. Each point takes
   * 7 to 9 bytes, and making a ring takes time in proportion. All nodes together may have
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
 * import { ring } from '@quorate/consistent-hashing';
 *
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
  return new CirclePlacement(nodeSet(nodes), epoch, ringRules(pointsPerWeight, hasher));
}

/** The ring of a snapshot. */
export function restoreRing(fields: CheckedFields): Placement {
  const { nodes, epoch, numbers, words } = fields;
  const [pointsPerWeight = 0] = numbers;
  if (numbers.length !== 1 || words.length > 0) {
    throw new RangeError(`numbers: expected 1 and no words, got ${numbers.length}`);
  }
  return new CirclePlacement(nodes, epoch, ringRules(pointsPerWeight, hasherOf(fields)));
}

function ringRules(pointsPerWeight: number, hasher: KeyHasher): CircleRules {
  const each = checkedPoints(pointsPerWeight);
  return {
    kind: 'ring',
    traits,
    space: `${spaceOf(hasher)}/high`,
    bits: hasher,
    pointCounts: (nodes) => nodes.map(({ weight }) => pointCount(weight, each)),
    fillPlaces: (places, id) => fillPlaces(places, id, hasher),
    fields: { hashCode: hasher.code, seed: hasher.seed, numbers: [each] },
  };
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

function fillPlaces(places: Uint32Array, id: string, hasher: KeyHasher): void {
  const text = encoder.encode(id);
  const label = new Uint8Array(text.length + 4);
  label.set(text);
  const view = new DataView(label.buffer);
  for (let index = 0; index < places.length; index += 2) {
    view.setUint32(text.length, index / 2, true);
    hasher.hashBytes(label);
    places[index] = hasher.high;
    // Of an odd number the last half is left out: writing behind the end of an array does nothing.
    places[index + 1] = hasher.low;
  }
}
