import fc from 'fast-check';
import { expect, test } from 'vitest';

import { placeOf, ring, wayPoint } from '../../../src/dashboard/cluster/ring-geometry.ts';

test('up to nine nodes fit, with their labels, and do not touch', () => {
  for (let count = 1; count <= 9; count += 1) {
    const places = Array.from({ length: count }, (_, index) => placeOf(index, count));
    for (const [index, { x, y }] of places.entries()) {
      expect(x).toBeGreaterThan(ring.nodeRadius);
      expect(x).toBeLessThan(ring.width - ring.nodeRadius);
      expect(y).toBeGreaterThan(ring.nodeRadius);
      expect(y).toBeLessThan(ring.height - ring.nodeRadius);
      for (const other of places.slice(index + 1)) {
        expect(Math.hypot(x - other.x, y - other.y)).toBeGreaterThan(2 * ring.nodeRadius);
      }
    }
  }
});

test('a message goes from rim to rim, and the two directions keep apart', () => {
  const index = fc.nat(4);
  fc.assert(
    fc.property(index, index, (source, target) => {
      fc.pre(source !== target);
      const [from, to] = [placeOf(source, 5), placeOf(target, 5)];
      const start = wayPoint(from, to, 0);
      expect(Math.hypot(start.x - from.x, start.y - from.y)).toBeLessThan(ring.nodeRadius + 20);
      const [there, back] = [wayPoint(from, to, 0.5), wayPoint(to, from, 0.5)];
      expect(Math.hypot(there.x - back.x, there.y - back.y)).toBeGreaterThan(20);
    }),
  );
});
