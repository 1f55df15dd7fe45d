import fc from 'fast-check';
import { expect, test } from 'vitest';

import { fastRange } from '../src/fast-range.ts';
import { bitOffset, bloomPositions, hasCells, probe } from '../src/probes.ts';

const shape = { bitCount: 2 ** 20, hashCount: 20 };

test('positions lie in the table and depend on nothing but the hash', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (high, low) => {
      const positions = bloomPositions(high, low, shape);
      expect(positions).toHaveLength(20);
      for (const at of positions) {
        expect(at).toBeGreaterThanOrEqual(0);
        expect(at).toBeLessThan(shape.bitCount);
      }
      expect(bloomPositions(high, low, shape)).toEqual(positions);
    }),
  );
});

test.each([
  ['bits', { log: 0, mask: 1 }],
  ['counters of four bits', { log: 2, mask: 15 }],
])('the cells of a key are all that is looked at, if they are %s', (_, cells) => {
  const [high, low] = [0x0123_4567, 0x89ab_cdef | 0];
  const words = new Int32Array(32).fill(-1);
  expect(hasCells(words, 7, high, low, cells)).toBe(true);
  for (let index = 0; index < 8; index += 1) {
    const mixed = probe(high, low, index);
    const at = fastRange(mixed, 32);
    const before = words[at] ?? 0;
    words[at] = ~(cells.mask << ((mixed + bitOffset(low)) << cells.log));
    // The eighth is not one of its seven.
    expect(hasCells(words, 7, high, low, cells)).toBe(index === 7);
    words[at] = before;
  }
  words.fill(0);
  expect(hasCells(words, 7, high, low, cells)).toBe(false);
});

test('positions of one hash are those that files have, for ever', () => {
  expect(bloomPositions(0x0123_4567, 0x89ab_cdef | 0, { bitCount: 1_024, hashCount: 7 })).toEqual([
    41, 170, 228, 387, 339, 124, 592,
  ]);
});

test('both halves of a hash and the number of the probe matter', () => {
  expect(probe(1, 2, 3)).not.toBe(probe(2, 2, 3));
  expect(probe(1, 2, 3)).not.toBe(probe(1, 3, 3));
  expect(probe(1, 2, 3)).not.toBe(probe(1, 2, 4));
});

test('every bit of a word is chosen as often as any other', () => {
  const counts = new Float64Array(32);
  for (let low = 0; low < 32_000; low += 1) {
    counts[bloomPositions(low, low, { bitCount: 2 ** 35, hashCount: 1 })[0]! & 31]! += 1;
  }
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});

test('in a table past 2^32 bits, every bit of the same word can be chosen', () => {
  const bits = new Set(Array.from({ length: 1_000 }, (_, low) => bitOffset(low)));
  expect(bits.size).toBe(32);
});
