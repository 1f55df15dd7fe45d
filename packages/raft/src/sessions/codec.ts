import { type ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

import {
  parse,
  readNodeId,
  readOptional,
  readPlace,
  readVersioned,
  writeOptional,
} from '../codec/primitives.ts';
import type {
  AttemptRejection,
  SessionAnswer,
  SessionAttempt,
  SessionCommand,
  SessionRefusal,
  SessionRequest,
} from './messages.ts';
import type { Session, SessionTableState, StoredResponse } from './session-table.ts';

/**
 * Sessions as bytes. All numbers but the first bytes are varints (LEB128).
 *
 * ```text
 *   command   version 1 │ stampMs │ request
 *   request   1 open       nonce
 *             2 close      sessionId
 *             3 keepAlive  sessionId acknowledgedThrough
 *             4 call       sessionId sequence (sequence - 1 - acknowledgedThrough) payload…
 *   answer    version 1 │ 1 opened   sessionId ttlMs backlogMax
 *                         2 applied  logIndex response…
 *                         3 done
 *                         4 refused  reason
 *   attempt   version 1 │ 1 answered answer │ 2 rejected reason (0 │ 1 leaderId) │ 3 unknown
 *   snapshot  version 1 │ clockMs │ count session… │ the snapshot inside…
 *   session   sessionId nonce (clockMs - lastActiveMs) acknowledgedThrough count response…
 *   response  (sequence - the one before - 1) logIndex length bytes
 * ```
 *
 * What is impossible (an acknowledgement of the call itself, sessions or responses out of order)
 * cannot be written down, or is refused by `decode`.
 */

/** Of this format. A change that old nodes cannot read gets the next number. */
const version = 1;

const NONCE_BYTES_MAX = 64;

// The position is what is written: add at the end, remove never.
const refusals = [
  'expired',
  'backlog',
  'forgotten',
  'malformed',
] as const satisfies readonly SessionRefusal[];
const rejections = [
  'notLeader',
  'unavailable',
  'tooLarge',
] as const satisfies readonly AttemptRejection[];

const writer = new ByteWriter(1_024);

/** What a client sends to a node. A decoded payload is a view of the input. */
export const sessionRequestCodec: Codec<SessionRequest> = {
  encode(request) {
    begin();
    writeRequest(request);
    return writer.finish();
  },
  decode: (bytes) => readVersioned(bytes, version, readRequest),
};

/** What stands in the log. A decoded payload is a view of the input. */
export const sessionCommandCodec: Codec<SessionCommand> = {
  encode({ stampMs, request }) {
    begin();
    writer.varint(stampMs);
    writeRequest(request);
    return writer.finish();
  },
  decode: (bytes) =>
    readVersioned(bytes, version, (reader) => ({
      stampMs: reader.varint(),
      request: readRequest(reader),
    })),
};

/** The command in `bytes`; nothing if they are none of this version. */
export function parseSessionCommand(bytes: Uint8Array): SessionCommand | undefined {
  return parse(sessionCommandCodec, bytes);
}

/** What the state machine answers. A decoded response is a view of the input. */
export const sessionAnswerCodec: Codec<SessionAnswer> = {
  encode(answer) {
    begin();
    writeAnswer(answer);
    return writer.finish();
  },
  decode: (bytes) => readVersioned(bytes, version, readAnswer),
};

/** What a node says to a client. A decoded response is a view of the input. */
export const sessionAttemptCodec: Codec<SessionAttempt> = {
  encode(attempt) {
    begin();
    switch (attempt.kind) {
      case 'answered':
        writer.u8(1);
        writeAnswer(attempt.answer);
        break;
      case 'rejected':
        writer.u8(2);
        writer.u8(rejections.indexOf(attempt.reason));
        writeOptional(writer, attempt.leaderId, (leaderId) => writer.string(leaderId));
        break;
      case 'unknown':
        writer.u8(3);
        break;
    }
    return writer.finish();
  },
  decode: (bytes) => readVersioned(bytes, version, readAttempt),
};

/** The state of all sessions, and the snapshot of the state machine inside. */
export interface SessionSnapshot {
  readonly table: SessionTableState;
  readonly inner: Uint8Array;
}

/** Canonical: equal states give equal bytes. A decoded `inner` is a view of the input. */
export const sessionSnapshotCodec: Codec<SessionSnapshot> = {
  encode({ table, inner }) {
    begin();
    writer.varint(table.clockMs);
    writer.varint(table.sessions.length);
    for (const session of table.sessions) writeSession(table.clockMs, session);
    writer.bytes(inner);
    return writer.finish();
  },
  decode: (bytes) =>
    readVersioned(bytes, version, (reader) => ({
      table: readTable(reader),
      inner: reader.bytes(reader.remaining),
    })),
};

function begin(): void {
  // What an encoding that failed in the middle left behind.
  writer.reset();
  writer.u8(version);
}

function writeRequest(request: SessionRequest): void {
  switch (request.kind) {
    case 'open':
      writer.u8(1);
      writer.string(request.nonce);
      return;
    case 'close':
      writer.u8(2);
      writer.varint(request.sessionId);
      return;
    case 'keepAlive':
      writer.u8(3);
      writer.varint(request.sessionId);
      writer.varint(request.acknowledgedThrough);
      return;
    case 'call':
      writer.u8(4);
      writer.varint(request.sessionId);
      writer.varint(request.sequence);
      writer.varint(request.sequence - 1 - request.acknowledgedThrough);
      writer.bytes(request.payload);
      return;
  }
}

function readRequest(reader: ByteReader): SessionRequest {
  const tag = reader.u8();
  switch (tag) {
    case 1:
      return { kind: 'open', nonce: readNonce(reader) };
    case 2:
      return { kind: 'close', sessionId: readPositive(reader, 'sessionId') };
    case 3:
      return {
        kind: 'keepAlive',
        sessionId: readPositive(reader, 'sessionId'),
        acknowledgedThrough: reader.varint(),
      };
    case 4:
      return readCall(reader);
    default:
      throw new DecodeError(`request: expected 1..4, got ${tag}`);
  }
}

function readCall(reader: ByteReader): SessionRequest {
  const sessionId = readPositive(reader, 'sessionId');
  const sequence = readPositive(reader, 'sequence');
  const outstanding = reader.varint();
  if (outstanding >= sequence) {
    throw new DecodeError(`outstanding: expected less than ${sequence}, got ${outstanding}`);
  }
  const payload = reader.bytes(reader.remaining);
  const acknowledgedThrough = sequence - 1 - outstanding;
  return { kind: 'call', sessionId, sequence, acknowledgedThrough, payload };
}

function writeAnswer(answer: SessionAnswer): void {
  switch (answer.kind) {
    case 'opened':
      writer.u8(1);
      writer.varint(answer.sessionId);
      writer.varint(answer.ttlMs);
      writer.varint(answer.backlogMax);
      return;
    case 'applied':
      writer.u8(2);
      writer.varint(answer.logIndex);
      writer.bytes(answer.response);
      return;
    case 'done':
      writer.u8(3);
      return;
    case 'refused':
      writer.u8(4);
      writer.u8(refusals.indexOf(answer.reason));
      return;
  }
}

function readAnswer(reader: ByteReader): SessionAnswer {
  const tag = reader.u8();
  switch (tag) {
    case 1:
      return {
        kind: 'opened',
        sessionId: readPositive(reader, 'sessionId'),
        ttlMs: readPositive(reader, 'ttlMs'),
        backlogMax: readPositive(reader, 'backlogMax'),
      };
    case 2:
      return {
        kind: 'applied',
        logIndex: readPositive(reader, 'logIndex'),
        response: reader.bytes(reader.remaining),
      };
    case 3:
      return { kind: 'done' };
    case 4:
      return { kind: 'refused', reason: readPlace(reader, refusals) };
    default:
      throw new DecodeError(`answer: expected 1..4, got ${tag}`);
  }
}

function readAttempt(reader: ByteReader): SessionAttempt {
  const tag = reader.u8();
  switch (tag) {
    case 1:
      return { kind: 'answered', answer: readAnswer(reader) };
    case 2:
      return {
        kind: 'rejected',
        reason: readPlace(reader, rejections),
        leaderId: readOptional(reader, readNodeId),
      };
    case 3:
      return { kind: 'unknown' };
    default:
      throw new DecodeError(`attempt: expected 1..3, got ${tag}`);
  }
}

function writeSession(clockMs: number, session: Session): void {
  writer.varint(session.sessionId);
  writer.string(session.nonce);
  writer.varint(clockMs - session.lastActiveMs);
  writer.varint(session.acknowledgedThrough);
  writer.varint(session.responses.size);
  let before = session.acknowledgedThrough;
  for (const [sequence, { logIndex, response }] of session.responses) {
    writer.varint(sequence - before - 1);
    writer.varint(logIndex);
    writer.lengthPrefixed(response);
    before = sequence;
  }
}

function readTable(reader: ByteReader): SessionTableState {
  const clockMs = reader.varint();
  const sessions: Session[] = [];
  const names = new Set<string | number>();
  let lastActiveMs = 0;
  // At least two bytes of nonce, and one for each number.
  for (let left = reader.count(6); left > 0; left -= 1) {
    const session = readSession(reader, clockMs);
    if (session.lastActiveMs < lastActiveMs) {
      throw new DecodeError('sessions: expected the order of use, got another');
    }
    lastActiveMs = session.lastActiveMs;
    names.add(session.sessionId).add(session.nonce);
    sessions.push(session);
  }
  if (names.size !== 2 * sessions.length) {
    throw new DecodeError('sessions: expected names of their own, got one twice');
  }
  return { clockMs, sessions };
}

function readSession(reader: ByteReader, clockMs: number): Session {
  const sessionId = readPositive(reader, 'sessionId');
  const nonce = readNonce(reader);
  const silentMs = reader.varint();
  if (silentMs > clockMs) {
    throw new DecodeError(`silence: expected at most ${clockMs}, got ${silentMs}`);
  }
  const acknowledgedThrough = reader.varint();
  const responses = new Map<number, StoredResponse>();
  let sequence = acknowledgedThrough;
  for (let left = reader.count(3); left > 0; left -= 1) {
    sequence += 1 + reader.varint();
    if (!Number.isSafeInteger(sequence)) {
      throw new DecodeError('sequence: expected at most 2^53-1, got more');
    }
    const logIndex = readPositive(reader, 'logIndex');
    responses.set(sequence, { logIndex, response: reader.lengthPrefixed().slice() });
  }
  return { sessionId, nonce, lastActiveMs: clockMs - silentMs, acknowledgedThrough, responses };
}

function readNonce(reader: ByteReader): string {
  const nonce = reader.string(NONCE_BYTES_MAX);
  if (nonce === '') throw new DecodeError('nonce: expected 1..64 bytes, got none');
  return nonce;
}

function readPositive(reader: ByteReader, name: string): number {
  const value = reader.varint();
  if (value === 0) throw new DecodeError(`${name}: expected at least 1, got 0`);
  return value;
}
