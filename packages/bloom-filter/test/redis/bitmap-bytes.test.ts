import fc from 'fast-check';
import { expect, test } from 'vitest';

import { bitmapBytesOf, readBitmapBytes } from '../../src/redis/bitmap-bytes.ts';

test('position 0 is the least of a word and the most significant of byte 0', () => {
  expect([...bitmapBytesOf(Int32Array.of(1))]).toEqual([0x80, 0, 0, 0]);
  expect([...bitmapBytesOf(Int32Array.of(1 << 31))]).toEqual([0, 0, 0, 1]);
  expect([...bitmapBytesOf(Int32Array.of(0, 0b1100_0000_0001))]).toEqual([
    0, 0, 0, 0, 128, 48, 0, 0,
  ]);
});

test('every position is the bit that Redis counts to', () => {
  for (let position = 0; position < 64; position += 1) {
    const words = new Int32Array(2);
    words[position >> 5] = 1 << (position & 31);
    const expected = new Uint8Array(8);
    expected[position >> 3] = 2 ** (7 - (position % 8));
    expect(bitmapBytesOf(words)).toEqual(expected);
  }
});

test('bytes come back as the words that they were, wherever either begins', () => {
  fc.assert(
    fc.property(fc.int32Array({ maxLength: 20 }), fc.nat(3), fc.nat(5), (words, offset, start) => {
      const bytes = bitmapBytesOf(words);
      const moved = new Uint8Array(offset + bytes.length);
      moved.set(bytes, offset);
      const read = new Int32Array(start + words.length + 1).fill(7);
      readBitmapBytes(moved.subarray(offset), read, start);
      expect([...read]).toEqual([...Array<number>(start).fill(7), ...words, 7]);
    }),
  );
});
