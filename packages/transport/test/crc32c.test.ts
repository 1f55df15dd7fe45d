import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { crc32c } from '../src/crc32c.ts';

const bytesOf = (length: number, byteAt: (index: number) => number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => byteAt(index));

/** The definition, bit by bit: divide by the polynomial and keep the remainder. */
function remainderBitByBit(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1;
    }
  }
  return ~crc >>> 0;
}

describe('crc32c', () => {
  test.each<[what: string, bytes: Uint8Array, checksum: number]>([
    ['32 bytes of zeroes', bytesOf(32, () => 0), 0x8a91_36aa],
    ['32 bytes of ones', bytesOf(32, () => 0xff), 0x62a8_ab43],
    ['32 bytes of incrementing 00..1f', bytesOf(32, (index) => index), 0x46dd_794e],
    ['32 bytes of decrementing 1f..00', bytesOf(32, (index) => 31 - index), 0x113f_db5c],
    ['the check value 123456789', new TextEncoder().encode('123456789'), 0xe306_9283],
    ['nothing', new Uint8Array(0), 0],
  ])('agrees with RFC 3720 on %s', (_what, bytes, checksum) => {
    expect(crc32c(bytes)).toBe(checksum);
  });

  test('refuses a range outside of the bytes', () => {
    const bytes = new Uint8Array(4);
    expect(() => crc32c(bytes, -1)).toThrow(RangeError);
    expect(() => crc32c(bytes, 3, 2)).toThrow(RangeError);
    expect(() => crc32c(bytes, 0, 5)).toThrow('start..end: expected a range within 0..4, got 0..5');
    expect(() => crc32c(bytes, Number.NaN)).toThrow(RangeError);
    expect(() => crc32c(bytes, 0.5)).toThrow(RangeError);
  });

  test('agrees with division bit by bit, wherever the range begins and ends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), fc.nat(200), (bytes, a, b) => {
        const start = Math.min(a, b, bytes.length);
        const end = Math.min(Math.max(a, b), bytes.length);
        expect(crc32c(bytes, start, end)).toBe(remainderBitByBit(bytes.subarray(start, end)));
      }),
    );
  });

  test('continues from a seed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
        const middle = Math.min(cut, bytes.length);
        const first = crc32c(bytes, 0, middle);
        expect(crc32c(bytes, middle, bytes.length, first)).toBe(crc32c(bytes));
      }),
    );
  });

  test('finds any one to three flipped bits of a frame', () => {
    const frame = fc.uint8Array({ minLength: 1, maxLength: 100 });
    const flips = fc.uniqueArray(fc.nat(799), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(frame, flips, (bytes, positions) => {
        const damaged = bytes.slice();
        const within = new Set(positions.map((position) => position % (bytes.length * 8)));
        for (const bit of within) damaged[bit >> 3]! ^= 1 << (bit & 7);
        expect(crc32c(damaged)).not.toBe(crc32c(bytes));
      }),
    );
  });
});
