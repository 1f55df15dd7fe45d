import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Circle } from '../../src/ring/circle.ts';

const place = fc.oneof(
  fc.nat(40),
  fc.integer({ min: 2 ** 32 - 40, max: 2 ** 32 - 1 }),
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
);
const points = fc.array(fc.tuple(place, fc.nat(5)), { maxLength: 60 });

/** The slow, obvious answer: of all points at or behind, the nearest, and of those the lowest. */
function ownerOf(all: readonly (readonly [number, number])[], at: number): number {
  const byPlace = [...all].sort((left, right) => left[0] - right[0] || left[1] - right[1]);
  const next = byPlace.find(([where]) => where >= at) ?? byPlace[0];
  return next?.[1] ?? -1;
}

function circleOf(all: readonly (readonly [number, number])[]): Circle {
  const byOwner = [...all].sort((left, right) => left[1] - right[1]);
  return new Circle({
    places: Uint32Array.from(byOwner, ([at]) => at),
    owners: Int32Array.from(byOwner, ([, owner]) => owner),
  });
}

test('a circle finds what a look at all points finds', () => {
  fc.assert(
    fc.property(points, fc.array(place, { minLength: 1 }), (all, places) => {
      const circle = circleOf(all);
      for (const at of [...places, ...all.map(([where]) => where), 0, 2 ** 32 - 1]) {
        expect(circle.locate(at)).toBe(ownerOf(all, at));
        expect(circle.locate(at | 0)).toBe(ownerOf(all, at));
        const [first = -1] = circle.walk(at | 0);
        expect(first).toBe(ownerOf(all, at));
      }
    }),
  );
});

test('the arcs of a circle are its points, once each, and say the same', () => {
  fc.assert(
    fc.property(points, (all) => {
      const circle = circleOf(all);
      const { ends, owners } = circle.arcs();
      expect([...ends]).toEqual(
        [...new Set(all.map(([at]) => at))].sort((left, right) => left - right),
      );
      expect([...owners]).toEqual([...ends].map((end) => ownerOf(all, end)));
      expect(circle.size).toBe(ends.length);
    }),
  );
});
