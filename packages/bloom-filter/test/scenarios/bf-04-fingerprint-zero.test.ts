/*
 * What goes wrong elsewhere: 0 marks a free slot and is a fingerprint too, so keys of it are always
 * found, or never; or all of it is moved to 1, which is then twice as frequent.
 */
import { expect, test } from 'vitest';

import { CuckooFilter, fingerprint } from '../../src/cuckoo.ts';

test('each of 255 fingerprints is as frequent as any other', () => {
  const counts = new Array<number>(256).fill(0);
  for (let index = 0; index < 65_536; index += 1) {
    const print = fingerprint(Math.imul(index, 65_536), 8);
    counts[print] = (counts[print] ?? 0) + 1;
  }

  expect(counts[0]).toBe(0);
  expect(Math.min(...counts.slice(1))).toBeGreaterThanOrEqual(256);
  expect(Math.max(...counts)).toBeLessThanOrEqual(258);
});

test('a key of a hash of zeros is found only once it was added', () => {
  const filter = new CuckooFilter({ bucketCount: 7, fingerprintBits: 32 });

  expect(filter.hasHash(0, 0)).toBe(false);
  filter.addHash(0, 0);
  expect(filter.hasHash(0, 0)).toBe(true);
});
