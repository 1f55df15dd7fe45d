import { DecodeError } from '@quorate/transport/codec';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { jsonPresence, presenceCodec } from '../../src/replicator/presence-codec.ts';

const entries = fc.array(
  fc.record({
    id: fc.constantFrom('a', '__proto__', 'é'.repeat(32)),
    clock: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    state: fc.option(fc.uint8Array({ maxLength: 20 }), { nil: undefined }),
  }),
  { maxLength: 20, size: 'max' },
);

test('what is encoded decodes to the same', () => {
  fc.assert(
    fc.property(entries, (sent) => {
      expect(presenceCodec.decode(presenceCodec.encode(sent))).toEqual(sent);
    }),
  );
});

test('what is cut short or damaged decodes to something, or is refused by name', () => {
  fc.assert(
    fc.property(entries, fc.nat(), fc.integer({ min: 1, max: 255 }), (sent, at, flip) => {
      const encoded = presenceCodec.encode(sent);
      const place = at % encoded.length;
      expect(() => presenceCodec.decode(encoded.subarray(0, place))).toThrow(DecodeError);
      encoded[place] = (encoded[place] ?? 0) ^ flip;
      try {
        presenceCodec.decode(encoded);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
    }),
  );
});

test.each([
  ['another version', [2, 0], /version/],
  ['a count of 2^53', [1, 255, 255, 255, 255, 255, 255, 255, 15], /count/],
  ['nobody', [1, 1, 0, 1, 0, 0], /id/],
  ['half a flag', [1, 1, 1, 97, 1, 2], /state/],
])('%s is refused', (_name, sent, expected) => {
  expect(() => presenceCodec.decode(Uint8Array.from(sent))).toThrow(expected);
});

test('states in JSON are checked when they arrive', () => {
  const codec = jsonPresence((value) => {
    if (typeof value !== 'number') throw new TypeError('expected a number');
    return value;
  });
  expect(codec.decode(codec.encode(7))).toBe(7);
  const encoder = new TextEncoder();
  for (const text of ['"7"', '{', '']) {
    expect(() => codec.decode(encoder.encode(text))).toThrow(DecodeError);
  }
  expect(() => codec.decode(Uint8Array.of(255))).toThrow(DecodeError);
});
