import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ByteReader } from '../src/byte-reader.ts';
import { ByteWriter } from '../src/byte-writer.ts';
import { DecodeError } from '../src/codec.ts';

/** One value and how it is written; a sequence of them is a message. */
type Field =
  | { readonly kind: 'u8' | 'u16' | 'u32' | 'u64' | 'varint'; readonly value: number }
  | { readonly kind: 'lengthPrefixed'; readonly value: Uint8Array }
  | { readonly kind: 'string'; readonly value: string };

type FieldKind = Field['kind'];

/** Numbers near the powers of two, where encodings change their length. */
const numberBelow = (limit: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: 0, max: limit - 1 }),
    fc
      .tuple(fc.integer({ min: 0, max: Math.log2(limit) }), fc.integer({ min: -2, max: 2 }))
      .map(([power, offset]) => Math.min(limit - 1, Math.max(0, 2 ** power + offset))),
  );

const numberField = (kind: 'u8' | 'u16' | 'u32' | 'u64' | 'varint', limit: number) =>
  numberBelow(limit).map((value): Field => ({ kind, value }));

const field: fc.Arbitrary<Field> = fc.oneof(
  numberField('u8', 2 ** 8),
  numberField('u16', 2 ** 16),
  numberField('u32', 2 ** 32),
  numberField('u64', 2 ** 53),
  numberField('varint', 2 ** 53),
  fc.uint8Array({ maxLength: 200 }).map((value): Field => ({ kind: 'lengthPrefixed', value })),
  fc.string({ unit: 'binary', maxLength: 80 }).map((value): Field => ({ kind: 'string', value })),
  fc.constantFrom('__proto__', '\0', '\ufeff').map((value): Field => ({ kind: 'string', value })),
);
const fields = fc.array(field, { maxLength: 12 });

function encode(message: readonly Field[]): Uint8Array {
  const writer = new ByteWriter(1);
  for (const { kind, value } of message) {
    if (kind === 'lengthPrefixed') writer.lengthPrefixed(value);
    else if (kind === 'string') writer.string(value);
    else writer[kind](value);
  }
  return writer.finish();
}

function decode(bytes: Uint8Array, kinds: readonly FieldKind[]): unknown[] {
  const reader = new ByteReader(bytes);
  const values = kinds.map((kind) => reader[kind]());
  reader.expectEnd();
  return values;
}

describe('ByteReader and ByteWriter', () => {
  test('what is written is what is read', () => {
    fc.assert(
      fc.property(fields, (message) => {
        const kinds = message.map(({ kind }) => kind);
        expect(decode(encode(message), kinds)).toEqual(message.map(({ value }) => value));
      }),
    );
  });

  test('every prefix of a message is refused', () => {
    fc.assert(
      fc.property(fields, fc.nat(), (message, cut) => {
        const bytes = encode(message);
        if (bytes.length === 0) return;
        const prefix = bytes.subarray(0, cut % bytes.length);
        const kinds = message.map(({ kind }) => kind);
        expect(() => decode(prefix, kinds)).toThrow(DecodeError);
      }),
    );
  });

  test('any bytes are a value or a DecodeError, and a value has no other encoding', () => {
    const kinds = field.map(({ kind }) => kind);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.array(kinds), (bytes, expected) => {
        let values: unknown[];
        try {
          values = decode(bytes, expected);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
          return;
        }
        const message = expected.map((kind, index) => ({ kind, value: values[index] }) as Field);
        expect(encode(message)).toEqual(bytes);
      }),
      { numRuns: 2_000 },
    );
  });
});
