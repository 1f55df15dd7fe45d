import { DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import {
  decodeRedisBloomHeader,
  encodeRedisBloomHeader,
  type RedisBloomHeader,
} from '../../src/codec/redis-bloom-header.ts';

const layer = {
  sizeBytes: 128,
  bitCount: 1_024,
  itemCount: 3,
  falsePositiveRate: 0.01,
  bitsPerItem: 9.585,
  hashCount: 7,
  capacity: 100,
  log2BitCount: 10,
};
const header: RedisBloomHeader = {
  itemCount: 2 ** 40 + 3,
  options: 5,
  growth: 2,
  layers: [layer, { ...layer, bitCount: 1_000, log2BitCount: 0 }],
};
const bytes = encodeRedisBloomHeader(header);

describe('the header of a dump', () => {
  test('is packed, with the lowest byte first', () => {
    expect(bytes).toHaveLength(20 + 2 * 53);
    expect([...bytes.subarray(0, 20)]).toEqual([
      ...[3, 0, 0, 0, 0, 1, 0, 0], // items
      ...[2, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0], // layers, options, growth
    ]);
    expect([...bytes.subarray(20, 44)]).toEqual([
      ...[128, 0, 0, 0, 0, 0, 0, 0],
      ...[0, 4, 0, 0, 0, 0, 0, 0],
      ...[3, 0, 0, 0, 0, 0, 0, 0],
    ]);
    expect([...bytes.subarray(60, 73)]).toEqual([7, 0, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0, 10]);
  });

  test('reads back as what it was, at any offset', () => {
    expect(decodeRedisBloomHeader(bytes)).toEqual(header);
    expect(decodeRedisBloomHeader(Uint8Array.of(0, ...bytes).subarray(1))).toEqual(header);
  });

  test('is refused when cut off anywhere, or with a byte more', () => {
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeRedisBloomHeader(bytes.subarray(0, length))).toThrow(DecodeError);
    }
    expect(() => decodeRedisBloomHeader(Uint8Array.of(...bytes, 0))).toThrow(DecodeError);
  });

  test.each([
    ['2^32-1 layers', 8, [255, 255, 255, 255]],
    ['2^60 keys', 0, [0, 0, 0, 0, 0, 0, 0, 16]],
    ['more bits than bytes', 28, [1, 4, 0]],
    ['no bit', 28, [0, 0]],
    ['a rate that is none', 44, [0, 0, 0, 0, 0, 0, 0xf8, 0x7f]],
    ['infinitely many bits for each item', 52, [0, 0, 0, 0, 0, 0, 0xf0, 0x7f]],
    ['no hash', 60, [0]],
    ['2^31 hashes', 60, [0, 0, 0, 128]],
    ['another logarithm', 72, [9]],
  ])('is refused with %s', (_, at, changed) => {
    const damaged = bytes.slice();
    damaged.set(changed, at);
    expect(() => decodeRedisBloomHeader(damaged)).toThrow(DecodeError);
  });

  test('is not written with numbers that do not fit', () => {
    expect(() => encodeRedisBloomHeader({ ...header, layers: [] })).toThrow(/^layers: expected/);
    expect(() => encodeRedisBloomHeader({ ...header, growth: -1 })).toThrow(/^u32: expected/);
    expect(() => encodeRedisBloomHeader({ ...header, itemCount: 0.5 })).toThrow(/^u64: expected/);
    const layers = [{ ...layer, log2BitCount: 256 }];
    expect(() => encodeRedisBloomHeader({ ...header, layers })).toThrow(/^log2BitCount: expected/);
  });
});
