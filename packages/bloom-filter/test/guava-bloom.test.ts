import { describe, expect, test } from 'vitest';

import { GuavaBloomFilter, guavaShape } from '../src/guava-bloom.ts';

describe('a filter of Guava', () => {
  test.each(['mitz-32', 'mitz-64'] as const)('by %s finds what was added', (strategy) => {
    const filter = new GuavaBloomFilter({ itemCount: 500, falsePositiveRate: 0.01, strategy });
    for (let key = 0; key < 500; key += 1) filter.add(String(key));
    let strangers = 0;
    for (let key = 0; key < 500; key += 1) {
      expect(filter.has(String(key))).toBe(true);
      if (filter.has(`x${key}`)) strangers += 1;
    }
    expect(strangers).toBeLessThan(20);
    expect(Math.abs(filter.stats().itemCount - 500)).toBeLessThan(25);
    expect(filter.stats().falsePositiveRate).toBeLessThan(0.015);
  });

  test('says whether a key is certainly new', () => {
    const filter = new GuavaBloomFilter({ itemCount: 10, falsePositiveRate: 0.01 });
    expect([filter.add('a'), filter.add('a')]).toEqual(['added', 'present']);
  });

  test('takes bytes as they are with either funnel', () => {
    for (const funnel of ['utf-8', 'utf-16'] as const) {
      const filter = new GuavaBloomFilter({ itemCount: 10, falsePositiveRate: 0.01, funnel });
      filter.add('a');
      expect(filter.has(Uint8Array.of(97))).toBe(funnel === 'utf-8');
      expect(filter.has(Uint8Array.of(97, 0))).toBe(funnel === 'utf-16');
    }
  });

  test.each([
    [1_000_000, 0.03, 7_298_496, 5],
    [100, 0.03, 768, 5],
    [1, 0.5, 64, 1],
  ])('for %d keys at %d has the shape of Guava', (itemCount, rate, bitCount, hashCount) => {
    const shape = guavaShape({ itemCount, falsePositiveRate: rate });
    expect(shape).toEqual({ bitCount, hashCount });
  });

  test('refuses tables that are none', () => {
    const words = new Int32Array(2);
    expect(() => new GuavaBloomFilter({ words: new Int32Array(0), hashCount: 1 })).toThrow(
      /^words/,
    );
    expect(() => new GuavaBloomFilter({ words: new Int32Array(3), hashCount: 1 })).toThrow(
      /^words/,
    );
    expect(() => new GuavaBloomFilter({ words, hashCount: 0 })).toThrow(/^hashCount/);
    expect(() => new GuavaBloomFilter({ words, hashCount: 256 })).toThrow(/^hashCount/);
    expect(() => new GuavaBloomFilter({ itemCount: 2 ** 40, falsePositiveRate: 0.01 })).toThrow(
      /^itemCount: expected one for at most 2\^35 bits/,
    );
  });
});
