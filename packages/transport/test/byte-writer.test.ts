import { describe, expect, test } from 'vitest';

import { ByteWriter } from '../src/byte-writer.ts';

/** The bytes that `write` writes. */
function written(write: (writer: ByteWriter) => void): number[] {
  const writer = new ByteWriter(1);
  write(writer);
  return [...writer.finish()];
}

describe('ByteWriter', () => {
  test.each<[what: string, write: (writer: ByteWriter) => void, bytes: number[]]>([
    ['u8', (w) => w.u8(255), [255]],
    ['u16, most significant first', (w) => w.u16(0x1234), [0x12, 0x34]],
    ['u32', (w) => w.u32(0xffff_fffe), [255, 255, 255, 254]],
    ['u64', (w) => w.u64(2 ** 53 - 1), [0, 31, 255, 255, 255, 255, 255, 255]],
    ['varint 0', (w) => w.varint(0), [0]],
    ['varint 127', (w) => w.varint(127), [0x7f]],
    ['varint 128', (w) => w.varint(128), [0x80, 1]],
    ['varint 2^31', (w) => w.varint(2 ** 31), [0x80, 0x80, 0x80, 0x80, 8]],
    ['varint 2^53-1', (w) => w.varint(2 ** 53 - 1), [255, 255, 255, 255, 255, 255, 255, 15]],
    ['bytes', (w) => w.bytes(Uint8Array.of(1, 2)), [1, 2]],
    ['length-prefixed bytes', (w) => w.lengthPrefixed(Uint8Array.of(7)), [1, 7]],
    ['an empty text', (w) => w.string(''), [0]],
    ['ASCII', (w) => w.string('ab'), [2, 97, 98]],
    ['text beyond ASCII', (w) => w.string('aé'), [3, 97, 0xc3, 0xa9]],
    ['a byte order mark', (w) => w.string('\ufeff'), [3, 0xef, 0xbb, 0xbf]],
  ])('writes %s', (_what, write, bytes) => {
    expect(written(write)).toEqual(bytes);
  });

  test.each<[what: string, write: (writer: ByteWriter) => void, message: string]>([
    ['u8 256', (w) => w.u8(256), 'u8: expected an integer in 0..255, got 256'],
    ['u8 -1', (w) => w.u8(-1), 'got -1'],
    ['u8 0.5', (w) => w.u8(0.5), 'got 0.5'],
    ['u16 65536', (w) => w.u16(65_536), 'u16: expected an integer in 0..65535, got 65536'],
    ['u32 2^32', (w) => w.u32(2 ** 32), 'u32: expected an integer in 0..2^32-1'],
    ['u32 NaN', (w) => w.u32(Number.NaN), 'got NaN'],
    ['u64 2^53', (w) => w.u64(2 ** 53), 'u64: expected an integer in 0..2^53-1'],
    ['varint 2^53', (w) => w.varint(2 ** 53), 'varint: expected an integer in 0..2^53-1'],
    ['varint -1', (w) => w.varint(-1), 'got -1'],
    ['varint Infinity', (w) => w.varint(Infinity), 'got Infinity'],
    ['a lone surrogate', (w) => w.string('a\ud800'), 'string: expected well-formed text'],
  ])('refuses %s and writes nothing of it', (_what, write, message) => {
    const writer = new ByteWriter();
    expect(() => write(writer)).toThrow(RangeError);
    expect(() => write(writer)).toThrow(message);
    expect(writer.sizeBytes).toBe(0);
  });

  test('finishes with a copy of its own and begins anew', () => {
    const writer = new ByteWriter();
    writer.u8(1);
    const first = writer.finish();
    writer.u8(2);
    expect([...first]).toEqual([1]);
    expect([...writer.finish()]).toEqual([2]);
  });

  test('shows what it has written, and goes on in the same memory', () => {
    const writer = new ByteWriter();
    writer.u16(0x0102);
    const view = writer.view();
    expect([...view]).toEqual([1, 2]);
    expect(writer.sizeBytes).toBe(2);
    writer.reset();
    writer.u8(9);
    expect([...view]).toEqual([9, 2]);
  });

  test('forgets on reset, and works on after a message of a megabyte', () => {
    const writer = new ByteWriter();
    writer.bytes(new Uint8Array(2 ** 20));
    expect(writer.finish().length).toBe(2 ** 20);
    writer.u8(1);
    writer.reset();
    writer.u8(2);
    expect([...writer.finish()]).toEqual([2]);
  });

  test('refuses to begin with no room', () => {
    expect(() => new ByteWriter(0)).toThrow('initialBytes: expected an integer >= 1, got 0');
  });
});
