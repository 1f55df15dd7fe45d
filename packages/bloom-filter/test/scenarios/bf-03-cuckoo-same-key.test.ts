/*
 * What goes wrong elsewhere: the same key is added again and again until its two buckets hold
 * nothing else, and the ninth addition pushes in circles or throws away another key.
 */
import { expect, test } from 'vitest';

import { CuckooFilter } from '../../src/cuckoo.ts';

test('a key has room eight times, and the ninth time there is none', () => {
  const filter = new CuckooFilter({ bucketCount: 1_000, fingerprintBits: 16 });
  const outcomes = Array.from({ length: 9 }, () => filter.add('again'));

  expect(outcomes).toEqual([...Array<string>(8).fill('added'), 'full']);
  for (let time = 0; time < 8; time += 1) expect(filter.remove('again')).toBe(true);
  expect(filter.remove('again')).toBe(false);
});
