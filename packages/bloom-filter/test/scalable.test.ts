import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isLayerPossible, LAYER_COUNT_MAX, ScalableFilter } from '../src/scalable.ts';
import { BIT_COUNT_MAX, bloomShape } from '../src/sizing.ts';

describe('a scalable filter', () => {
  test('finds what was added and says whether a key is certainly new', () => {
    const filter = new ScalableFilter({ itemCount: 10, falsePositiveRate: 0.001 });

    expect(filter.add('a')).toBe('added');
    expect(filter.add('a')).toBe('present');
    expect([filter.has('a'), filter.has('b')]).toEqual([true, false]);
  });

  test('begins a layer of twice the keys when the last one is full', () => {
    const filter = new ScalableFilter({ itemCount: 100, falsePositiveRate: 0.001 });
    const layersAfter = (keys: number): number => {
      for (let key = 0; key < keys; key += 1) filter.add(key);
      return filter.layers.length;
    };

    expect([100, 101, 299, 305].map(layersAfter)).toEqual([1, 2, 2, 3]);
    expect(filter.layers.map((layer) => layer.hashCount)).toEqual([11, 12, 13]);
  });

  test('is not filled by the same keys', () => {
    const filter = new ScalableFilter({ itemCount: 10, falsePositiveRate: 0.001 });
    for (let time = 0; time < 1_000; time += 1) filter.add(time % 10);

    expect(filter.layers).toHaveLength(1);
  });

  test('is full after its last layer, and then changes nothing', () => {
    const options = { itemCount: 10, falsePositiveRate: 1e-6, layerCountMax: 3 };
    const filter = new ScalableFilter(options);
    for (let key = 0; key < 70; key += 1) expect(filter.add(key)).toBe('added');
    const before = filter.layers.map((layer) => layer.words.slice());

    expect(filter.add('one more')).toBe('full');
    expect(filter.has('one more')).toBe(false);
    expect(filter.add(0)).toBe('present');
    expect(filter.layers.map((layer) => layer.words)).toEqual(before);
  });

  test('is full where the next layer would have a rate below that of 64 bits', () => {
    const filter = new ScalableFilter({ itemCount: 10, falsePositiveRate: 2e-15 });
    for (let key = 0; key < 10; key += 1) filter.add(key);

    expect(filter.add(10)).toBe('full');
  });

  test('is full where the next layer would be larger than a table can be', () => {
    const rates = fc.constantFrom(0.49, 0.25, 0.1, 0.01, 1e-4, 1e-9, 1e-15);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 53 - 1 }), rates, (itemCount, rate) => {
        const sizing = { itemCount, falsePositiveRate: rate };
        if (isLayerPossible(sizing)) {
          expect(bloomShape(sizing).bitCount).toBeLessThanOrEqual(BIT_COUNT_MAX);
        } else {
          const half = { ...sizing, itemCount: Math.ceil(itemCount / 2) };
          if (isLayerPossible(half)) return;
          expect(() => bloomShape(sizing)).toThrow(/^itemCount: expected one that needs at most/);
        }
      }),
    );
    expect(isLayerPossible({ itemCount: 2 ** 30, falsePositiveRate: 0.01 })).toBe(true);
    expect(isLayerPossible({ itemCount: 2 ** 32, falsePositiveRate: 0.01 })).toBe(false);
    expect(isLayerPossible({ itemCount: 1, falsePositiveRate: 9e-16 })).toBe(false);
    expect(isLayerPossible({ itemCount: 2 ** 53, falsePositiveRate: 0.1 })).toBe(false);
  });

  test('says how full it is', () => {
    const filter = new ScalableFilter({ itemCount: 1_000, falsePositiveRate: 0.01 });
    for (let key = 0; key < 7_000; key += 1) filter.add(key);

    const { sizeBits, fillRatio, itemCount, falsePositiveRate } = filter.stats();
    expect(sizeBits).toBe(filter.layers.reduce((sum, layer) => sum + layer.bitCount, 0));
    expect(fillRatio).toBeCloseTo(0.5, 1);
    expect(Math.abs(itemCount - 7_000)).toBeLessThan(200);
    expect(falsePositiveRate).toBeLessThan(0.01);
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 53])('refuses layers of %d keys', (itemCount) => {
    expect(() => new ScalableFilter({ itemCount, falsePositiveRate: 0.01 })).toThrow(/^itemCount:/);
  });

  test.each([0, 1, 1e-16, Number.NaN])('refuses a rate of %d', (falsePositiveRate) => {
    expect(() => new ScalableFilter({ itemCount: 10, falsePositiveRate })).toThrow(
      /^falsePositiveRate:/,
    );
  });

  test.each([0, 1.5, LAYER_COUNT_MAX + 1])('refuses %d layers', (layerCountMax) => {
    const options = { itemCount: 10, falsePositiveRate: 0.01, layerCountMax };
    expect(() => new ScalableFilter(options)).toThrow(/^layerCountMax:/);
  });

  test('finds whatever a set holds, unless it said that it is full', () => {
    const keys = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 300, size: 'max' });
    fc.assert(
      fc.property(keys, (walk) => {
        const options = { itemCount: 4, falsePositiveRate: 0.1, layerCountMax: 5 };
        const filter = new ScalableFilter(options);
        const model = new Set<number>();
        for (const key of walk) {
          const wasFound = filter.has(key);
          const outcome = filter.add(key);
          expect(outcome === 'present').toBe(wasFound);
          if (outcome !== 'full') model.add(key);
        }
        for (const key of model) expect(filter.has(key)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
