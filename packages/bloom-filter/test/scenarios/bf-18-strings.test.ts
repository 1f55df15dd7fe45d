/*
 * What goes wrong elsewhere: a string is hashed by its units of 16 bits here and by its UTF-8
 * there, by one way when short and by another when long; a half of a pair makes an encoder throw.
 */
import { describe, expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import { SplitBlockBloomFilter } from '../../src/split-block-bloom.ts';

const encoder = new TextEncoder();

const texts: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['ASCII', 'order-17'],
  ['NUL', '\0'],
  ['a half of a pair', '\ud800'],
  ['a pair the wrong way round', '\udfff\ud800'],
  ['letters beyond ASCII', 'Übergrößenträger'],
  ['letters beyond 16 bits', '😀𝒳'],
  ['a million letters', 'abcdefgh'.repeat(131_072)],
  ...Array.from({ length: 65 }, (_, length) => [`${length} letters`, 'x'.repeat(length)] as const),
];

describe.each([
  ['classic', () => new BloomFilter({ bitCount: 2 ** 16, hashCount: 20 })],
  ['split-block', () => new SplitBlockBloomFilter({ blockCount: 1_024 })],
])('in a %s filter', (_, emptyFilter) => {
  test.each(texts)('%s and their UTF-8 are one key', (__, text) => {
    const filter = emptyFilter();
    filter.add(text);
    expect(filter.has(text)).toBe(true);
    expect(filter.has(encoder.encode(text))).toBe(true);
    expect(filter.has(`${text}.`)).toBe(false);
  });

  test('a string is the same however it came to be', () => {
    const filter = emptyFilter();
    const flat = 'a-key-of-more-than-thirteen-letters';
    filter.add(flat);
    const joined = ['a-key-of-more', 'than-thirteen-letters'].join('-');
    const sliced = `prefix ${flat} suffix`.slice(7, 7 + flat.length);
    let concatenated = '';
    for (const letter of flat) concatenated += letter;
    expect([joined, sliced, concatenated].every((text) => filter.has(text))).toBe(true);
  });

  test('halves of pairs are all the replacement character', () => {
    const filter = emptyFilter();
    filter.add('\ud800');
    expect(filter.has('\udfff')).toBe(true);
    expect(filter.has('\ufffd')).toBe(true);
  });

  test('the two ways to write é are two keys', () => {
    const filter = emptyFilter();
    filter.add('\u00e9');
    expect(filter.has('e\u0301')).toBe(false);
  });
});
