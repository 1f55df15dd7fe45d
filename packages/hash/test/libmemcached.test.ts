/** Goal: clients of memcached in C and here agree on every word that libmemcached's tests list. */
import { describe, expect, test } from 'vitest';

import { libmemcachedCrc } from '../src/crc.ts';
import { fnv1ax32, fnv1ax64, fnv1x32, fnv1x64 } from '../src/fnv.ts';
import { libmemcachedJenkins } from '../src/lookup3.ts';
import { md5 } from '../src/md5.ts';
import { oneAtATime } from '../src/one-at-a-time.ts';
import { hasData, readVectors } from './support/vectors.ts';

type Rows = Readonly<Record<string, number[]>> & { readonly words: string[] };

const functions: Readonly<Record<string, (word: string) => number>> = {
  one_at_a_time: oneAtATime,
  md5: (word) => md5(word)[0]!,
  crc: libmemcachedCrc,
  fnv1_64: (word) => fnv1x64(word)[0]!,
  fnv1a_64: (word) => fnv1ax64(word)[0]!,
  fnv1_32: fnv1x32,
  fnv1a_32: fnv1ax32,
  jenkins: libmemcachedJenkins,
};

const isThere = hasData();

describe.skipIf(!isThere)('the words of libmemcached', () => {
  const rows = isThere ? (readVectors('hashing/libmemcached-hashes.json') as Rows) : undefined;

  test.each(Object.entries(functions))('%s', (name, hash) => {
    expect(rows?.words.length).toBe(25);
    expect(rows?.words.map((word) => hash(word) >>> 0)).toEqual(rows?.[name]);
  });

  // Their test was made with a library that had been built without these.
  test.each(['hsieh', 'murmur', 'murmur3'])('%s has no results on file', (name) => {
    expect(new Set(rows?.[name])).toEqual(new Set([1]));
  });
});
