import { keyHasher } from '@quorate/hash';
import { describe, expect, test } from 'vitest';

import { decodeCounting, encodeCounting } from '../../src/codec/counting-codec.ts';
import { CountingFilter } from '../../src/counting.ts';
import { claim, describeFile, expectRefusal } from '../support/filter-files.ts';
import { countFound } from '../support/key-families.ts';

const hasher = keyHasher('xxh64', 5);
const small = new CountingFilter({ counterCount: 64, hashCount: 4, hasher });
for (const key of ['a', 'b', 'b']) small.add(key);

describeFile({
  kind: 'counting',
  value: small,
  encode: encodeCounting,
  decode: decodeCounting,
});

describe('a counting filter that was read', () => {
  test('answers as the one that was written', () => {
    const filter = new CountingFilter({ itemCount: 1_000, falsePositiveRate: 0.01, hasher });
    for (let key = 0; key < 1_000; key += 1) filter.add(key);
    const read = decodeCounting(encodeCounting(filter));

    for (let key = 0; key < 20_000; key += 1) expect(read.has(key)).toBe(filter.has(key));
    expect(read.stats()).toEqual(filter.stats());
    expect([read.hasher.id, read.hasher.seed]).toEqual([hasher.id, hasher.seed]);
  });

  test('adds and removes as the one that was written', () => {
    const filter = new CountingFilter({ itemCount: 500, falsePositiveRate: 0.01 });
    for (let key = 0; key < 500; key += 1) filter.add(key);
    const read = decodeCounting(encodeCounting(filter));
    for (const one of [filter, read]) {
      for (let key = 500; key < 600; key += 1) one.add(key);
      for (let key = 0; key < 300; key += 1) expect(one.remove(key)).toBe(true);
    }

    expect(read.words).toEqual(filter.words);
    expect(countFound(read, Number, [300, 600])).toBe(300);
  });

  test('knows which counters are full', () => {
    const filter = new CountingFilter({ counterCount: 800, hashCount: 5 });
    for (let time = 0; time < 20; time += 1) filter.add('often');
    const read = decodeCounting(encodeCounting(filter));
    for (let time = 0; time < 20; time += 1) read.remove('often');

    expect(read.has('often')).toBe(true);
    expect(read.stats().saturatedCount).toBe(5);
  });
});

test.each([
  ['no counter', 0, 4, 0],
  ['counters that are no words', 12, 4, 6],
  ['2^40 counters', 2 ** 40, 4, 32],
  ['more counters than a table can have', 2 ** 33 + 8, 4, 32],
  ['more counters than there are', 72, 4, 32],
  ['fewer counters than there are', 56, 4, 32],
  ['no counter for a key', 64, 0, 32],
  ['2^31 counters for a key', 64, 2 ** 31, 32],
])('a file that claims %s is refused', (_, counterCount, hashCount, bodyBytes) => {
  const bytes = claim(
    'counting',
    (writer) => {
      writer.varint(counterCount);
      writer.varint(hashCount);
    },
    bodyBytes,
  );
  expectRefusal(decodeCounting, bytes);
});
