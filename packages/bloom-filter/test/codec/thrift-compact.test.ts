import { ByteWriter, DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import {
  THRIFT_BINARY,
  THRIFT_I32,
  ThriftReader,
  writeI32,
  writeStop,
  writeUnion,
} from '../../src/codec/thrift-compact.ts';

/** The fields of a struct, as `id:type`, all of them skipped. */
function fieldsOf(bytes: readonly number[]): { readonly fields: string[]; readonly end: number } {
  const fields: string[] = [];
  const reader = new ThriftReader(Uint8Array.from(bytes));
  reader.struct(({ id, type }) => {
    fields.push(`${id}:${type}`);
    return false;
  });
  return { fields, end: reader.offset };
}

describe('a struct', () => {
  test('is read field by field, unknown ones skipped whatever their type', () => {
    const bytes = [
      ...[0x11, 0x12], // true, false
      ...[0x13, 7], // a byte
      ...[0x14, 0x80, 1], // 16 bits
      ...[0x16, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1], // 64 bits
      ...[0x17, 1, 2, 3, 4, 5, 6, 7, 8], // a double
      ...[0x18, 2, 65, 66], // two bytes
      ...[0x19, 0x21, 1, 2], // a list of two booleans
      ...[0x1a, 0xf3, 2, 1, 2], // a set of two bytes, with a long head
      ...[0x1b, 1, 0x38, 9, 1, 65], // a map of one byte to bytes
      ...[0x1b, 0], // an empty map
      ...[0x1c, 0x15, 2, 0], // a struct
      ...[0x05, 200, 1, 2], // 32 bits, its number said in full: 100
      0,
    ];
    const { fields, end } = fieldsOf(bytes);
    expect(fields.join(' ')).toBe('1:1 2:2 3:3 4:4 5:6 6:7 7:8 8:9 9:10 10:11 11:11 12:12 100:5');
    expect(end).toBe(bytes.length);
  });

  test.each([
    ['is cut off', [0x15]],
    ['has no end', [0x15, 2]],
    ['has a type that is none', [0x1d]],
    ['has a list longer than the bytes', [0x19, 0xf3, 100]],
    ['has a number that never ends', [0x15, ...Array.from({ length: 11 }, () => 128)]],
    ['nests without end', Array.from({ length: 100 }, () => 0x1c)],
    ['has lists in lists without end', [0x19, ...Array.from({ length: 100 }, () => 0x19)]],
    ['has a map longer than the bytes', [0x1b, 255, 255, 3, 0x33]],
  ])('that %s is refused', (_, bytes) => {
    expect(() => fieldsOf(bytes)).toThrow(DecodeError);
  });
});

test('numbers and bytes are read as they were written', () => {
  const writer = new ByteWriter();
  for (const value of [0, -1, 1, 2 ** 31 - 1, -(2 ** 31)]) writeI32(writer, 1, value);
  writeUnion(writer, 1, 3);
  writer.u8(0x10 | THRIFT_BINARY);
  writer.lengthPrefixed(Uint8Array.of(1, 2));
  writeStop(writer);
  const reader = new ThriftReader(writer.finish());
  const values: unknown[] = [];
  reader.struct(({ id, type }) => {
    if (type === THRIFT_I32) values.push(reader.i64());
    else if (type === THRIFT_BINARY) values.push([...reader.binary()]);
    else reader.struct((field) => values.push(`${id}: union of ${field.id}`) < 0);
    return true;
  });
  expect(values).toEqual([0, -1, 1, 2 ** 31 - 1, -(2 ** 31), '6: union of 3', [1, 2]]);
});

test('a list of other items than expected is refused', () => {
  const reader = new ThriftReader(Uint8Array.of(0x13, 1));
  expect(() => reader.list(THRIFT_BINARY, () => undefined)).toThrow(
    /^list: expected items of type 8/,
  );
});
