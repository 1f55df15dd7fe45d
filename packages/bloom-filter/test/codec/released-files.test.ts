/*
 * Goal: a file that was written once is read for ever, and gives the same answers.
 *
 * Method: files of every kind, kept as text. What is made of the same keys today must be these very
 * bytes: places of bits, mixes, salts, sizes and the layout of the head all show in them. A change
 * that fails here needs a new version of the format, and a reader of the old one.
 */
import { keyHasher, type Key } from '@quorate/hash';
import { describe, expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import { decodeBloom, encodeBloom } from '../../src/codec/bloom-codec.ts';
import { decodeCountMin, encodeCountMin } from '../../src/codec/count-min-codec.ts';
import { decodeCounting, encodeCounting } from '../../src/codec/counting-codec.ts';
import { decodeCuckoo, encodeCuckoo } from '../../src/codec/cuckoo-codec.ts';
import { decodeFuse, encodeFuse } from '../../src/codec/fuse-codec.ts';
import { decodeHyperLogLog, encodeHyperLogLog } from '../../src/codec/hyper-log-log-codec.ts';
import { decodeRolling, encodeRolling } from '../../src/codec/rolling-codec.ts';
import { decodeScalable, encodeScalable } from '../../src/codec/scalable-codec.ts';
import { decodeSharedSplitBlock } from '../../src/codec/shared-split-block-codec.ts';
import { decodeSplitBlock, encodeSplitBlock } from '../../src/codec/split-block-codec.ts';
import { CountingFilter } from '../../src/counting.ts';
import { CuckooFilter, type CuckooBits } from '../../src/cuckoo.ts';
import { buildFuse } from '../../src/fuse/build-fuse.ts';
import type { FingerprintBits } from '../../src/fuse/fuse-filter.ts';
import { RollingFilter } from '../../src/rolling.ts';
import { ScalableFilter } from '../../src/scalable.ts';
import { SharedSplitBlockFilter } from '../../src/shared-split-block.ts';
import { CountMin } from '../../src/sketches/count-min.ts';
import { HyperLogLog } from '../../src/sketches/hyper-log-log.ts';
import { SplitBlockBloomFilter } from '../../src/split-block-bloom.ts';
import { countFound } from '../support/key-families.ts';

const keys: readonly Key[] = ['', 'a', 'order-17', 'é', 7, 2n ** 63n];
const sizing = { itemCount: 4, falsePositiveRate: 0.01 };

interface Takes {
  add(key: Key): unknown;
}

function filled<Filter extends Takes>(filter: Filter): Filter {
  for (const key of keys) filter.add(key);
  return filter;
}

function cuckooOf(fingerprintBits: CuckooBits): Uint8Array {
  const filter = new CuckooFilter({ bucketCount: 7, fingerprintBits });
  // Nearly full, so that many keys are in their other bucket.
  for (let key = 0; key < 25; key += 1) filter.add(key);
  return encodeCuckoo(filter);
}

function fuseOf(fingerprintBits: FingerprintBits): Uint8Array {
  const outcome = buildFuse({ keys, fingerprintBits, seed: 2 });
  if (outcome.kind !== 'built') throw new Error('unsolvable');
  return encodeFuse(outcome.filter);
}

function rollingOf(): Uint8Array {
  const filter = new RollingFilter({ ...sizing, windowMs: 100, generationCount: 2 });
  for (const [at, key] of keys.entries()) filter.add(key, 20 * at);
  return encodeRolling(filter);
}

function hasAll(filter: { has(key: Key): boolean }): boolean {
  return keys.every((key) => filter.has(key));
}

interface Released {
  readonly name: string;
  readonly file: string;
  readonly make: () => Uint8Array;
  readonly isWhole: (file: Uint8Array) => boolean;
}

const secret = Uint8Array.from({ length: 16 }, (_, at) => at);

const released: readonly Released[] = [
  {
    name: 'split-block',
    file: 'UUZMVAEBAQQAAAAAAQEgQTAAGJMQgABRIQIAwQAIIYESAFALAAYAAQUAEgkIICjt4V3z',
    make: () => encodeSplitBlock(filled(new SplitBlockBloomFilter({ blockCount: 1 }))),
    isWhole: (file) => hasAll(decodeSplitBlock(file)),
  },
  {
    name: 'shared',
    file: 'UUZMVAEBAggJAAAAAAAAAAEBIIBAGAMCAA1AKAhEACAIGBECBmCAaBCgAAFkQACBKABAxP3uCA==',
    make: () =>
      encodeSplitBlock(
        filled(new SharedSplitBlockFilter({ blockCount: 1, hasher: keyHasher('xxh64', 9n) })),
      ),
    isWhole: (file) => hasAll(decodeSharedSplitBlock(file)),
  },
  {
    name: 'classic',
    file: 'UUZMVAECBBAAAQIDBAUGBwgJCgsMDQ4PAkAHCN/gQNsKiqBsNWBCuA==',
    make: () =>
      encodeBloom(filled(new BloomFilter({ ...sizing, hasher: keyHasher('siphash-1-3', secret) }))),
    isWhole: (file) => hasAll(decodeBloom(file)),
  },
  {
    name: 'counting',
    file: 'UUZMVAEDAQQAAAAAAkAHIAEQAhAQEAIBMBERIRABEBAAACARIAARESABEBEBAAAQSbN3EQ==',
    make: () => encodeCounting(filled(new CountingFilter(sizing))),
    isWhole: (file) => hasAll(decodeCounting(file)),
  },
  {
    name: 'scalable',
    file: 'UUZMVAEEAQQAAAAAEQQ/hHrhR64UewwCAkAIgAEJGFf4G5YwwIIgAgCAAICAAiBAAqAAAwYAAJfU2Bo=',
    make: () => encodeScalable(filled(new ScalableFilter(sizing))),
    isWhole: (file) => hasAll(decodeScalable(file)),
  },
  {
    name: 'rolling',
    file: 'UUZMVAEFAQQAAAAAF0BZAAAAAAAAQAAAAAAAAAADIAggCCAIDHP4iqLWhrGWAwKiIIvNh3Y=',
    make: rollingOf,
    isWhole: (file) => {
      const filter = decodeRolling(file);
      return keys.every((key) => filter.has(key, 100));
    },
  },
  {
    name: 'cuckoo of 8 bits',
    file: 'UUZMVAEGAQQAAAAAAgcIHKApZwDgSiMAD/XpUVEpMhVlRjrhG9KwABdUdCpMib1g',
    make: () => cuckooOf(8),
    isWhole: (file) => countFound(decodeCuckoo(file), Number, [0, 25]) === 25,
  },
  {
    name: 'cuckoo of 16 bits',
    file: `
      UUZMVAEGAQQAAAAAAgcQOGOgMyjZrwAAKODVFkVRAABEDqv14+mXFDoxpeHAU7tmdzkgRg9Ko2QCG63StlAAAGIo
      mHMiI2ApZQu3OQ==`,
    make: () => cuckooOf(16),
    isWhole: (file) => countFound(decodeCuckoo(file), Number, [0, 25]) === 25,
  },
  {
    name: 'cuckoo of 32 bits',
    file: `
      UUZMVAEGAQQAAAAAAgcgcDjfYqChazIoms7UFpbZpeFBrijgz8K6ZoLOtVAAAAAA0eRDDry6q/XBiePpBCZFUZQs
      OjHIRsBTE2KWFJOQ2a+fP2EowTwgRoiyDkqd4qJkWj8BG5TErdIAAAAAAAAAAKvYdjlWIZhzPdEhI2KGXylSMz8w`,
    make: () => cuckooOf(32),
    isWhole: (file) => countFound(decodeCuckoo(file), Number, [0, 25]) === 25,
  },
  {
    name: 'fuse of 8 bits',
    file: 'UUZMVAEHAQQAAAAACwYDAdqmbRMO9YopGAAYAAAAAAAAAHZBAAAAAAAAAAAAl4sAvZiu3ZM=',
    make: () => fuseOf(8),
    isWhole: (file) => hasAll(decodeFuse(file)),
  },
  {
    name: 'fuse of 16 bits',
    file: `
      UUZMVAEIAQQAAAAACwYDAdqmbRMO9YopMAAAGHUAAAAAAAAAAAAAAAAAAHaRQT4AAAAAAAAAAAAAAAAAAAAAAACX
      1IvLAAC9HnND13g=`,
    make: () => fuseOf(16),
    isWhole: (file) => hasAll(decodeFuse(file)),
  },
  {
    name: 'fuse of 32 bits',
    file: `
      UUZMVAEJAQQAAAAACwYDAdqmbRMO9YopYAAAAAAYdYbFAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAHaRv5tB
      PklQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAl9Qi7IvL1yUAAAAAvR7gqLvmNIM=`,
    make: () => fuseOf(32),
    isWhole: (file) => hasAll(decodeFuse(file)),
  },
  {
    name: 'HyperLogLog',
    file: 'UUZMVAEKAQQAAAAAAQQQPQAAAAECAAAAAQAAAAECAMG6SG8=',
    make: () => encodeHyperLogLog(filled(new HyperLogLog({ precision: 4 }))),
    isWhole: (file) => {
      const sketch = decodeHyperLogLog(file);
      return keys.every((key) => sketch.add(key) === 'unchanged');
    },
  },
  {
    name: 'count-min',
    file: 'UUZMVAELAQQAAAAAAwUCBigCAAAAAgAAAAEAAAABAAAAAAAAAAEAAAABAAAAAgAAAAIAAAAAAAAAPGPQ+g==',
    make: () => encodeCountMin(filled(new CountMin({ width: 5, depth: 2 }))),
    isWhole: (file) => keys.every((key) => decodeCountMin(file).estimate(key) >= 1),
  },
];

describe.each(released)('a $name file', ({ file, make, isWhole }) => {
  const bytes = Uint8Array.from(atob(file.replaceAll(/\s/g, '')), (byte) => byte.charCodeAt(0));

  test('is written as it was written before', () => {
    expect(btoa(String.fromCharCode(...make()))).toBe(file.replaceAll(/\s/g, ''));
  });

  test('is read, and has every key', () => {
    expect(isWhole(bytes)).toBe(true);
  });
});
