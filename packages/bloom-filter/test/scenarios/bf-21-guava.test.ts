/*
 * What goes wrong elsewhere: a filter "of Guava" hashes the UTF-8 where Guava's default funnel
 * hashes units of 16 bits, or takes the wrong 64 of the 128 bits, and finds most keys by luck in
 * small tests. The counts below are those of Guava's own tests: of a million strangers, these many
 * are found, no more, no fewer.
 */
import { describe, expect, test } from 'vitest';

import { decodeGuava, encodeGuava } from '../../src/codec/guava-codec.ts';
import { GuavaBloomFilter } from '../../src/guava-bloom.ts';

const itemCount = 1_000_000;

/** Which odd numbers a filter of all even numbers below two million takes for members. */
function strangersOf(filter: GuavaBloomFilter): readonly number[] {
  const found: number[] = [];
  for (let key = 1; key < 2 * itemCount; key += 2) if (filter.has(String(key))) found.push(key);
  return found;
}

describe('a million keys at 3 %', () => {
  test.each([
    ['mitz-32', 'utf-16', 29_824, [49, 51, 59, 163, 199, 321, 325, 363, 367, 469, 545, 561]],
    ['mitz-64', 'utf-16', 30_104, [15, 25, 287, 319, 381, 399, 421, 465, 529, 697, 767, 857]],
    ['mitz-64', 'utf-8', 29_763, [89, 129, 471, 723, 751, 835, 871]],
  ] as const)(
    'by %s of %s, have %d strangers',
    (strategy, funnel, count, first) => {
      const filter = new GuavaBloomFilter({ itemCount, falsePositiveRate: 0.03, strategy, funnel });
      for (let key = 0; key < 2 * itemCount; key += 2) filter.add(String(key));
      const strangers = strangersOf(filter);

      expect(strangers).toHaveLength(count);
      expect(strangers.slice(0, first.length)).toEqual(first);
      expect(Math.abs(filter.stats().falsePositiveRate - count / itemCount)).toBeLessThan(0.00033);
      expect(Math.abs(filter.stats().itemCount / itemCount - 1)).toBeLessThan(0.01);
    },
    120_000,
  );
});

test('the two funnels for strings give different filters', () => {
  const sizing = { itemCount: 100, falsePositiveRate: 0.01 };
  const utf8 = new GuavaBloomFilter({ ...sizing, funnel: 'utf-8' });
  const utf16 = new GuavaBloomFilter({ ...sizing, funnel: 'utf-16' });
  utf8.add('key');
  utf16.add('key');
  expect(utf8.words).not.toEqual(utf16.words);
  expect(decodeGuava(encodeGuava(utf8), 'utf-16').has('key')).toBe(false);
});
