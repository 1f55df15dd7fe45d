/*
 * Ketama: the ring that memcached clients agreed on, so that a key written by one program is found
 * by another. It is here for that, not for its properties. Points are dealt out of a total, 40
 * digests for each node, in proportion to weights: a new node, or a new weight of one, changes the
 * number of points of all the others, unless all weights are equal, and then keys move between
 * nodes that nobody touched. For a ring without that, see `ring`.
 *
 * Clients differ in how they name nodes and round counts; `dialects.ts` tells how. A node that gets
 * no digest at all would silently own nothing; here that is an error.
 *
 * Departure: where two points are equal, these programs let whoever came first or last have it;
 * here it is the one whose id is first. And a node of weight 0 is not counted, where libmemcached
 * takes 0 for 1.
 *
 * Source: Richard Jones, "libketama: consistent hashing library for memcached clients", 2007.
 */
import { md5 } from '@quorate/hash';

import type { CheckedFields } from '../codec/snapshot-format.ts';
import { nodeSet, type PlacementNode, totalWeight } from '../node-set.ts';
import type { Placement, PlacementOptions, PlacementTraits } from '../placement.ts';
import { CirclePlacement, type CircleRules } from '../ring/circle-placement.ts';
import { type DialectRules, dialects, type KetamaDialect } from './dialects.ts';
import { Md5Bits } from './md5-bits.ts';

/** What a ketama ring is made of. The id of a node is its name: `10.0.1.1:11211`, or a host. */
export interface KetamaOptions<Meta = unknown> extends PlacementOptions<Meta> {
  /** Whose answers to give. */
  readonly dialect: KetamaDialect;
}

const traits: PlacementTraits = {
  weights: 'quantised',
  removal: 'any',
  excess: 'bounded',
  diff: 'ranges',
  orderDependent: false,
};

/**
 * A ring with the answers of memcached clients.
 *
 * @throws RangeError for nodes out of range, an unknown dialect, or a positive weight so small
 *   beside
 *   the others that the dialect gives it no point.
 *
 * @example
 * ```ts
 * import { ketama } from '@quorate/consistent-hashing';
 *
 * const nodes = ['10.0.1.1:11211', '10.0.1.2:11211', '10.0.1.3:11211'];
 * ketama({ nodes, dialect: 'libmemcached' }).locate('user:7').id; // => '10.0.1.3:11211'
 * ```
 */
export function ketama<Meta = unknown>(options: KetamaOptions<Meta>): Placement<Meta> {
  const { nodes, epoch = 0, dialect } = options;
  if (!Object.hasOwn(dialects, dialect)) {
    const known = Object.keys(dialects).join(', ');
    throw new RangeError(`dialect: expected one of ${known}, got ${dialect}`);
  }
  return new CirclePlacement(nodeSet(nodes), epoch, ketamaRules(dialects[dialect]));
}

/** The ketama ring of a snapshot. */
export function restoreKetama({ nodes, epoch, hashCode, seed, ...rest }: CheckedFields): Placement {
  const rules = Object.values(dialects).find(({ code }) => code === rest.numbers[0]);
  const extra = rest.numbers.length - 1 + rest.words.length + seed.length + hashCode;
  if (rules === undefined || extra > 0) {
    throw new RangeError(`dialect: expected one that is known, got ${rest.numbers.join()}`);
  }
  return new CirclePlacement(nodes, epoch, ketamaRules(rules));
}

function ketamaRules(dialect: DialectRules): CircleRules {
  return {
    kind: 'ketama',
    traits,
    space: 'md5/first',
    bits: new Md5Bits(),
    pointCounts: (nodes) => pointCounts(nodes, dialect),
    fillPlaces: (places, id) => fillPlaces(places, dialect.nameOf(id), dialect),
    fields: { hashCode: 0, seed: new Uint8Array(), numbers: [dialect.code] },
  };
}

function pointCounts(nodes: readonly PlacementNode[], dialect: DialectRules): number[] {
  const total = totalWeight(nodes);
  const count = nodes.filter(({ weight }) => weight > 0).length;
  return nodes.map(({ id, weight }) => {
    if (weight === 0) return 0;
    const digests = dialect.digestCount(weight, total, count);
    if (digests > 0) return digests * dialect.pointsPerDigest;
    throw new RangeError(
      `weight of ${JSON.stringify(id.slice(0, 80))}: expected enough for a digest ` +
        `beside a total of ${total}, got ${weight}`,
    );
  });
}

function fillPlaces(
  places: Uint32Array,
  name: string,
  { pointsPerDigest, isBehindEqual }: DialectRules,
): void {
  const words = new Uint32Array(4);
  for (let index = 0; index < places.length; index += 1) {
    const word = index % pointsPerDigest;
    if (word === 0) md5(`${name}-${index / pointsPerDigest}`, words);
    const point = words[word] ?? 0;
    // The first point behind a hash is the first at or behind it of points set one place back.
    places[index] = isBehindEqual ? point - 1 : point;
  }
}
