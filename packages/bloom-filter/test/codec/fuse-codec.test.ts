import { keyHasher } from '@quorate/hash';
import { describe, expect, test } from 'vitest';

import { filterKindOf } from '../../src/codec/filter-format.ts';
import { decodeFuse, encodeFuse } from '../../src/codec/fuse-codec.ts';
import { buildFuse } from '../../src/fuse/build-fuse.ts';
import type { FingerprintBits, FuseFilter } from '../../src/fuse/fuse-filter.ts';
import { claim, describeFile, expectRefusal, sealed } from '../support/filter-files.ts';
import { countFound } from '../support/key-families.ts';

const sizes: readonly FingerprintBits[] = [8, 16, 32];

function built(count: number, fingerprintBits: FingerprintBits): FuseFilter {
  const keys = Array.from({ length: count }, (_, key) => key);
  const outcome = buildFuse({ keys, fingerprintBits, hasher: keyHasher('xxh64', 5) });
  if (outcome.kind !== 'built') throw new Error('unsolvable');
  return outcome.filter;
}

for (const bits of sizes) {
  describeFile({
    kind: `fuse-${bits}`,
    value: built(4, bits),
    encode: encodeFuse,
    decode: decodeFuse,
  });
}

describe.each(sizes)('a fuse filter of %d bits that was read', (bits) => {
  test.each([0, 1, 2, 3, 1_000, 5_000])(
    'answers as the one that was written, of %d keys',
    (count) => {
      const filter = built(count, bits);
      const bytes = encodeFuse(filter);
      const read = decodeFuse(bytes);

      expect(filterKindOf(bytes)).toBe(filter.kind);
      expect(read.kind).toBe(filter.kind);
      expect(countFound(read, Number, [0, count])).toBe(count);
      for (let key = 0; key < 20_000; key += 1) expect(read.has(key)).toBe(filter.has(key));
      expect(read.stats()).toEqual(filter.stats());
      // Halves of 2^31 and more are kept as int32, as they were: others would be slow.
      expect(filter.parts.seedHigh).toBeLessThan(0);
      expect({ ...read.parts, hasher: 0 }).toEqual({ ...filter.parts, hasher: 0 });
    },
  );
});

test('a file is not read as one of fingerprints of another width', () => {
  const bytes = encodeFuse(built(4, 8));
  // The kinds of 8, 16 and 32 bits follow each other.
  for (const kind of [8, 9]) {
    bytes[5] = kind;
    expect(() => decodeFuse(sealed(bytes))).toThrow(/^body: expected (48|96) bytes, got 24/);
  }
});

test.each([
  ['segments of one slot', 1, 0, 1, 3],
  ['segments of 2^19 slots', 1, 19, 1, 12],
  ['segments of 2^255 slots', 1, 255, 1, 12],
  ['no segment', 1, 2, 0, 8],
  ['2^40 segments', 1, 2, 2 ** 40, 12],
  ['more segments than there are', 1, 2, 2, 12],
  ['fewer segments than there are', 1, 2, 1, 16],
  ['a slot that is too many', 1, 2, 1, 13],
  ['more keys than slots', 13, 2, 1, 12],
  ['2^53-1 keys', 2 ** 53 - 1, 2, 1, 12],
])('a file that claims %s is refused', (_, itemCount, segmentLog, segmentCount, slots) => {
  for (const bits of sizes) {
    const bytes = claim(
      `fuse-${bits}`,
      (writer) => {
        writer.varint(itemCount);
        writer.u8(segmentLog);
        writer.varint(segmentCount);
        writer.u32(1);
        writer.u32(2);
      },
      (slots * bits) / 8,
    );
    expectRefusal(decodeFuse, bytes);
  }
});
