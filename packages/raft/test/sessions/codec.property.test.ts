import { nodeId } from '@quorate/transport';
import { describeCodec } from '@quorate/transport/contract';
import fc from 'fast-check';

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

const command = fc.record({ stampMs: number, request });
const exceptions = {
  K3: 'the last field takes what is left',
  K4: 'the last field takes what is left',
  K8: 'decoded payloads are views',
};

describeCodec('sessionRequestCodec', sessionRequestCodec, request, { exceptions });
describeCodec('sessionCommandCodec', sessionCommandCodec, command, { exceptions });
describeCodec('sessionAnswerCodec', sessionAnswerCodec, answer, { exceptions });
describeCodec('sessionAttemptCodec', sessionAttemptCodec, attempt, { exceptions });
describeCodec('sessionSnapshotCodec', sessionSnapshotCodec, snapshot, { exceptions });
