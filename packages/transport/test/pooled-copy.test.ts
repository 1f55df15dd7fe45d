import fc from 'fast-check';
import { expect, test } from 'vitest';

import { pooledCopy } from '../src/pooled-copy.ts';

test('copies stay what they were, whatever is copied, written or dropped afterwards', () => {
  // Around the sizes at which copies move into the pool and out of it.
  const size = fc.oneof(fc.nat(130), fc.integer({ min: 1_000, max: 1_050 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(size, fc.nat(5)), { maxLength: 60 }), (wanted) => {
      const source = new Uint8Array(2_000);
      const copies = wanted.map(([sizeBytes, start], index) => {
        source.fill(index + 1);
        return pooledCopy(source, start, start + sizeBytes);
      });
      source.fill(0);
      for (const [index, copy] of copies.entries()) {
        expect(copy.length).toBe(wanted[index]![0]);
        expect(copy.every((byte) => byte === index + 1)).toBe(true);
      }
    }),
  );
});

test('a copy does not overlap another: writing one leaves the others alone', () => {
  const copies = Array.from({ length: 50 }, () => pooledCopy(new Uint8Array(100)));
  for (const [index, copy] of copies.entries()) copy.fill(index);
  for (const [index, copy] of copies.entries()) {
    expect(copy.every((byte) => byte === index)).toBe(true);
  }
});
