/*
 * What goes wrong elsewhere: an addition that finds no room has pushed other keys about, drops the
 * last of them, and reports a failure. The key that is lost is one of long ago.
 */
import { expect, test } from 'vitest';

import { CuckooFilter } from '../../src/cuckoo.ts';

test('an addition that fails changes nothing', () => {
  const filter = new CuckooFilter({ bucketCount: 50, fingerprintBits: 16 });
  let refused = 0;
  for (let key = 0; key < 400; key += 1) {
    const before = filter.slots.slice();
    if (filter.add(key) === 'added') continue;
    refused += 1;
    expect(filter.slots).toEqual(before);
  }

  expect(refused).toBeGreaterThanOrEqual(200);
  expect(filter.itemCount).toBe(400 - refused);
});
