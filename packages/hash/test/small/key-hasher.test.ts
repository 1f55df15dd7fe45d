import { expect, test } from 'vitest';

import * as whole from '../../src/index.ts';
import * as small from '../../src/small/index.ts';

test('the small build has the names of the whole one', () => {
  expect(Object.keys(small).toSorted()).toEqual(Object.keys(whole).toSorted());
});

test.each([undefined, 0, 7n, 0xffff_ffff])('with seed %s it gives the same bits', (seed) => {
  const [ours, theirs] = [small.keyHasher(undefined, seed), whole.keyHasher(undefined, seed)];
  for (const key of ['', 'key', 'ключ', 7, 2n ** 63n, Uint8Array.of(1, 2, 3)]) {
    ours.hash(key);
    theirs.hash(key);
    expect([ours.high, ours.low]).toEqual([theirs.high, theirs.low]);
  }
  expect([ours.id, ours.code, ours.seed]).toEqual([theirs.id, theirs.code, theirs.seed]);
});

test('it knows the code of the default function, and no other', () => {
  const codes = Array.from({ length: 256 }, (_, code) => code);
  const { id, code } = whole.keyHasher();
  expect(codes.filter((each) => small.hashIdOf(each) !== undefined)).toEqual([code]);
  expect(small.hashIdOf(code)).toBe(id);
});

test('another function is refused by name', () => {
  expect(() => small.keyHasher('xxh64')).toThrow(
    new RangeError('id: expected murmur3-x86-128, the only one of this build, got xxh64'),
  );
});
