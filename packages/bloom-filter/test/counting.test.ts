import { describe, expect, test } from 'vitest';

import { COUNTER_COUNT_MAX, COUNTER_MAX, CountingFilter, WORD_COUNTERS } from '../src/counting.ts';
import { fastRange } from '../src/fast-range.ts';
import { bitOffset, probe } from '../src/probes.ts';
import { countFound, keyFamilies, withChance } from './support/key-families.ts';

describe('a counting filter', () => {
  test('finds what was added, until it is removed', () => {
    const filter = new CountingFilter({ itemCount: 100, falsePositiveRate: 0.001 });

    expect(filter.add('a')).toBe('added');
    expect(filter.add('b')).toBe('added');
    expect(filter.remove('a')).toBe(true);
    expect([filter.has('a'), filter.has('b')]).toEqual([false, true]);
    expect(filter.remove('a')).toBe(false);
  });

  test('is a bag: what was added twice is there until it was removed twice', () => {
    const filter = new CountingFilter({ counterCount: 800, hashCount: 5 });
    filter.add('a');
    filter.add('a');

    expect(filter.remove('a')).toBe(true);
    expect(filter.has('a')).toBe(true);
    expect(filter.remove('a')).toBe(true);
    expect(filter.has('a')).toBe(false);
  });

  test.each([0, -8, 12, 1.5, Number.NaN, COUNTER_COUNT_MAX + 8])(
    'refuses %d counters',
    (counterCount) => {
      expect(() => new CountingFilter({ counterCount, hashCount: 3 })).toThrow(/^counterCount:/);
    },
  );

  test.each([0, 256, 1.5, Number.NaN])('refuses %d counters for a key', (hashCount) => {
    expect(() => new CountingFilter({ counterCount: 8, hashCount })).toThrow(/^hashCount:/);
    expect(() => new CountingFilter({ words: new Int32Array(1), hashCount })).toThrow(
      /^hashCount:/,
    );
  });

  test('refuses a table of nothing, and sizes beyond memory before it takes any', () => {
    expect(() => new CountingFilter({ words: new Int32Array(0), hashCount: 1 })).toThrow(
      /^counterCount:/,
    );
    expect(() => new CountingFilter({ itemCount: 2 ** 30, falsePositiveRate: 0.01 })).toThrow(
      /^itemCount:/,
    );
  });

  test('goes on with a table that is there', () => {
    const before = new CountingFilter({ counterCount: 800, hashCount: 5 });
    before.add('a');
    const after = new CountingFilter({ words: before.words.slice(), hashCount: 5 });

    expect(after.has('a')).toBe(true);
    expect(after.remove('a')).toBe(true);
    expect(after.stats().fillRatio).toBe(0);
  });

  test('says how full it is', () => {
    const filter = new CountingFilter({ itemCount: 10_000, falsePositiveRate: 0.01 });
    expect(filter.stats()).toMatchObject({ itemCount: 0, fillRatio: 0, falsePositiveRate: 0 });
    for (let key = 0; key < 10_000; key += 1) filter.add(key);

    const stats = filter.stats();
    expect(stats.sizeBits).toBe(4 * filter.counterCount);
    expect(filter.counterCount).toBe(WORD_COUNTERS * filter.words.length);
    expect(Math.abs(stats.itemCount - 10_000)).toBeLessThan(200);
    expect(stats.falsePositiveRate).toBeCloseTo(0.01, 2);
    expect(stats.saturatedCount).toBe(0);
  });

  test.each(Object.entries(keyFamilies))('of %s keeps its rate', (_, keyOf) => {
    const filter = new CountingFilter({ itemCount: 20_000, falsePositiveRate: 0.01 });
    for (let index = 0; index < 20_000; index += 1) filter.add(keyOf(index));

    expect(countFound(filter, keyOf, [0, 20_000])).toBe(20_000);
    expect(countFound(filter, keyOf, [20_000, 120_000])).toBeLessThan(withChance(1_000));
  });

  test('is empty again once all was removed', () => {
    const filter = new CountingFilter({ counterCount: 4_000, hashCount: 4 });
    for (let key = 0; key < 500; key += 1) filter.add(key);
    expect(filter.stats().saturatedCount).toBe(0);
    for (let key = 0; key < 500; key += 1) expect(filter.remove(key)).toBe(true);

    expect(filter.words.every((word) => word === 0)).toBe(true);
  });

  test('tells a stranger whose counters coincide, and changes nothing for it', () => {
    // One word and 12 probes: counters meet, and some stranger needs two where there is one.
    let refused = 0;
    for (let key = 0; key < 500; key += 1) {
      const filter = new CountingFilter({ counterCount: 8, hashCount: 12 });
      filter.words.fill(0x1111_1111);
      const before = filter.words.slice();
      expect(filter.has(key)).toBe(true);
      if (filter.remove(key)) continue;
      refused += 1;
      expect(filter.words).toEqual(before);
    }
    expect(refused).toBe(500);
  });

  test('counts where the probes of a key lead to, and takes its offset into account', () => {
    for (let key = 1; key < 200; key += 1) {
      const [high, low] = [Math.imul(key, 0x9e37_79b1), Math.imul(key, 0x85eb_ca6b)];
      const filter = new CountingFilter({ counterCount: 800, hashCount: 5 });
      filter.addHash(high, low);
      const expected = new Int32Array(100);
      for (let index = 0; index < 5; index += 1) {
        const mixed = probe(high, low, index);
        expected[fastRange(mixed, 100)]! += 1 << (4 * ((mixed + bitOffset(low)) & 7));
      }
      expect(filter.words).toEqual(expected);
    }
  });

  test('has counters up to 15', () => {
    expect(COUNTER_MAX).toBe(15);
  });
});
