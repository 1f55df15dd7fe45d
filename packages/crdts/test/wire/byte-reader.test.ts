import fc from 'fast-check';
import { expect, test } from 'vitest';

import { CorruptBytesError } from '../../src/errors.ts';
import { ByteReader, corrupt, decodeText } from '../../src/wire/byte-reader.ts';
import { ByteWriter } from '../../src/wire/byte-writer.ts';

const readerOf = (...bytes: number[]) => new ByteReader(Uint8Array.from(bytes));

test('reads what the writer wrote', () => {
  const numbers = fc.oneof(fc.nat(300), fc.maxSafeNat());
  fc.assert(
    fc.property(fc.array(numbers, { maxLength: 40, size: 'max' }), (values) => {
      const writer = new ByteWriter();
      for (const value of values) {
        writer.varint(value);
        writer.signed(Math.floor(value / 2));
        writer.signed(-Math.floor(value / 2));
        writer.word(value, 3);
      }
      const reader = new ByteReader(writer.copy());
      for (const value of values) {
        expect(reader.varint()).toBe(value);
        expect(reader.signed()).toBe(Math.floor(value / 2));
        expect(reader.signed() + Math.floor(value / 2)).toBe(0);
        expect(reader.word(3)).toBe(value % 2 ** 24);
      }
      reader.expectEnd();
    }),
  );
});

test.each([
  ['a number cut short', () => readerOf(0x80).varint()],
  ['a number with a last byte of no use', () => readerOf(0x80, 0).varint()],
  ['a number beyond 2^53', () => readerOf(255, 255, 255, 255, 255, 255, 255, 0x1f).varint()],
  ['a number without end', () => readerOf(...new Array<number>(20).fill(0xff)).varint()],
  ['a number beyond its bound', () => readerOf(8).varint(7)],
  ['a signed number beyond its bound', () => readerOf(15).signed(7)],
  ['more items than bytes', () => readerOf(3, 0, 0).count()],
  ['more bytes than there are', () => readerOf(5, 1).prefixed()],
  ['four gigabytes in six bytes', () => readerOf(0xff, 0xff, 0xff, 0xff, 0xff, 0x0f).text()],
  ['text that is no UTF-8', () => readerOf(1, 0xff).text()],
  ['a surrogate in UTF-8', () => decodeText(Uint8Array.of(0xed, 0xa0, 0x80))],
  ['no byte', () => readerOf().u8()],
  ['a word cut short', () => readerOf(1, 2).word(3)],
  ['something behind the end', () => readerOf(1).expectEnd()],
])('refuses %s', (_, read) => {
  expect(read).toThrow(CorruptBytesError);
});

test('the bounds themselves are accepted', () => {
  expect(readerOf(7).varint(7)).toBe(7);
  expect(readerOf(14).signed(7)).toBe(7);
  expect(readerOf(13).signed(7)).toBe(-7);
  expect(readerOf(2, 0, 0).count()).toBe(2);
  expect(readerOf(255, 255, 255, 255, 255, 255, 255, 0x0f).varint()).toBe(2 ** 53 - 1);
});

test('the error says what was expected', () => {
  expect(corrupt('the end', 3)).toEqual(new CorruptBytesError('bytes: expected the end, got 3'));
});
