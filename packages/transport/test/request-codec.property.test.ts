import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { DecodeError } from '../src/codec.ts';
import {
  checkMethod,
  errorText,
  REPLY_OVERHEAD_BYTES,
  requestCodec,
  type RequestMessage,
} from '../src/request-codec.ts';

const correlation = fc.maxSafeNat();
const payload = fc.uint8Array({ maxLength: 100 });
const text = fc.string({ unit: 'binary', maxLength: 60 });
const reason = fc.constantFrom(
  ...(['unreachable', 'overloaded', 'expired', 'noSuchMethod', 'declined'] as const),
);
const message: fc.Arbitrary<RequestMessage> = fc.oneof(
  fc.record({
    kind: fc.constant('request'),
    correlation,
    remainingMs: fc.maxSafeNat(),
    method: fc.string({ minLength: 1, maxLength: 20 }),
    payload,
  }),
  fc.record({ kind: fc.constant('reply'), correlation, payload }),
  fc.record({ kind: fc.constant('refusal'), correlation, reason, message: text }),
  fc.record({ kind: fc.constant('failure'), correlation, message: text }),
  fc.record({ kind: fc.constant('cancel'), correlation }),
);

describe('requestCodec', () => {
  test('decodes what it encodes', () => {
    fc.assert(
      fc.property(message, (sent) => {
        expect(requestCodec.decode(requestCodec.encode(sent))).toEqual(sent);
      }),
    );
  });

  test('any bytes are the one encoding of a message or a DecodeError', () => {
    const damaged = fc
      .tuple(message, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat())
      .map(([sent, at, mask, cut]) => {
        const bytes = requestCodec.encode(sent);
        bytes[at % bytes.length]! ^= mask;
        return bytes.subarray(0, cut % 2 === 0 ? bytes.length : cut % bytes.length);
      });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 60 })), (bytes) => {
        let decoded: RequestMessage;
        try {
          decoded = requestCodec.decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
          return;
        }
        expect(requestCodec.encode(decoded)).toEqual(bytes);
      }),
      { numRuns: 3_000 },
    );
  });

  test('a reply takes no more beyond its payload than it says', () => {
    const reply = { kind: 'reply', correlation: Number.MAX_SAFE_INTEGER } as const;
    const bytes = requestCodec.encode({ ...reply, payload: new Uint8Array(5) });
    expect(bytes.length).toBe(5 + REPLY_OVERHEAD_BYTES);
  });

  test('works on after a message that could not be encoded', () => {
    const lone = { kind: 'failure', correlation: 1, message: '\ud800' } as const;
    const cancel = { kind: 'cancel', correlation: 1 } as const;
    expect(() => requestCodec.encode(lone)).toThrow(RangeError);
    expect(requestCodec.decode(requestCodec.encode(cancel))).toEqual(cancel);
  });
});

describe('checkMethod', () => {
  test.each(['', 'x'.repeat(65), 'é'.repeat(33), '\ud800'])('refuses %j', (method) => {
    expect(() => checkMethod(method)).toThrow(RangeError);
  });

  test.each(['a', 'x'.repeat(64), 'é'.repeat(32), '__proto__'])('takes %j', (method) => {
    checkMethod(method);
  });
});

describe('errorText', () => {
  test('cuts long texts, without leaving half a character', () => {
    expect(errorText('short')).toBe('short');
    expect(errorText(`${'x'.repeat(255)}😀`)).toBe(`${'x'.repeat(255)}\ufffd`);
  });
});
