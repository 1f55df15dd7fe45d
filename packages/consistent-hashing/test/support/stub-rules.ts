import type { CircleRules } from '../../src/ring/circle-placement.ts';
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
    fillPlaces: (into, id) => into.set(places[id] ?? []),
    fields: { hashCode: 0, seed: new Uint8Array(), numbers: [] },
  };
}
