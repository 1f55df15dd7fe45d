/*
 * What goes wrong elsewhere: bits are chosen by double hashing, (h1 + i * h2) mod m. With h2 = 0,
 * with an even h2 and m a power of two, or with h2 a multiple of m, a key gets one bit, or half of
 * them, and strangers are found far more often than the formula says.
 */
import { describe, expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import { bloomPositions } from '../../src/probes.ts';
import { bloomFalsePositiveRate } from '../../src/sizing.ts';

const bitCount = 2 ** 20;

describe('a key has as many bits as are asked for', () => {
  test.each([
    ['both halves are 0', 0, 0],
    ['the second half is 0', 0x1234_5678, 0],
    ['the first half is 0', 0, 0x1234_5678],
    ['the second half is even', 0x1234_5678, 2 ** 19],
    ['the second half is as large as the table', 0x1234_5678, bitCount],
    ['both are as large as the table', bitCount, bitCount],
    ['all bits are 1', -1, -1],
  ])('when %s', (_, high, low) => {
    const positions = bloomPositions(high, low, { bitCount, hashCount: 20 });
    expect(new Set(positions).size).toBe(20);
  });
});

/** How many keys make a filter of k bits a key answer yes to three strangers in ten. */
function itemsFor(hashCount: number): number {
  return Math.round((-bitCount / 8 / hashCount) * Math.log(1 - 0.3 ** (1 / hashCount)));
}

function scrambled(value: number): number {
  const mixed = Math.imul(value ^ (value >>> 15), 0x2c1b_3c6d);
  return mixed ^ (mixed >>> 13);
}

describe('the measured rate is within a tenth of the formula', () => {
  test.each(Array.from({ length: 20 }, (_, index) => index + 1))(
    'at %d bits a key',
    (hashCount) => {
      const shape = { bitCount: bitCount / 8, hashCount };
      const itemCount = itemsFor(hashCount);
      const filter = new BloomFilter(shape);
      // The worst that double hashing can meet: a second half that is always 0.
      for (let key = 0; key < itemCount; key += 1) filter.addHash(scrambled(key), 0);
      let found = 0;
      for (let key = itemCount; key < itemCount + 30_000; key += 1) {
        if (filter.hasHash(scrambled(key), 0)) found += 1;
      }
      const ratio = found / 30_000 / bloomFalsePositiveRate(shape, itemCount);
      expect(ratio).toBeGreaterThan(0.9);
      expect(ratio).toBeLessThan(1.1);
    },
  );
});
