import { type Codec, DecodeError } from '@quorate/transport/codec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

/** Tests of the laws that every codec keeps, for `values` and for damaged ones. */
export function describeCodec<Value>(
  name: string,
  codec: Codec<Value>,
  values: fc.Arbitrary<Value>,
): void {
  const tryDecode = (input: Uint8Array): { readonly value: Value } | 'refused' => {
    try {
      return { value: codec.decode(input) };
    } catch (error) {
      expect(error).toBeInstanceOf(DecodeError);
      return 'refused';
    }
  };

  describe(name, () => {
    test('decodes what it encodes', () => {
      fc.assert(
        fc.property(values, (one) => {
          expect(codec.decode(codec.encode(one))).toEqual(one);
        }),
        { numRuns: 500 },
      );
    });

    test('refuses what is cut off, at every byte, and what goes on', () => {
      fc.assert(
        fc.property(values, (one) => {
          const bytes = codec.encode(one);
          for (let size = 0; size < bytes.length; size += 1) {
            expect(tryDecode(bytes.subarray(0, size))).toBe('refused');
          }
          expect(tryDecode(Uint8Array.of(...bytes, 0))).toBe('refused');
        }),
        { numRuns: 50 },
      );
    });

    test('is canonical: what decodes encodes to the same bytes, however it was damaged', () => {
      const flips = fc.array(fc.tuple(fc.nat(), fc.nat(7)), { minLength: 1, maxLength: 3 });
      fc.assert(
        fc.property(values, flips, (one, chosen) => {
          const input = codec.encode(one).slice();
          for (const [place, bit] of chosen) {
            const at = place % input.length;
            input[at] = (input[at] ?? 0) ^ (1 << bit);
          }
          const decoded = tryDecode(input);
          if (decoded !== 'refused') expect(codec.encode(decoded.value)).toEqual(input);
        }),
        { numRuns: 2_000 },
      );
    });

    test('refuses or decodes any bytes, and throws nothing else', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (input, isVersioned) => {
          if (isVersioned && input.length > 0) input[0] = 1;
          tryDecode(input);
        }),
        { numRuns: 3_000 },
      );
    });
  });
}
