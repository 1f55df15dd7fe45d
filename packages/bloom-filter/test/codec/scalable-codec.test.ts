import { keyHasher } from '@quorate/hash';
import { describe, expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import { writeShapes } from '../../src/codec/bloom-layers.ts';
import { writeDouble } from '../../src/codec/double.ts';
import { decodeScalable, encodeScalable } from '../../src/codec/scalable-codec.ts';
import { ScalableFilter } from '../../src/scalable.ts';
import type { BloomShape } from '../../src/sizing.ts';
import { claim, describeFile, expectRefusal } from '../support/filter-files.ts';
import { countFound, withChance } from '../support/key-families.ts';

const hasher = keyHasher('xxh64', 5);

function filterWith(count: number, itemCount = 50): ScalableFilter {
  const filter = new ScalableFilter({ itemCount, falsePositiveRate: 0.02, hasher });
  for (let key = 0; key < count; key += 1) filter.add(key);
  return filter;
}

describeFile({
  kind: 'scalable',
  value: filterWith(20, 5),
  encode: encodeScalable,
  decode: decodeScalable,
});

describe('a scalable filter that was read', () => {
  test.each([0, 49, 50, 51, 150, 1_000])(
    'answers and grows as the one written at %d keys',
    (count) => {
      const filter = filterWith(count);
      const read = decodeScalable(encodeScalable(filter));
      expect(read.stats()).toEqual(filter.stats());
      for (let key = 0; key < 3_000; key += 1) expect(read.add(key)).toBe(filter.add(key));

      expect(encodeScalable(read)).toEqual(encodeScalable(filter));
      expect(read.layers.map((layer) => layer.words)).toEqual(
        filter.layers.map(({ words }) => words),
      );
      expect(countFound(read, Number, [0, 3_000])).toBe(3_000);
    },
  );

  test('keeps its rate while it grows', () => {
    let filter = filterWith(0);
    for (let key = 0; key < 20_000; key += 1) {
      filter.add(key);
      if (key % 1_000 === 0) filter = decodeScalable(encodeScalable(filter));
    }

    expect(countFound(filter, Number, [20_000, 120_000])).toBeLessThan(withChance(2_000));
  });

  test('is full where the one that was written was', () => {
    const options = { itemCount: 10, falsePositiveRate: 1e-6, layerCountMax: 2 };
    const filter = new ScalableFilter(options);
    for (let key = 0; key < 30; key += 1) filter.add(key);
    const read = decodeScalable(encodeScalable(filter));

    expect(read.add('one more')).toBe('full');
    expect(read.add(29)).toBe('present');
  });

  test('is not changed by the one that was written', () => {
    const filter = filterWith(10);
    const read = decodeScalable(encodeScalable(filter));
    filter.add('later');

    expect(read.has('later')).toBe(false);
  });
});

describe('parts', () => {
  const { parts } = filterWith(100);

  test('make a filter that goes on with the same layers', () => {
    const filter = new ScalableFilter(parts);
    expect(filter.layers).toEqual(parts.layers);
    expect(filter.parts).toEqual(parts);
  });

  test.each([
    ['no layer', { layers: [] }, /^layers: expected 1\.\.12, got 0/],
    ['more layers than allowed', { layerCountMax: 1 }, /^layers: expected 1\.\.1, got 2/],
    ['a layer of another hash', { hasher: keyHasher('xxh64', 6) }, /^layers: expected xxh64 of/],
    [
      'more keys than a layer holds',
      { lastCount: 101 },
      /^lastCount: expected an integer in 0\.\.1/,
    ],
    ['half a key', { lastCount: 0.5 }, /^lastCount:/],
    ['less than no key', { lastCount: -1 }, /^lastCount:/],
    ['no number of keys', { lastCount: Number.NaN }, /^lastCount:/],
    [
      'a layer too small for its keys',
      { itemCount: 60 },
      /^layers: expected a rate of 0\.01 at 60/,
    ],
    ['a layer without its rate', { falsePositiveRate: 0.01 }, /^layers: expected a rate of 0\.005/],
    ['no rate', { falsePositiveRate: Number.NaN }, /^falsePositiveRate:/],
  ])('of %s are refused', (_, changed, message) => {
    expect(() => new ScalableFilter({ ...parts, ...changed })).toThrow(message);
  });
});

interface Claims {
  readonly itemCount?: number;
  readonly rate?: number;
  readonly layerCountMax?: number;
  readonly lastCount?: number;
  readonly shapes?: readonly BloomShape[];
  readonly bodyBytes?: number;
}

const layer = new BloomFilter({ itemCount: 10, falsePositiveRate: 0.01 });
const shape = { bitCount: layer.bitCount, hashCount: layer.hashCount };

function claimOf(claims: Claims): Uint8Array {
  const { itemCount = 10, rate = 0.02, layerCountMax = 12, lastCount = 3 } = claims;
  const { shapes = [shape], bodyBytes = layer.bitCount / 8 } = claims;
  return claim(
    'scalable',
    (writer) => {
      writer.varint(itemCount);
      writeDouble(writer, rate);
      writer.u8(layerCountMax);
      writer.varint(lastCount);
      writeShapes(writer, shapes);
    },
    bodyBytes,
  );
}

test('a file that claims what can be is read', () => {
  expect(decodeScalable(claimOf({})).parts).toMatchObject({ itemCount: 10, lastCount: 3 });
});

test.each<[string, Claims]>([
  ['no key', { itemCount: 0 }],
  ['2^53-1 keys', { itemCount: 2 ** 53 - 1 }],
  [
    'so many keys that the next layer would fill the memory',
    { itemCount: 2 ** 30, lastCount: 2 ** 30 },
  ],
  ['a rate of NaN', { rate: Number.NaN }],
  ['a rate of 0', { rate: 0 }],
  ['a rate of -0', { rate: -0 }],
  ['a rate of 1', { rate: 1 }],
  ['a rate of -Infinity', { rate: Number.NEGATIVE_INFINITY }],
  ['a rate of 1e-300', { rate: 1e-300 }],
  ['a rate that the layer does not have', { rate: 0.01 }],
  ['no layer', { shapes: [], bodyBytes: 0 }],
  ['no layer at most', { layerCountMax: 0 }],
  ['33 layers at most', { layerCountMax: 33 }],
  ['more layers than at most', { layerCountMax: 1, shapes: [shape, shape], bodyBytes: 24 }],
  ['255 layers', { shapes: Array.from({ length: 255 }, () => shape), bodyBytes: 255 * 12 }],
  ['a layer of no bit', { shapes: [{ bitCount: 0, hashCount: 7 }], bodyBytes: 0 }],
  ['a layer of 2^40 bits', { shapes: [{ bitCount: 2 ** 40, hashCount: 7 }] }],
  [
    '255 layers of 2^35 bits',
    { shapes: Array.from({ length: 255 }, () => ({ bitCount: 2 ** 35, hashCount: 7 })) },
  ],
  ['2^31 bits for a key', { shapes: [{ ...shape, hashCount: 2 ** 31 }] }],
  ['no bit for a key', { shapes: [{ ...shape, hashCount: 0 }] }],
  ['more than there is', { bodyBytes: layer.bitCount / 8 - 1 }],
  ['less than there is', { bodyBytes: layer.bitCount / 8 + 1 }],
  ['more new keys than the layer holds', { lastCount: 11 }],
])('a file that claims %s is refused', (_, claims) => {
  expectRefusal(decodeScalable, claimOf(claims));
});
