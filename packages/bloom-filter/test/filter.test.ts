import { keyHasher } from '@quorate/hash';
import { expect, test } from 'vitest';

import { filterKinds, isSameHash } from '../src/filter.ts';

test('hashers are the same if function and seed are', () => {
  expect(isSameHash(keyHasher(), keyHasher('murmur3-x86-128', 0))).toBe(true);
  expect(isSameHash(keyHasher(), keyHasher('murmur3-x86-128', 1))).toBe(false);
  expect(isSameHash(keyHasher('xxh64', 1), keyHasher('xxh64', 1n))).toBe(true);
  expect(isSameHash(keyHasher(), keyHasher('xxh64'))).toBe(false);
});

test('kinds keep the numbers that they have in files', () => {
  expect(filterKinds.map((kind, index) => `${index + 1} ${kind}`)).toEqual([
    '1 split-block',
    '2 bloom',
    '3 counting',
    '4 scalable',
    '5 rolling',
    '6 cuckoo',
    '7 fuse-8',
    '8 fuse-16',
    '9 fuse-32',
    '10 hyper-log-log',
    '11 count-min',
  ]);
});
