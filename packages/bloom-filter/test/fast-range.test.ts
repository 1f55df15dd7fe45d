import fc from 'fast-check';
import { expect, test } from 'vitest';

import { fastRange } from '../src/fast-range.ts';

test('is the upper half of the product', () => {
  const count = fc.oneof(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.constant(2 ** 21 + 1));
  fc.assert(
    fc.property(fc.integer(), count, (hash, count) => {
      const product = BigInt(hash >>> 0) * BigInt(count);
      expect(fastRange(hash, count)).toBe(Number(product >> 32n));
    }),
    { numRuns: 2_000 },
  );
});

test('never reaches the count, however large the hash is', () => {
  for (let bits = 0; bits < 31; bits += 1) {
    for (const count of [2 ** bits, 2 ** bits + 1, 2 ** (bits + 1) - 1]) {
      for (let hash = -1; hash > -20; hash -= 1) {
        expect(fastRange(hash, count)).toBeLessThan(count);
      }
      expect(fastRange(0, count)).toBe(0);
    }
  }
});
