import { crc32, fnv1ax64, fnv1x64 } from '@quorate/hash';
import { describe, expect, test } from 'vitest';

import { BUCKETS_MAX, jumpHash, jumpIndex } from '../../src/jump/jump-index.ts';
import { hasSharedData, sharedText } from '../support/shared-data.ts';

function halves(key: string | bigint): { high: number; low: number } {
  const value = BigInt(key);
  return { high: Number(value >> 32n), low: Number(value & 0xffff_ffffn) };
}

/** The figure of the paper, in integers without limit. */
function figureOne(key: bigint, buckets: number): number {
  let state = key;
  let bucket = -1n;
  let next = 0n;
  while (next < BigInt(buckets)) {
    bucket = next;
    state = BigInt.asUintN(64, state * 2862933555777941757n + 1n);
    next = BigInt(Math.floor(Number(bucket + 1n) * (2 ** 31 / Number((state >> 33n) + 1n))));
  }
  return Number(bucket);
}

const triples: readonly (readonly [key: string, buckets: number, bucket: number])[] = [
  // From the tests of go-jump, which took them from the reference implementation.
  ['10863919174838991', 11, 6],
  ['2016238256797177309', 11, 3],
  ['1673758223894951030', 11, 5],
  ['2', 100_001, 80_343],
  ['256', 1_024, 520],
  ['3735883980', 666, 361],
];

test.each(triples)('key %s among %i buckets is in %i', (key, buckets, bucket) => {
  expect(jumpHash(halves(key), buckets)).toBe(bucket);
});

test('agrees with the figure of the paper', () => {
  let key = 1n;
  for (let count = 0; count < 2_000; count += 1) {
    key = BigInt.asUintN(64, key * 6364136223846793005n + 1442695040888963407n);
    const buckets = Number(key % 5_000n) + 1;
    const { high, low } = halves(key);
    expect(jumpIndex(high | 0, low | 0, buckets)).toBe(figureOne(key, buckets));
  }
});

test.each([0, -1, 1.5, Number.NaN, 2 ** 31])('refuses %d buckets', (buckets) => {
  expect(() => jumpHash({ high: 0, low: 1 }, buckets)).toThrow(/^buckets: expected an integer/);
});

test('takes as many buckets as there can be', () => {
  expect(jumpHash({ high: 1, low: 2 }, BUCKETS_MAX)).toBe(figureOne((1n << 32n) + 2n, BUCKETS_MAX));
});

interface Vectors {
  readonly 'rows_key_to_buckets_1..n': readonly (readonly [string, readonly number[]])[];
  readonly 'guava_golden100_keys_0..19': readonly number[];
  readonly triples_key_buckets_expected: readonly (readonly [string, number, number])[];
  readonly strings_hasher_buckets_expected: readonly (readonly [string, string, number, number])[];
}

describe.skipIf(!hasSharedData)('published vectors', () => {
  const text = sharedText('jump-vectors.json');
  const vectors = (text === '' ? {} : JSON.parse(text)) as Vectors;

  test('rows of go-jump: one key among 1, 2, 3, ... buckets', () => {
    for (const [key, row] of vectors['rows_key_to_buckets_1..n']) {
      row.forEach((bucket, index) => {
        expect(jumpHash(halves(key), index + 1)).toBe(bucket);
      });
    }
  });

  test('the golden values of Guava', () => {
    vectors['guava_golden100_keys_0..19'].forEach((bucket, key) => {
      expect(jumpHash({ high: 0, low: key }, 100)).toBe(bucket);
    });
  });

  test('keys of 64 bits', () => {
    for (const [key, buckets, bucket] of vectors.triples_key_buckets_expected) {
      expect(jumpHash(halves(key), buckets)).toBe(bucket);
    }
  });

  test('strings by the hash that each row names', () => {
    for (const [string, hasher, buckets, bucket] of vectors.strings_hasher_buckets_expected) {
      expect(jumpHash(hashedBy(hasher, string), buckets)).toBe(bucket);
    }
  });
});

function hashedBy(hasher: string, text: string): { high: number; low: number } {
  if (hasher.startsWith('crc32')) return { high: 0, low: crc32(text) };
  if (hasher.startsWith('crc64')) return halves(crc64(text));
  const [low = 0, high = 0] = hasher === 'fnv1-64' ? fnv1x64(text) : fnv1ax64(text);
  return { high, low };
}

/** CRC-64/XZ, which only these rows need. */
function crc64(text: string): bigint {
  const all = (1n << 64n) - 1n;
  let crc = all;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc >> 1n) ^ ((crc & 1n) === 1n ? 0xc96c5795d7870f42n : 0n);
    }
  }
  return crc ^ all;
}
