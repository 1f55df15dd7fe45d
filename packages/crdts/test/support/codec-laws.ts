import { type Codec, DecodeError } from '@quorate/transport/codec';
import fc from 'fast-check';
import { expect, test } from 'vitest';

/** A codec under test, and what it is to be tested with. */
export interface CodecCase<Value> {
  readonly codec: Codec<Value>;
  readonly values: fc.Arbitrary<Value>;
  /** What a value is, as data that `toEqual` compares: without what is shared or kept beside it. */
  readonly show: (value: Value) => unknown;
}

/** Bytes as text, to be compared and printed. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** `decode` answers with a value whose bytes these are, or with a DecodeError. */
function expectCanonical<Value>(codec: Codec<Value>, bytes: Uint8Array): void {
  let value: Value;
  try {
    value = codec.decode(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return;
  }
  expect(hexOf(codec.encode(value))).toBe(hexOf(bytes));
}

/** What every codec of the catalogue keeps to. */
export function describeCodec<Value>({ codec, values, show }: CodecCase<Value>): void {
  test('what was encoded decodes to the same, and encodes to the same bytes', () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = codec.encode(value);
        const read = codec.decode(bytes);
        expect(show(read)).toEqual(show(value));
        expect(hexOf(codec.encode(read))).toBe(hexOf(bytes));
      }),
    );
  });

  test('bytes that are cut off, or have something after them, are refused', () => {
    fc.assert(
      fc.property(values, (value) => {
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
      fc.property(values, (value) => {
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
    const tail = fc.array(fc.oneof(fc.nat(3), fc.nat(255)), { maxLength: 40, size: 'max' });
    fc.assert(
      fc.property(values, fc.nat(12), tail, (value, kept, rest) => {
        expectCanonical(codec, Uint8Array.of(...codec.encode(value).subarray(0, kept), ...rest));
      }),
      { numRuns: 500 },
    );
  });

  test('a claim of 2^50 items after any beginning costs no memory', () => {
    const claim = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02];
    fc.assert(
      fc.property(values, (value) => {
        const bytes = codec.encode(value);
        for (let kept = 0; kept <= bytes.length; kept += 1) {
          expectCanonical(codec, Uint8Array.of(...bytes.subarray(0, kept), ...claim, 1, 97, 1));
        }
      }),
      { numRuns: 20 },
    );
  });
}
