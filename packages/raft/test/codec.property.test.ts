import { DecodeError } from '@quorate/transport/codec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { encodeIn, raftCodec } from '../src/codec.ts';
import { messageVersions } from '../src/protocol-version.ts';
import { raftMessage } from './support/arbitraries.ts';

/** Decodes, or says that the bytes were refused; any other error is a failure. */
function tryDecode(bytes: Uint8Array): ReturnType<typeof raftCodec.decode> | 'refused' {
  try {
    return raftCodec.decode(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return 'refused';
  }
}

describe('raftCodec', () => {
  test('decodes what it encodes', () => {
    fc.assert(
      fc.property(raftMessage, (message) => {
        expect(raftCodec.decode(raftCodec.encode(message))).toEqual(message);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is canonical: what decodes encodes to the same bytes, however it was damaged', () => {
    fc.assert(
      fc.property(
        raftMessage,
        fc.array(fc.tuple(fc.nat(), fc.nat(7)), { maxLength: 3 }),
        (message, flips) => {
          const bytes = raftCodec.encode(message);
          for (const [place, bit] of flips) {
            const at = place % bytes.length;
            bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
          }
          const decoded = tryDecode(bytes);
          const versions = messageVersions(bytes);
          if (decoded === 'refused' || versions === undefined) return;
          expect(encodeIn(versions, decoded)).toEqual(bytes);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('refuses every prefix and every addition', () => {
    fc.assert(
      fc.property(raftMessage, fc.uint8Array({ minLength: 1, maxLength: 3 }), (message, tail) => {
        const bytes = raftCodec.encode(message);
        for (let size = 0; size < bytes.length; size += 1) {
          expect(tryDecode(bytes.subarray(0, size))).toBe('refused');
        }
        expect(tryDecode(Uint8Array.of(...bytes, ...tail))).toBe('refused');
      }),
    );
  });

  test('throws nothing but DecodeError, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(10), (noise, kind) => {
        tryDecode(noise);
        tryDecode(Uint8Array.of(1, 1, kind, ...noise));
      }),
      { numRuns: 5_000 },
    );
  });
});
