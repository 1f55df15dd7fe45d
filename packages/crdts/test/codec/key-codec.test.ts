import { ByteWriter, DecodeError } from '@quorate/transport/codec';
import { describeCodec } from '@quorate/transport/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { keyCodec, textCodec } from '../../src/codec/key-codec.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '__proto__', '\ud800', 'a\udc00b', '\u{1f642}'),
  fc.array(fc.nat(0xffff), { maxLength: 6 }).map((units) => String.fromCharCode(...units)),
);
const number = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double()).map((drawn) => drawn + 0);

describeCodec('keys', keyCodec, fc.oneof(text, number));
describeCodec('texts', textCodec, text);

test('0 has one encoding, whatever its sign', () => {
  expect(keyCodec.encode(-0)).toEqual(keyCodec.encode(0));
  expect(Object.is(keyCodec.decode(keyCodec.encode(-0)), 0)).toBe(true);
});

test.each([
  ['-0 as a double', [4, 0x80, 0, 0, 0, 0, 0, 0, 0]],
  ['1 as a double', [4, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0]],
  ['a NaN with another payload', [4, 0x7f, 0xf8, 0, 0, 0, 0, 0, 1]],
  ['0 as a negative number', [3, 0]],
  ['Unicode in its long form', [1, 1, 0, 97]],
  ['another kind', [5, 0]],
])('%s is refused', (_name, bytes) => {
  expect(() => keyCodec.decode(Uint8Array.from(bytes))).toThrow(DecodeError);
});

test('a number is no text', () => {
  const writer = new ByteWriter();
  writer.u8(2);
  writer.varint(7);

  expect(() => textCodec.decode(writer.finish())).toThrow('text: expected one, got a number');
});
