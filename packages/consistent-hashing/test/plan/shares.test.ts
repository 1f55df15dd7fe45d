import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { balance } from '../../src/plan/shares.ts';
import { ring } from '../../src/ring/ring.ts';

describe('balance', () => {
  test('adds up to everything, exactly', () => {
    const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(ids, (nodes) => {
        const wellFormed = [...new Set(nodes.map((id) => id.toWellFormed()))];
        const found = balance(ring({ nodes: wellFormed, pointsPerWeight: 5 }));
        expect(found.isExact).toBe(true);
        expect(found.nodes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
        expect(found.peakToMean).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  test('of a sample comes close to the exact one', () => {
    const nodes = ['a', 'b', { id: 'c', weight: 3 }, { id: 'drained', weight: 0 }];
    const placement = ring({ nodes });
    const keys = Array.from({ length: 20_000 }, (_, index) => `key ${index}`);
    const [exact, sampled] = [balance(placement), balance(placement, keys)];
    for (const [place, { id, share, target }] of exact.nodes.entries()) {
      expect(sampled.nodes[place]?.share).toBeCloseTo(share, 1.5);
      expect([id, target]).toEqual([id, { a: 0.2, b: 0.2, c: 0.6, drained: 0 }[id]]);
    }
    expect(exact.nodes.at(-1)).toEqual({ id: 'drained', share: 0, target: 0 });
    expect(sampled.isExact).toBe(false);
  });

  test('of nobody is nothing', () => {
    expect(balance(ring({ nodes: [] }))).toEqual({ isExact: true, nodes: [], peakToMean: 0 });
  });
});
