/*
 * What goes wrong elsewhere: a filter is imported from JSON by copying its fields onto an object,
 * and a field `__proto__` changes every object of the program; a key `constructor` is found in a
 * table of names.
 */
import { describe, expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import { decodeBloom, encodeBloom } from '../../src/codec/bloom-codec.ts';
import { filterKindOf } from '../../src/codec/filter-format.ts';
import { SplitBlockBloomFilter } from '../../src/split-block-bloom.ts';

const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];

describe.each([
  ['classic', () => new BloomFilter({ bitCount: 2 ** 12, hashCount: 20 })],
  ['split-block', () => new SplitBlockBloomFilter({ blockCount: 64 })],
])('in a %s filter', (_, emptyFilter) => {
  test.each(names)('%s is a key like any other', (name) => {
    const filter = emptyFilter();
    expect(filter.has(name)).toBe(false);
    filter.add(name);
    expect(filter.has(name)).toBe(true);
  });
});

test('options that came as JSON are what they say, whatever else they hold', () => {
  const options = '{ "__proto__": { "words": [] }, "bitCount": 64, "hashCount": 3 }';
  const parsed = JSON.parse(options) as { readonly bitCount: number; readonly hashCount: number };
  expect(new BloomFilter(parsed).bitCount).toBe(64);
});

test('reading a file changes no object but the filter it makes', () => {
  const filter = new BloomFilter({ bitCount: 64, hashCount: 3 });
  for (const name of names) filter.add(name);
  const before = Object.getOwnPropertyNames(Object.prototype);
  const decoded = decodeBloom(encodeBloom(filter));
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  expect(decoded.words).toEqual(filter.words);
});

test('a kind is one of the list, never a name that every object has', () => {
  const bytes = new Uint8Array(32);
  bytes.set([0x51, 0x46, 0x4c, 0x54, 1]);
  for (let code = 0; code < 256; code += 1) {
    bytes[5] = code;
    const kind = filterKindOf(bytes);
    expect(kind === undefined || typeof kind === 'string').toBe(true);
    expect(kind === undefined).toBe(code === 0 || code > 11);
  }
});
