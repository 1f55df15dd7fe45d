/*
 * What goes wrong elsewhere: a body of one byte is taken for a filter of 1,024 bits and its keys
 * are lost; a header that claims 2^40 bits allocates them; 2^31 bits a key keep `has` busy for
 * seconds.
 */
import { keyHasher } from '@quorate/hash';
import { DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import { decodeBloom, encodeBloom } from '../../src/codec/bloom-codec.ts';
import { decodeCountMin, encodeCountMin } from '../../src/codec/count-min-codec.ts';
import { decodeCounting, encodeCounting } from '../../src/codec/counting-codec.ts';
import { decodeCuckoo, encodeCuckoo } from '../../src/codec/cuckoo-codec.ts';
import { encodeFilter, filterKindOf } from '../../src/codec/filter-format.ts';
import { decodeFuse, encodeFuse } from '../../src/codec/fuse-codec.ts';
import { decodeHyperLogLog, encodeHyperLogLog } from '../../src/codec/hyper-log-log-codec.ts';
import { decodeParquetFilter } from '../../src/codec/parquet-filter.ts';
import { decodeRolling, encodeRolling } from '../../src/codec/rolling-codec.ts';
import { decodeScalable, encodeScalable } from '../../src/codec/scalable-codec.ts';
import { decodeSharedSplitBlock } from '../../src/codec/shared-split-block-codec.ts';
import { decodeSplitBlock, encodeSplitBlock } from '../../src/codec/split-block-codec.ts';
import { CountingFilter } from '../../src/counting.ts';
import { CuckooFilter } from '../../src/cuckoo.ts';
import { filterKinds } from '../../src/filter.ts';
import { buildFuse } from '../../src/fuse/build-fuse.ts';
import type { FingerprintBits } from '../../src/fuse/fuse-filter.ts';
import { RollingFilter } from '../../src/rolling.ts';
import { ScalableFilter } from '../../src/scalable.ts';
import { SharedSplitBlockFilter } from '../../src/shared-split-block.ts';
import { CountMin } from '../../src/sketches/count-min.ts';
import { HyperLogLog } from '../../src/sketches/hyper-log-log.ts';
import { SplitBlockBloomFilter } from '../../src/split-block-bloom.ts';

const sizing = { itemCount: 4, falsePositiveRate: 0.01 };
const split = new SplitBlockBloomFilter({ blockCount: 1 });
const shared = new SharedSplitBlockFilter({ blockCount: 1 });
const classic = new BloomFilter(sizing);
const counting = new CountingFilter(sizing);
const scalable = new ScalableFilter(sizing);
const rolling = new RollingFilter({ ...sizing, windowMs: 10 });
const cuckoo = new CuckooFilter(sizing);
const distinct = new HyperLogLog({ precision: 4 });
const frequent = new CountMin({ width: 4, depth: 2 });
for (const filter of [split, shared, classic, counting, scalable, cuckoo]) filter.add('a');
for (const sketch of [distinct, frequent]) sketch.add('a');
rolling.add('a', 7);

function fuseFile(fingerprintBits: FingerprintBits): Uint8Array {
  const outcome = buildFuse({ keys: ['a'], fingerprintBits });
  if (outcome.kind !== 'built') throw new Error('unsolvable');
  return encodeFuse(outcome.filter);
}

const files: readonly (readonly [string, Uint8Array, (bytes: Uint8Array) => unknown])[] = [
  ['split-block', encodeSplitBlock(split), decodeSplitBlock],
  ['shared', encodeSplitBlock(shared), decodeSharedSplitBlock],
  ['classic', encodeBloom(classic), decodeBloom],
  ['counting', encodeCounting(counting), decodeCounting],
  ['scalable', encodeScalable(scalable), decodeScalable],
  ['rolling', encodeRolling(rolling), decodeRolling],
  ['cuckoo', encodeCuckoo(cuckoo), decodeCuckoo],
  ['fuse of 8 bits', fuseFile(8), decodeFuse],
  ['fuse of 16 bits', fuseFile(16), decodeFuse],
  ['fuse of 32 bits', fuseFile(32), decodeFuse],
  ['HyperLogLog', encodeHyperLogLog(distinct), decodeHyperLogLog],
  ['count-min', encodeCountMin(frequent), decodeCountMin],
];

describe.each(files)('a %s file', (_, bytes, decode) => {
  test('is refused when it is shorter by any number of bytes', () => {
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decode(bytes.slice(0, length))).toThrow(DecodeError);
    }
  });

  test('is refused when it is longer', () => {
    expect(() => decode(Uint8Array.of(...bytes, 0))).toThrow(DecodeError);
  });

  test('is refused with any one bit changed', () => {
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const damaged = bytes.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => decode(damaged)).toThrow(DecodeError);
    }
  });

  test('is not read as one of another kind', () => {
    for (const [, , decodeOther] of files) {
      if (decodeOther === decode) continue;
      if (filterKindOf(bytes) === 'split-block' && isOfSplitBlock(decodeOther)) continue;
      expect(() => decodeOther(bytes)).toThrow(/^kind: expected [a-z0-9-]+, got [a-z0-9-]+$/);
    }
  });
});

/** One kind of files is read by two: into memory for one thread, or for many. */
function isOfSplitBlock(decode: (bytes: Uint8Array) => unknown): boolean {
  return decode === decodeSplitBlock || decode === decodeSharedSplitBlock;
}

test('every kind that has a number in files has a file here', () => {
  const kinds = new Set(files.map(([, bytes]) => filterKindOf(bytes)));
  expect([...kinds]).toEqual(filterKinds);
});

describe('a file with a fitting checksum is refused before memory is allocated', () => {
  test.each([
    [2 ** 40, 7],
    [2 ** 53 - 1, 7],
    [256, 2 ** 31],
    [256, 0],
    [0, 0],
  ])('when it claims %d bits and %d for each key', (bitCount, hashCount) => {
    const bytes = encodeFilter({
      kind: 'bloom',
      hasher: keyHasher(),
      parameters: (writer) => {
        writer.varint(bitCount);
        writer.varint(hashCount);
      },
      body: [new Uint8Array(32)],
    });
    expect(() => decodeBloom(bytes)).toThrow(DecodeError);
  });

  test('when it claims 2^40 blocks', () => {
    const bytes = encodeFilter({
      kind: 'split-block',
      hasher: keyHasher(),
      parameters: (writer) => writer.varint(2 ** 40),
      body: [new Uint8Array(32)],
    });
    expect(() => decodeSplitBlock(bytes)).toThrow(DecodeError);
  });

  test('when it is Parquet’s and claims 2 GiB', () => {
    const claim = [0x15, 0xc0, 0xff, 0xff, 0xff, 0x0f];
    const choices = [0x1c, 0x1c, 0, 0, 0x1c, 0x1c, 0, 0, 0x1c, 0x1c, 0, 0, 0];
    expect(() => decodeParquetFilter(Uint8Array.of(...claim, ...choices, 0))).toThrow(
      /^numBytes: expected blocks within 1 bytes, got 2147483616/,
    );
  });
});
