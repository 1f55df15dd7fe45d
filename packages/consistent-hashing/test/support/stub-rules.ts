import type { CircleRules } from '../../src/ring/circle-placement.ts';
import { packedPoint } from '../../src/ring/circle.ts';
import { keyHasher } from '@quorate/hash';

/** Rules of a circle on which nodes have the points that a test wants. */
export function stubRules(places: Readonly<Record<string, readonly number[]>>): CircleRules {
  return {
    kind: 'ring',
    traits: {
      weights: 'quantised',
      removal: 'any',
      excess: 'none',
      diff: 'ranges',
      orderDependent: false,
    },
    space: 'stub',
    bits: keyHasher(),
    pointCounts: (nodes) => nodes.map(({ id }) => places[id]?.length ?? 0),
    fillPoints: (points, id, owner) => {
      points.set((places[id] ?? []).map((place) => packedPoint(place, owner)));
    },
    fields: { hashCode: 0, seed: new Uint8Array(), numbers: [] },
  };
}
