import { describe, expect, test } from 'vitest';

import { ByteReader } from '../src/byte-reader.ts';
import { DecodeError } from '../src/codec.ts';

const read = <Value>(bytes: number[], how: (reader: ByteReader) => Value): Value =>
  how(new ByteReader(Uint8Array.from(bytes)));

describe('ByteReader', () => {
  test.each<[what: string, bytes: number[], how: (reader: ByteReader) => unknown, value: unknown]>([
    ['u8', [255], (r) => r.u8(), 255],
    ['u16', [0x12, 0x34], (r) => r.u16(), 0x1234],
    ['u32', [255, 255, 255, 254], (r) => r.u32(), 0xffff_fffe],
    ['u64', [0, 31, 255, 255, 255, 255, 255, 255], (r) => r.u64(), 2 ** 53 - 1],
    ['a varint', [0x80, 0x80, 0x80, 0x80, 8], (r) => r.varint(), 2 ** 31],
    ['the largest varint', [255, 255, 255, 255, 255, 255, 255, 15], (r) => r.varint(), 2 ** 53 - 1],
    ['a count', [2, 0, 0], (r) => r.count(), 2],
    ['a text', [3, 97, 0xc3, 0xa9], (r) => r.string(), 'aé'],
    ['a byte order mark', [3, 0xef, 0xbb, 0xbf], (r) => r.string(), '\ufeff'],
  ])('reads %s', (_what, bytes, how, value) => {
    expect(read(bytes, how)).toBe(value);
  });

  test.each<[what: string, bytes: number[], how: (reader: ByteReader) => unknown]>([
    ['u8 of nothing', [], (r) => r.u8()],
    ['u16 of one byte', [1], (r) => r.u16()],
    ['u32 of three bytes', [1, 2, 3], (r) => r.u32()],
    ['u64 of seven bytes', [0, 0, 0, 0, 0, 0, 0], (r) => r.u64()],
    ['u64 of 2^53', [0, 32, 0, 0, 0, 0, 0, 0], (r) => r.u64()],
    ['a cut varint', [0x80], (r) => r.varint()],
    ['a varint longer than needed', [0x80, 0], (r) => r.varint()],
    ['a varint of 2^53', [128, 128, 128, 128, 128, 128, 128, 16], (r) => r.varint()],
    ['a varint of nine bytes', [255, 255, 255, 255, 255, 255, 255, 255, 1], (r) => r.varint()],
    ['a count of more than can be there', [3, 0, 0], (r) => r.count()],
    ['a count of items too large', [2, 0, 0, 0], (r) => r.count(2)],
    ['more bytes than are there', [1, 2], (r) => r.bytes(3)],
    ['a negative number of bytes', [1, 2], (r) => r.bytes(-1)],
    ['a claim of 10 MB', [0x80, 0xad, 0xe2, 4, 0], (r) => r.lengthPrefixed()],
    ['a length above the limit', [3, 1, 2, 3], (r) => r.lengthPrefixed(2)],
    ['a text above the limit', [3, 97, 97, 97], (r) => r.string(2)],
    ['a text that is not UTF-8', [1, 0xff], (r) => r.string()],
    ['an overlong form of "/"', [2, 0xc0, 0xaf], (r) => r.string()],
    ['a surrogate in UTF-8', [3, 0xed, 0xa0, 0x80], (r) => r.string()],
    ['bytes left over', [1], (r) => r.expectEnd()],
  ])('refuses %s', (_what, bytes, how) => {
    expect(() => read(bytes, how)).toThrow(DecodeError);
  });

  test('gives out views of its range only', () => {
    const bytes = Uint8Array.of(9, 1, 2, 9);
    const reader = new ByteReader(bytes, 1, 3);
    const view = reader.bytes(2);
    expect(view.buffer).toBe(bytes.buffer);
    expect([...view]).toEqual([1, 2]);
    expect(reader.remaining).toBe(0);
    expect(() => reader.u8()).toThrow('u8: expected 1 more bytes, got 0');
    reader.expectEnd();
  });

  test('refuses a range outside of the bytes', () => {
    expect(() => new ByteReader(new Uint8Array(2), 0, 3)).toThrow(RangeError);
    expect(() => new ByteReader(new Uint8Array(2), 2, 1)).toThrow(RangeError);
  });
});
