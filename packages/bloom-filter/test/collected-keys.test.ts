import { keyHasher } from '@quorate/hash';
import { describe, expect, test } from 'vitest';

import { CollectedKeys } from '../src/collected-keys.ts';
import type { GrowingFilter } from '../src/filter.ts';
import { SplitBlockBloomFilter } from '../src/split-block-bloom.ts';

describe('collected keys', () => {
  test('make the filter that adding them one by one makes', () => {
    const keys = new CollectedKeys({ hasher: keyHasher() });
    const direct = new SplitBlockBloomFilter({ blockCount: 4_096 });
    for (let key = 0; key < 70_000; key += 1) {
      keys.add(key);
      direct.add(key);
    }
    const poured = new SplitBlockBloomFilter({ blockCount: 4_096 });

    expect(keys.pourInto(poured)).toBe(0);
    expect(keys.itemCount).toBe(70_000);
    expect(poured.words).toEqual(direct.words);
  });

  test('count repetitions', () => {
    const keys = new CollectedKeys({ hasher: keyHasher() });
    keys.add('a');
    keys.add('a');
    expect(keys.itemCount).toBe(2);
  });

  test('are refused once there are as many as may be', () => {
    const keys = new CollectedKeys({ hasher: keyHasher(), itemCountMax: 2 });
    expect([keys.add('a'), keys.add('b'), keys.add('c')]).toEqual(['added', 'added', 'full']);
    expect(keys.itemCount).toBe(2);
  });

  test('come in their order', () => {
    const hasher = keyHasher();
    const keys = new CollectedKeys({ hasher });
    keys.add('a');
    keys.add('b');
    const expected: number[] = [];
    for (const key of ['a', 'b']) {
      hasher.hash(key);
      expected.push(hasher.high, hasher.low);
    }
    const got: number[] = [];
    keys.forEachHash((high, low) => got.push(high, low));
    expect(got).toEqual(expected);
  });

  test('say how many a filter had no room for', () => {
    const keys = new CollectedKeys({ hasher: keyHasher() });
    for (const key of ['a', 'b', 'c']) keys.add(key);
    let room = 2;
    const small: GrowingFilter = {
      kind: 'cuckoo',
      hasher: keyHasher(),
      has: () => false,
      hasHash: () => false,
      stats: () => ({ sizeBits: 0, fillRatio: 0, itemCount: 0, falsePositiveRate: 0 }),
      add: () => 'full',
      addHash: () => (room-- > 0 ? 'added' : 'full'),
    };
    expect(keys.pourInto(small)).toBe(1);
  });

  test('are not poured into a filter that hashes otherwise', () => {
    const keys = new CollectedKeys({ hasher: keyHasher() });
    const other = new SplitBlockBloomFilter({ blockCount: 1, hasher: keyHasher('xxh64') });
    expect(() => keys.pourInto(other)).toThrow(/^other\.hasher: expected murmur3-x86-128/);
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 33])('are not limited to %d', (itemCountMax) => {
    expect(() => new CollectedKeys({ hasher: keyHasher(), itemCountMax })).toThrow(
      /^itemCountMax: expected an integer in 1\.\.2\^32, got/,
    );
  });
});
