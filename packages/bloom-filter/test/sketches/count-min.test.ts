import { keyHasher } from '@quorate/hash';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { CELL_COUNT_MAX, COUNT_MAX, CountMin } from '../../src/sketches/count-min.ts';

describe('a count-min sketch', () => {
  test('counts what came', () => {
    const sketch = new CountMin({ errorShare: 0.001, failureChance: 0.01 });
    sketch.add('a', 7);
    sketch.add('b');
    sketch.add('b');

    expect(['a', 'b', 'c'].map((key) => sketch.estimate(key))).toEqual([7, 2, 0]);
    expect(sketch.totalCount).toBe(9);
    expect([sketch.width, sketch.depth]).toEqual([2_719, 5]);
    expect(sketch.counters).toHaveLength(2_719 * 5);
  });

  test('is never too low, and the sum of parts is the whole, as a map of counts says', () => {
    const counts = fc.array(fc.tuple(fc.nat(40), fc.nat(9)), { maxLength: 100 });
    fc.assert(
      fc.property(counts, counts, fc.integer({ min: 1, max: 30 }), (left, right, width) => {
        const [part, other, whole] = [0, 1, 2].map(() => new CountMin({ width, depth: 3 }));
        const model = new Map<number, number>();
        for (const [key, count] of left) part?.add(key, count);
        for (const [key, count] of right) other?.add(key, count);
        for (const [key, count] of [...left, ...right]) {
          whole?.add(key, count);
          model.set(key, (model.get(key) ?? 0) + count);
        }
        if (other !== undefined) part?.addAll(other);
        expect(part?.counters).toEqual(whole?.counters);
        expect(part?.totalCount).toBe(whole?.totalCount);
        for (const [key, count] of model) {
          expect(whole?.estimate(key)).toBeGreaterThanOrEqual(count);
          expect(whole?.estimate(key)).toBeLessThanOrEqual(whole?.totalCount ?? 0);
        }
      }),
    );
  });

  test('is too high by more than its error for few keys only', () => {
    const sketch = new CountMin({ errorShare: 0.01, failureChance: 0.05 });
    for (let key = 0; key < 5_000; key += 1) sketch.add(key, 1 + (key % 5));
    const allowed = 0.01 * sketch.totalCount;
    let failures = 0;
    for (let key = 0; key < 5_000; key += 1) {
      if (sketch.estimate(key) - (1 + (key % 5)) > allowed) failures += 1;
    }

    expect(failures).toBeLessThan(0.05 * 5_000);
    expect(sketch.estimate(0)).toBeGreaterThan(1);
  });

  test('believes the lowest row: a frequent key does not spoil the rare ones', () => {
    const sketch = new CountMin({ width: 40, depth: 8 });
    sketch.add('frequent', 1_000_000);
    for (let key = 0; key < 10; key += 1) sketch.add(key);

    for (let key = 0; key < 10; key += 1) expect(sketch.estimate(key)).toBe(1);
  });

  test('stays at what a counter can hold', () => {
    const sketch = new CountMin({ width: 2, depth: 2 });
    sketch.add('a', COUNT_MAX);
    sketch.add('a', 2);

    expect(sketch.estimate('a')).toBe(COUNT_MAX);
    expect(sketch.totalCount).toBe(COUNT_MAX + 2);
    sketch.addAll(sketch);
    expect(sketch.estimate('a')).toBe(COUNT_MAX);
  });

  test('stays at a total that a number can hold', () => {
    const sketch = new CountMin({ width: 2, depth: 1 });
    for (let doubling = 0; doubling < 24; doubling += 1) {
      sketch.add('a', COUNT_MAX);
      sketch.addAll(sketch);
    }
    sketch.add('a');

    expect(sketch.totalCount).toBe(Number.MAX_SAFE_INTEGER);
  });

  test('goes on with counters that are more in all than a number can hold', () => {
    const counters = new Uint32Array(2 ** 22).fill(COUNT_MAX - 1);
    const counted = { counters, totalCount: Number.MAX_SAFE_INTEGER };
    const sketch = new CountMin({ width: 2 ** 22, depth: 1, counted });

    expect(sketch.estimate('a')).toBe(COUNT_MAX - 1);
  });

  test('goes on with counters that are there', () => {
    const before = new CountMin({ width: 10, depth: 2 });
    before.add('a', 3);
    const { width, depth, counters, totalCount } = before;
    const after = new CountMin({ width, depth, counted: { counters, totalCount } });
    after.add('a');

    expect([after.estimate('a'), after.totalCount]).toEqual([4, 4]);
    expect(after.counters).toBe(counters);
  });

  test.each([
    ['counters', 4, 0],
    ['totalCount', 6, -1],
    ['totalCount', 6, 0.5],
    ['totalCount', 6, 2 ** 53],
    ['counters', 6, 1],
  ])('refuses %s that do not fit: %d counters, %d in all', (name, length, totalCount) => {
    const counted = { counters: new Uint32Array(length), totalCount };
    expect(() => new CountMin({ width: 3, depth: 2, counted })).toThrow(new RegExp(`^${name}:`));
  });

  test.each([-1, 1.5, Number.NaN, COUNT_MAX + 1])('refuses to count %d', (count) => {
    const sketch = new CountMin({ width: 10, depth: 2 });

    expect(() => {
      sketch.add('a', count);
    }).toThrow(/^count:/);
    expect([sketch.totalCount, sketch.estimate('a')]).toEqual([0, 0]);
  });

  test.each([0, 1.5, Number.NaN, CELL_COUNT_MAX + 1, CELL_COUNT_MAX])(
    'refuses a width of %d for two rows',
    (width) => {
      expect(() => new CountMin({ width, depth: 2 })).toThrow(/^width:/);
    },
  );

  test.each([0, 1.5, 65])('refuses %d rows', (depth) => {
    expect(() => new CountMin({ width: 10, depth })).toThrow(/^depth:/);
  });

  test.each([0, 1, Number.NaN])('refuses %d for a share or a chance', (value) => {
    expect(() => new CountMin({ errorShare: value, failureChance: 0.1 })).toThrow(/^errorShare:/);
    expect(() => new CountMin({ errorShare: 0.1, failureChance: value })).toThrow(
      /^failureChance:/,
    );
  });

  test('refuses to add up what is unlike, and changes nothing', () => {
    const sketch = new CountMin({ width: 10, depth: 2 });
    const refuse = (other: CountMin, message: RegExp): void => {
      other.add('a');
      expect(() => {
        sketch.addAll(other);
      }).toThrow(message);
    };
    refuse(new CountMin({ width: 11, depth: 2 }), /^other.width:/);
    refuse(new CountMin({ width: 10, depth: 3 }), /^other.depth:/);
    refuse(new CountMin({ width: 10, depth: 2, hasher: keyHasher('xxh64') }), /^other.hasher:/);
    expect(sketch.totalCount).toBe(0);
  });
});
