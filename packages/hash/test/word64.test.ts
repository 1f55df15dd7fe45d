import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Word64 } from '../src/word64.ts';

const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

function wordOf(value: bigint): Word64 {
  return new Word64().set(Number(value >> 32n), Number(value & 0xffff_ffffn));
}

function valueOf({ high, low }: Word64): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

function cut(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

test('sums, differences and products are those of 64 bits', () => {
  fc.assert(
    fc.property(uint64, uint64, (a, b) => {
      const { high, low } = wordOf(b);
      expect(valueOf(wordOf(a).add(high, low))).toBe(cut(a + b));
      expect(valueOf(wordOf(a).subtract(high, low))).toBe(cut(a - b));
      expect(valueOf(wordOf(a).multiply(high, low))).toBe(cut(a * b));
      expect(valueOf(wordOf(a).xor(high, low))).toBe(a ^ b);
    }),
  );
});

test('a wide product has 128 bits', () => {
  fc.assert(
    fc.property(uint64, uint64, (a, b) => {
      const low = wordOf(a);
      const high = wordOf(b);
      low.multiplyWide(high);
      expect((valueOf(high) << 64n) | valueOf(low)).toBe(a * b);
      expect(valueOf(wordOf(a).foldWith(wordOf(b)))).toBe(valueOf(high) ^ valueOf(low));
    }),
  );
});

test('no carry of a wide product is lost', () => {
  const limits = [0n, 1n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n];
  for (const a of limits) {
    for (const b of limits) {
      const low = wordOf(a);
      const high = wordOf(b);
      low.multiplyWide(high);
      expect((valueOf(high) << 64n) | valueOf(low), `${a} * ${b}`).toBe(a * b);
    }
  }
});

test('rotations and shifts by every count', () => {
  const value = 0x8123_4567_89ab_cdefn;
  for (let bits = 1; bits < 64; bits += 1) {
    const count = BigInt(bits);
    expect(valueOf(wordOf(value).xorShiftRight(bits)), `${bits}`).toBe(value ^ (value >> count));
    if (bits === 32) continue;
    const turned = cut((value << count) | (value >> (64n - count)));
    expect(valueOf(wordOf(value).rotateLeft(bits)), `${bits}`).toBe(turned);
  }
});

test('loads eight bytes, the lowest first', () => {
  const view = new DataView(Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 0x88).buffer);
  expect(valueOf(new Word64().load(view, 1))).toBe(0x8807_0605_0403_0201n);
});
