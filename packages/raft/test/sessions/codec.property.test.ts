import { nodeId } from '@quorate/transport';
import { type Codec, DecodeError } from '@quorate/transport/codec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  sessionAnswerCodec,
  sessionAttemptCodec,
  sessionCommandCodec,
  sessionRequestCodec,
  sessionSnapshotCodec,
} from '../../src/sessions/codec.ts';
import type { SessionAnswer, SessionAttempt, SessionRequest } from '../../src/sessions/messages.ts';
import { SessionLog } from '../support/session-log.ts';

const number = fc.oneof(fc.nat(300), fc.maxSafeNat());
const positive = number.map((value) => Math.max(1, value));
const bytes = fc.uint8Array({ maxLength: 40 });
const nonce = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 });

const request: fc.Arbitrary<SessionRequest> = fc.oneof(
  fc.record({ kind: fc.constant('open'), nonce }),
  fc.record({ kind: fc.constant('close'), sessionId: positive }),
  fc.record({ kind: fc.constant('keepAlive'), sessionId: positive, acknowledgedThrough: number }),
  fc
    .record({ sessionId: positive, sequence: positive, payload: bytes, share: fc.nat(1_000) })
    .map(({ share, ...call }) => ({
      ...call,
      kind: 'call' as const,
      acknowledgedThrough: Math.floor((call.sequence - 1) * (share / 1_000)),
    })),
);

const answer: fc.Arbitrary<SessionAnswer> = fc.oneof(
  fc.record({
    kind: fc.constant('opened'),
    sessionId: positive,
    ttlMs: positive,
    backlogMax: positive,
  }),
  fc.record({ kind: fc.constant('applied'), logIndex: positive, response: bytes }),
  fc.record({ kind: fc.constant('done') }),
  fc.record({
    kind: fc.constant('refused'),
    reason: fc.constantFrom('expired', 'backlog', 'forgotten', 'malformed'),
  }),
);

const attempt: fc.Arbitrary<SessionAttempt> = fc.oneof(
  fc.record({ kind: fc.constant('answered'), answer }),
  fc.record({
    kind: fc.constant('rejected'),
    reason: fc.constantFrom('notLeader', 'unavailable', 'tooLarge'),
    leaderId: fc.option(fc.constant(nodeId('n1')), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('unknown') }),
);

/** A snapshot of a machine that has lived through something. */
const snapshot = fc
  .array(fc.tuple(fc.nat(5), fc.nat(4), fc.nat(3)), { maxLength: 20 })
  .map((steps) => {
    const log = new SessionLog();
    for (const [client, sequence, through] of steps) {
      log.stampMs += client;
      const session = log.open(`c${client}`);
      log.call(session, sequence + through + 1, 'x', through);
    }
    return sessionSnapshotCodec.decode(log.machine.snapshot());
  });

/** The laws of every codec here. */
function describeCodec<Value>(name: string, codec: Codec<Value>, value: fc.Arbitrary<Value>): void {
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
        fc.property(value, (one) => {
          expect(codec.decode(codec.encode(one))).toEqual(one);
        }),
        { numRuns: 300 },
      );
    });

    test('is canonical: what decodes encodes to the same bytes, however it was damaged', () => {
      const flips = fc.array(fc.tuple(fc.nat(), fc.nat(7)), { maxLength: 3 });
      fc.assert(
        fc.property(value, flips, (one, chosen) => {
          const input = codec.encode(one).slice();
          for (const [place, bit] of chosen) {
            const at = place % input.length;
            input[at] = (input[at] ?? 0) ^ (1 << bit);
          }
          const decoded = tryDecode(input);
          if (decoded !== 'refused') expect(codec.encode(decoded.value)).toEqual(input);
        }),
        { numRuns: 1_000 },
      );
    });

    test('refuses or decodes any bytes, and throws nothing else', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (input, isVersioned) => {
          if (isVersioned && input.length > 0) input[0] = 1;
          tryDecode(input);
        }),
        { numRuns: 2_000 },
      );
    });
  });
}

describeCodec('sessionRequestCodec', sessionRequestCodec, request);
describeCodec('sessionCommandCodec', sessionCommandCodec, fc.record({ stampMs: number, request }));
describeCodec('sessionAnswerCodec', sessionAnswerCodec, answer);
describeCodec('sessionAttemptCodec', sessionAttemptCodec, attempt);
describeCodec('sessionSnapshotCodec', sessionSnapshotCodec, snapshot);
