import { expect, test } from 'vitest';

import { CorruptBytesError } from '../../src/errors.ts';
import { contentEnd, seal } from '../../src/wire/seal.ts';

test('the checksum has two bytes, and four from 64 bytes on', () => {
  expect(seal(new Uint8Array(61))).toHaveLength(63);
  expect(seal(new Uint8Array(62))).toHaveLength(66);
  expect(contentEnd(seal(new Uint8Array(61)))).toBe(61);
  expect(contentEnd(seal(new Uint8Array(62)))).toBe(62);
});

test('every flipped bit is found, at every size of two bytes of checksum', () => {
  for (let size = 1; size < 70; size += 1) {
    const sealed = seal(Uint8Array.from({ length: size }, (_, index) => (index * 37) & 0xff));
    for (let bit = 0; bit < 8 * sealed.length; bit += 1) {
      const damaged = sealed.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => contentEnd(damaged)).toThrow(CorruptBytesError);
    }
  }
});

test('every cut is found', () => {
  const sealed = seal(Uint8Array.from({ length: 80 }, (_, index) => index));
  for (let size = 0; size < sealed.length; size += 1) {
    expect(() => contentEnd(sealed.subarray(0, size))).toThrow(CorruptBytesError);
  }
});
