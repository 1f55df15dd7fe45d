import { expect, test } from 'vitest';

import { areEqualBytes, versionHash } from '../../src/replicator/version-hash.ts';

test('versions that differ in one bit have other hashes', () => {
  const version = Uint8Array.from({ length: 40 }, (_, index) => index);
  const hashes = new Set([versionHash(version).join()]);
  for (let bit = 0; bit < 320; bit += 1) {
    const other = version.slice();
    other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    hashes.add(versionHash(other).join());
  }
  expect(hashes.size).toBe(321);
  expect(versionHash(new Uint8Array(0))).toHaveLength(8);
});

test('bytes are equal if all of them are', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  expect(areEqualBytes(bytes, bytes)).toBe(true);
  expect(areEqualBytes(bytes, Uint8Array.of(1, 2, 3))).toBe(true);
  expect(areEqualBytes(bytes, Uint8Array.of(1, 2))).toBe(false);
  expect(areEqualBytes(bytes, Uint8Array.of(1, 2, 4))).toBe(false);
});
