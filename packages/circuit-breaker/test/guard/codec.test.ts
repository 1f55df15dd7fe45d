import { ByteWriter, DecodeError } from '@quorate/transport/codec';
import { describeCodec } from '@quorate/transport/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type Opening, openingCodec } from '../../src/guard/codec.ts';

const hostile = fc.constantFrom(
  '__proto__',
  'constructor',
  'toString',
  '',
  '\u0000',
  '\ufeff',
  '\ud800',
  'a\udc00b',
  '😀',
);
const openings: fc.Arbitrary<Opening> = fc.record({
  sequence: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(Number.MAX_SAFE_INTEGER)),
  key: fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 40 })),
  remainingMs: fc.oneof(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.constant(2 ** 31 - 1)),
});

describeCodec('openings', openingCodec, openings);

/** Bytes of version, sequence and remaining time, and what `write` adds. */
function bytesOf(
  sequence: number,
  remainingMs: number,
  write = (writer: ByteWriter): void => {
    writer.u8(0);
    writer.string('k');
  },
): Uint8Array {
  const writer = new ByteWriter();
  writer.u8(1);
  writer.varint(sequence);
  writer.varint(remainingMs);
  write(writer);
  return writer.finish();
}

const refused: readonly (readonly [name: string, bytes: Uint8Array, message: string])[] = [
  ['another version', Uint8Array.of(2, 1, 1, 0, 0), 'version: expected 1, got 2'],
  ['no number', bytesOf(0, 1), 'sequence: expected 1..9007199254740991, got 0'],
  ['no time', bytesOf(1, 0), 'remainingMs: expected 1..2147483647, got 0'],
  ['more than timers keep', bytesOf(1, 2 ** 31), 'remainingMs: expected 1..2147483647'],
  ['2^53-1 ms', bytesOf(1, 2 ** 53 - 1), 'remainingMs: expected 1..2147483647'],
  [
    '2^53 as a number',
    Uint8Array.of(1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10, 1, 0, 0),
    'varint: expected at most 2^53-1',
  ],
  [
    'the bits of NaN as a time',
    Uint8Array.of(1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0),
    'varint: expected at most 2^53-1',
  ],
  ['an unknown way to write keys', bytesOf(1, 1, (to) => to.u8(2)), 'key: expected 0 or 1'],
  [
    'a key of more bytes than any has',
    bytesOf(1, 1, (to) => {
      to.u8(0);
      to.varint(2 ** 50);
    }),
    'length: expected at most 768',
  ],
  [
    'more code units than there are bytes',
    bytesOf(1, 1, (to) => {
      to.u8(1);
      to.varint(2 ** 50);
    }),
    'count: expected items',
  ],
  [
    'a surrogate in UTF-8',
    bytesOf(1, 1, (to) => {
      to.u8(0);
      to.lengthPrefixed(Uint8Array.of(0xed, 0xa0, 0x80));
    }),
    'string: expected UTF-8',
  ],
  [
    'a key of 257 characters',
    bytesOf(1, 1, (to) => {
      to.u8(0);
      to.string('x'.repeat(257));
    }),
    'key: expected at most 256 characters, got 257',
  ],
  [
    'a key of 257 code units',
    bytesOf(1, 1, (to) => {
      to.u8(1);
      to.varint(257);
      for (let index = 0; index < 257; index += 1) to.u16(0xd800);
    }),
    'key: expected at most 256 characters, got 257',
  ],
  [
    'code units of well-formed text',
    bytesOf(1, 1, (to) => {
      to.u8(1);
      to.varint(1);
      to.u16(0x61);
    }),
    'key: expected UTF-8 for well-formed text',
  ],
];

describe('bytes that nobody of ours wrote', () => {
  test('are read where they are right', () => {
    expect(openingCodec.decode(bytesOf(7, 1_000))).toEqual({
      ...{ sequence: 7, key: 'k', remainingMs: 1_000 },
    });
  });

  test.each(refused)('%s is refused', (_name, bytes, message) => {
    expect(() => openingCodec.decode(bytes)).toThrow(DecodeError);
    expect(() => openingCodec.decode(bytes)).toThrow(message);
  });

  test('keys that UTF-8 cannot tell apart stay apart', () => {
    for (const key of ['\ud800', '\udbff', '\ufffd', '__proto__']) {
      const opening = { sequence: 1, key, remainingMs: 1 };
      expect(openingCodec.decode(openingCodec.encode(opening))).toEqual(opening);
    }
  });

  test.each([Number.NaN, Infinity, -1, 0.5, 2 ** 53])('%d ms is not written', (remainingMs) => {
    expect(() => openingCodec.encode({ sequence: 1, key: 'k', remainingMs })).toThrow(RangeError);
  });

  test('the longest message is smaller than what every carrier takes', () => {
    const opening = { sequence: Number.MAX_SAFE_INTEGER, remainingMs: 2 ** 31 - 1 };
    const sizes = ['\ud800', '\uffff', 'x'].map(
      (unit) => openingCodec.encode({ ...opening, key: unit.repeat(256) }).length,
    );
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_200);
  });
});
