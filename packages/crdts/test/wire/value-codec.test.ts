import fc from 'fast-check';
import { expect, test } from 'vitest';

import { CorruptBytesError } from '../../src/errors.ts';
import type { Value } from '../../src/log/value.ts';
import { ByteReader } from '../../src/wire/byte-reader.ts';
import { ByteWriter } from '../../src/wire/byte-writer.ts';
import { copyValue } from '../../src/wire/copy-value.ts';
import { readValue, writeValue } from '../../src/wire/value-codec.ts';

function bytesOf(value: Value): Uint8Array {
  const writer = new ByteWriter();
  writeValue(writer, value);
  return writer.copy();
}

function valueOf(bytes: Uint8Array): Value {
  const reader = new ByteReader(bytes);
  const value = readValue(reader);
  reader.expectEnd();
  return value;
}

const leaf = fc.oneof(
  fc.constantFrom<Value>(null, true, false, 0, -0, NaN, Infinity, -Infinity, 2 ** 52, -(2 ** 53)),
  fc.integer(),
  fc.double(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\ud800', 'a\udc00b', '\ufeff', '__proto__'),
  fc.uint8Array(),
);
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), tie('value'), { maxKeys: 6 }),
  ),
}));
const values: fc.Arbitrary<Value> = anyValue.map((value) => copyValue('value', value));

test('every value comes back as it was', () => {
  fc.assert(
    fc.property(values, (value) => {
      const back = valueOf(bytesOf(value));
      expect(back).toEqual(value);
      expect(bytesOf(back)).toEqual(bytesOf(value));
      expect(Object.is(back, value) || typeof value === 'object').toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('what decodes has one encoding, however it was damaged', () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(values, damage, (value, places) => {
      const bytes = bytesOf(value);
      for (const [place, byte] of places) bytes[place % bytes.length] = byte;
      let back: Value;
      try {
        back = valueOf(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(CorruptBytesError);
        return;
      }
      expect(bytesOf(back)).toEqual(bytes);
    }),
    { numRuns: 2_000 },
  );
});

test('a key from outside is an own one, and its object has no prototype', () => {
  const value = valueOf(bytesOf(copyValue('value', JSON.parse('{"__proto__":{"polluted":1}}'))));
  expect(Object.keys(value as object)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(value)).toBe(null);
  expect('polluted' in {}).toBe(false);
});

test.each([
  ['an unknown kind', [10]],
  ['a float that is an integer', [4, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0]],
  ['another NaN', [4, 0x7f, 0xf8, 0, 0, 0, 0, 0, 1]],
  ['code units of well-formed text', [6, 1, 0, 65]],
  ['a key twice', [9, 2, 5, 1, 65, 0, 5, 1, 65, 0]],
  ['a key that is no text', [9, 1, 0, 0]],
  ['two billion elements', [8, 0xff, 0xff, 0xff, 0xff, 7]],
  ['nesting without end', new Array<number>(1_000).fill(8).flatMap((kind) => [kind, 1])],
])('refuses %s', (_, bytes) => {
  expect(() => valueOf(Uint8Array.from(bytes))).toThrow(CorruptBytesError);
});
