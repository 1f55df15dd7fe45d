import { DecodeError } from '@quorate/transport/codec';
import fc from 'fast-check';
import { expect, test } from 'vitest';

/** A codec under test, and what it is to be tested with. */
export interface CodecCase<Value> {
  readonly values: fc.Arbitrary<Value>;
  readonly encode: (value: Value) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => Value;
  /** What a value is, as data that `toEqual` compares: without what is shared or kept beside it. */
  readonly show: (value: Value) => unknown;
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Whatever `decode` says of bytes: a value, or a DecodeError; anything else is a failure. */
function decoded<Value>(codec: CodecCase<Value>, bytes: Uint8Array): Value | undefined {
  try {
    return codec.decode(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return undefined;
  }
}

/** Bytes that decode must be the only ones of their value, or two peers could hash them apart. */
function expectCanonical<Value>(codec: CodecCase<Value>, bytes: Uint8Array): void {
  const value = decoded(codec, bytes);
  if (value === undefined) return;
  expect(hexOf(codec.encode(value))).toBe(hexOf(bytes));
}

/** What every codec of this package keeps to. */
export function describeCodec<Value>(codec: CodecCase<Value>): void {
  test('what was encoded decodes to the same, and encodes to the same bytes', () => {
    fc.assert(
      fc.property(codec.values, (value) => {
        const bytes = codec.encode(value);
        const read = codec.decode(bytes);
        expect(codec.show(read)).toEqual(codec.show(value));
        expect(hexOf(codec.encode(read))).toBe(hexOf(bytes));
      }),
    );
  });

  test('bytes that are cut off, or have something after them, are refused', () => {
    fc.assert(
      fc.property(codec.values, (value) => {
        const bytes = codec.encode(value);
        for (let end = 0; end < bytes.length; end += 1) {
          expect(() => codec.decode(bytes.subarray(0, end))).toThrow(DecodeError);
        }
        expect(() => codec.decode(Uint8Array.of(...bytes, 0))).toThrow(DecodeError);
      }),
      { numRuns: 30 },
    );
  });

  test('a bit that was turned gives a value of these very bytes, or a DecodeError', () => {
    fc.assert(
      fc.property(codec.values, (value) => {
        const bytes = codec.encode(value).slice();
        for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
          bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          expectCanonical(codec, bytes);
          bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        }
      }),
      { numRuns: 30 },
    );
  });

  test('bytes of any kind after a true head give a value of these bytes, or a DecodeError', () => {
    const tail = fc.array(fc.oneof(fc.nat(3), fc.nat(255)), { maxLength: 40 });
    fc.assert(
      fc.property(codec.values, fc.nat(12), tail, (value, kept, rest) => {
        expectCanonical(codec, Uint8Array.of(...codec.encode(value).subarray(0, kept), ...rest));
      }),
      { numRuns: 500 },
    );
  });

  test('a claim of 2^50 items after any beginning costs no memory', () => {
    const claim = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02];
    fc.assert(
      fc.property(codec.values, (value) => {
        const bytes = codec.encode(value);
        for (let kept = 2; kept <= bytes.length; kept += 1) {
          expectCanonical(codec, Uint8Array.of(...bytes.subarray(0, kept), ...claim, 1, 97, 1));
        }
      }),
      { numRuns: 20 },
    );
  });
}
