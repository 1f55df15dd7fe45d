import { expect, test } from 'vitest';

import { anchor } from '../../src/history/anchor.ts';
import { someIds, someKeys } from '../support/all-placements.ts';

test('any node may come or go: only its keys move', () => {
  const nine = anchor({ nodes: someIds(9), capacity: 20 });
  const eight = nine.with({ remove: ['node-4'] });
  const other = eight.with({ add: ['x'] });
  for (const key of someKeys(2_000)) {
    const owner = nine.locate(key).id;
    if (owner !== 'node-4') expect(eight.locate(key).id).toBe(owner);
    expect(other.locate(key).id).toBe(owner === 'node-4' ? 'x' : owner);
  }
});

test.each([0, -1, 1.5, Number.NaN, 2 ** 21])('refuses a capacity of %d', (capacity) => {
  expect(() => anchor({ nodes: [], capacity })).toThrow(/^capacity: expected an integer/);
});
