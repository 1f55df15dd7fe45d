import { ByteReader, ByteWriter, DecodeError } from '@quorate/transport/codec';
import { expect, test } from 'vitest';

import { readDouble, writeDouble } from '../../src/codec/double.ts';

test('a number is its eight bytes, the sign first', () => {
  const writer = new ByteWriter();
  writeDouble(writer, -2);
  expect([...writer.finish()]).toEqual([0xc0, 0, 0, 0, 0, 0, 0, 0]);
});

test.each([0, -0, 0.1, -1e300, 5e-324, Number.NEGATIVE_INFINITY, Number.NaN])(
  '%d reads back',
  (value) => {
    const writer = new ByteWriter();
    writer.u8(1);
    writeDouble(writer, value);
    const reader = new ByteReader(writer.finish(), 1);

    expect(readDouble(reader)).toBe(value);
    expect(reader.remaining).toBe(0);
  },
);

test('seven bytes are no number', () => {
  expect(() => readDouble(new ByteReader(new Uint8Array(7)))).toThrow(DecodeError);
});
