/*
 * What goes wrong elsewhere: a counter of four bits runs over, into its neighbour or back to 0, or
 * stands at 15 for twenty keys and is counted down fifteen times: members are lost. And a removal
 * of what was never added counts the counters of others down.
 */
import { expect, test } from 'vitest';

import { CountingFilter } from '../../src/counting.ts';

function counters(filter: CountingFilter): number[] {
  return [...filter.words].flatMap((word) =>
    Array.from({ length: 8 }, (_, at) => (word >>> (4 * at)) & 15),
  );
}

test('a key that was added 16 times is still there after 16 removals', () => {
  const filter = new CountingFilter({ counterCount: 800, hashCount: 5 });
  for (let time = 0; time < 16; time += 1) filter.add('a');
  for (let time = 0; time < 16; time += 1) expect(filter.remove('a')).toBe(true);

  expect(filter.has('a')).toBe(true);
  expect(filter.stats().saturatedCount).toBe(5);
});

test('a counter at 15 is never counted down, and never runs over into its neighbour', () => {
  const filter = new CountingFilter({ counterCount: 800, hashCount: 5 });
  for (let time = 0; time < 100; time += 1) filter.add('a');
  const full = counters(filter);
  expect(full.filter((counter) => counter > 0)).toEqual([15, 15, 15, 15, 15]);

  for (let time = 0; time < 100; time += 1) filter.remove('a');
  expect(counters(filter)).toEqual(full);
});

test('members that share a full counter with a key that is removed again are not lost', () => {
  const filter = new CountingFilter({ counterCount: 24, hashCount: 4 });
  for (let key = 0; key < 200; key += 1) filter.add(key);
  for (let key = 50; key < 200; key += 1) filter.remove(key);

  for (let key = 0; key < 50; key += 1) expect(filter.has(key)).toBe(true);
});

test('the removal of an absent key says so and touches nothing', () => {
  const filter = new CountingFilter({ itemCount: 1_000, falsePositiveRate: 0.01 });
  for (let key = 0; key < 1_000; key += 1) filter.add(key);
  const before = filter.words.slice();
  let refused = 0;
  for (let stranger = 1_000; stranger < 3_000; stranger += 1) {
    if (filter.has(stranger)) continue;
    refused += 1;
    expect(filter.remove(stranger)).toBe(false);
  }

  expect(refused).toBeGreaterThan(1_900);
  expect(filter.words).toEqual(before);
});
