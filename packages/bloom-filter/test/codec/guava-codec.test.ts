import { DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import { decodeGuava, encodeGuava } from '../../src/codec/guava-codec.ts';
import { GuavaBloomFilter } from '../../src/guava-bloom.ts';

const words = Int32Array.of(0x0403_0201, 0x0807_0605, 0, 1 << 31);
const filter = new GuavaBloomFilter({ words, hashCount: 5, strategy: 'mitz-64', funnel: 'utf-16' });
const bytes = encodeGuava(filter);

describe('what Guava writes', () => {
  test('has the layout at the head of the file', () => {
    expect([...bytes]).toEqual([
      ...[1, 5, 0, 0, 0, 2],
      ...[8, 7, 6, 5, 4, 3, 2, 1],
      ...[128, 0, 0, 0, 0, 0, 0, 0],
    ]);
  });

  test('reads back as the filter it was', () => {
    const decoded = decodeGuava(bytes, 'utf-16');
    expect(decoded.words).toEqual(words);
    expect(decoded.hashCount).toBe(5);
    expect(decoded.strategy).toBe('mitz-64');
    expect(decoded.funnel).toBe('utf-16');
    expect(encodeGuava(decoded)).toEqual(bytes);
  });

  test('is refused when cut off anywhere, or with a byte more', () => {
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeGuava(bytes.subarray(0, length))).toThrow(DecodeError);
    }
    expect(() => decodeGuava(Uint8Array.of(...bytes, 0))).toThrow(DecodeError);
  });

  test.each([
    ['an unknown strategy', [2, 5, 0, 0, 0, 1]],
    ['no bit for a key', [1, 0, 0, 0, 0, 1]],
    ['no long', [1, 5, 0, 0, 0, 0]],
    ['2^32-1 longs', [1, 5, 255, 255, 255, 255]],
  ])('is refused with %s', (_, head) => {
    expect(() => decodeGuava(Uint8Array.of(...head, 0, 0, 0, 0, 0, 0, 0, 0))).toThrow(DecodeError);
  });
});
