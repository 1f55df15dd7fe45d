import { describe, expect, test } from 'vitest';

import { GENERATION_COUNT_MAX, RollingFilter, type RollingOptions } from '../src/rolling.ts';

const options: RollingOptions = {
  itemCount: 1_000,
  falsePositiveRate: 1e-6,
  windowMs: 1_000,
  generationCount: 4,
};

describe('a rolling filter', () => {
  test('finds what was added and says whether a key is certainly new', () => {
    const filter = new RollingFilter(options);

    expect(filter.add('a', 0)).toBe('added');
    expect(filter.add('a', 1)).toBe('present');
    expect([filter.has('a', 2), filter.has('b', 2)]).toEqual([true, false]);
  });

  test('forgets between the window and one generation more', () => {
    const filter = new RollingFilter(options);
    filter.add('at the beginning of a generation', 0);
    filter.add('at the end of a generation', 249);

    expect(filter.generationMs).toBe(250);
    expect(filter.has('at the beginning of a generation', 1_249)).toBe(true);
    expect(filter.has('at the end of a generation', 1_249)).toBe(true);
    expect(filter.has('at the beginning of a generation', 1_250)).toBe(false);
    expect(filter.has('at the end of a generation', 1_250)).toBe(false);
  });

  test('keeps what is added again', () => {
    const filter = new RollingFilter(options);
    for (let nowMs = 0; nowMs < 10_000; nowMs += 700) filter.add('a', nowMs);

    expect(filter.has('a', 10_000)).toBe(true);
    expect(filter.has('a', 12_000)).toBe(false);
  });

  test('is empty after a silence, however long', () => {
    const filter = new RollingFilter(options);
    filter.add('a', 0);

    expect(filter.stats(0).itemCount).toBe(1);
    expect(filter.stats(1e14)).toMatchObject({ itemCount: 0, fillRatio: 0 });
    expect(filter.has('a', 1e14)).toBe(false);
  });

  test('begins at any time, before 0 as well', () => {
    for (const startMs of [-10_000, -1, 0, 1.7e12]) {
      const filter = new RollingFilter(options);
      filter.add('a', startMs);
      expect(filter.has('a', startMs + 1_000)).toBe(true);
      expect(filter.has('a', startMs + 1_250)).toBe(false);
    }
  });

  test('keeps its rate while it rolls', () => {
    const filter = new RollingFilter({ ...options, falsePositiveRate: 0.01 });
    let found = 0;
    for (let key = 0; key < 100_000; key += 1) {
      filter.add(key, key);
      if (filter.has(1e9 + key, key)) found += 1;
    }

    expect(found).toBeLessThan(1_000);
    const { sizeBits, fillRatio, itemCount, falsePositiveRate } = filter.stats(99_999);
    expect(sizeBits % 5).toBe(0);
    expect(fillRatio).toBeCloseTo(0.5, 1);
    expect(Math.abs(itemCount - 1_250)).toBeLessThan(100);
    expect(falsePositiveRate).toBeLessThan(0.0125);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d ms', (windowMs) => {
    expect(() => new RollingFilter({ ...options, windowMs })).toThrow(/^windowMs:/);
  });

  test.each([0, 1.5, GENERATION_COUNT_MAX + 1])('refuses %d generations', (generationCount) => {
    expect(() => new RollingFilter({ ...options, generationCount })).toThrow(/^generationCount:/);
  });

  test('refuses sizes out of range', () => {
    expect(() => new RollingFilter({ ...options, itemCount: -1 })).toThrow(/^itemCount:/);
    expect(() => new RollingFilter({ ...options, falsePositiveRate: 1 })).toThrow(
      /^falsePositiveRate:/,
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e300])('refuses %d as a time', (nowMs) => {
    const filter = new RollingFilter(options);
    filter.add('a', 0);

    expect(() => filter.add('b', nowMs)).toThrow(/^nowMs:/);
    expect(() => filter.has('b', nowMs)).toThrow(/^nowMs:/);
    expect(() => filter.stats(nowMs)).toThrow(/^nowMs:/);
    expect([filter.has('a', 0), filter.has('b', 0)]).toEqual([true, false]);
  });
});
