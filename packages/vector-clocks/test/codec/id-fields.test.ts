import { ByteReader, ByteWriter, DecodeError } from '@quorate/transport/codec';
import { expect, test } from 'vitest';

import { readDot, readId, readNextId, readPositive, writeDot } from '../../src/codec/id-fields.ts';

const reader = (...bytes: number[]): ByteReader => new ByteReader(Uint8Array.from(bytes));

test('a dot goes through', () => {
  const writer = new ByteWriter();
  writeDot(writer, { id: '__proto__', counter: 2 ** 53 - 1 });

  expect(readDot(new ByteReader(writer.finish()))).toEqual({
    id: '__proto__',
    counter: 2 ** 53 - 1,
  });
  expect(() => readDot(reader(1, 97, 0))).toThrow('counter: expected at least 1, got 0');
});

test('what is no id is refused', () => {
  expect(readId(reader(1, 97))).toBe('a');
  expect(readId(reader(64, ...new Uint8Array(64).fill(97)))).toBe('a'.repeat(64));
  expect(() => readId(reader(0))).toThrow('id: expected 1..64 bytes of UTF-8, got 0');
  expect(() => readId(reader(65, ...new Uint8Array(65).fill(97)))).toThrow(DecodeError);
  // A lone surrogate, written as UTF-8 forbids it.
  expect(() => readId(reader(3, 0xed, 0xa0, 0x80))).toThrow(DecodeError);
  expect(() => readPositive(reader(0), 'n')).toThrow('n: expected at least 1, got 0');
});

test('ids of a list rise', () => {
  expect(readNextId(reader(1, 98), 'a')).toBe('b');
  expect(() => readNextId(reader(1, 97), 'a')).toThrow('id: expected one after "a", got "a"');
  expect(() => readNextId(reader(1, 97), 'b')).toThrow(DecodeError);
});
