/*
 * The five messages of a requester. Big-endian, varints as in `ByteWriter`:
 *
 *     u8 version = 1 | u8 kind | varint correlation | …
 *       1 request    varint remainingMs | string method (1..64 bytes) | payload
 *       2 reply      payload
 *       3 refusal    u8 reason | string message
 *       4 failure    string message
 *       5 cancel
 *
 * A payload is everything up to the end of the message: the carrier knows where that is.
 */
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { type Codec, DecodeError } from './codec.ts';
import type { RequestRefusal } from './errors.ts';

const VERSION = 1;
const METHOD_BYTES_MAX = 64;

/** Bytes that a reply takes beyond its payload, at most. */
export const REPLY_OVERHEAD_BYTES = 10;

/** Longer texts of errors are cut: they are for people, and must fit into any payload limit. */
const ERROR_TEXT_LENGTH_MAX = 256;
const ERROR_TEXT_BYTES_MAX: number = 3 * ERROR_TEXT_LENGTH_MAX;

const KINDS = ['request', 'reply', 'refusal', 'failure', 'cancel'] as const;

// The position is what is sent: add at the end, remove never.
const REASONS = ['unreachable', 'overloaded', 'expired', 'noSuchMethod', 'declined'] as const;

/** One message between two requesters. `correlation` is the number of the request, its sender's. */
export type RequestMessage = RequestCall | RequestAnswer | RequestCancel;

/** "Run this, if you can start it within `remainingMs`." */
export interface RequestCall {
  readonly kind: 'request';
  readonly correlation: number;
  readonly remainingMs: number;
  readonly method: string;
  readonly payload: Uint8Array;
}

/** How a request ended. */
export type RequestAnswer =
  | { readonly kind: 'reply'; readonly correlation: number; readonly payload: Uint8Array }
  | {
      readonly kind: 'refusal';
      readonly correlation: number;
      readonly reason: RequestRefusal;
      readonly message: string;
    }
  | { readonly kind: 'failure'; readonly correlation: number; readonly message: string };

/** "I no longer wait." */
interface RequestCancel {
  readonly kind: 'cancel';
  readonly correlation: number;
}

const writer = new ByteWriter();
const encoder = new TextEncoder();

/** Encodes and decodes `RequestMessage`. A decoded payload aliases the input. */
export const requestCodec: Codec<RequestMessage> = {
  encode(message) {
    // A previous call may have thrown half-way.
    writer.reset();
    writer.u8(VERSION);
    writer.u8(KINDS.indexOf(message.kind) + 1);
    writer.varint(message.correlation);
    writeBody(message);
    return writer.finish();
  },

  decode(bytes) {
    const reader = new ByteReader(bytes);
    const version = reader.u8();
    if (version !== VERSION) throw new DecodeError(`version: expected ${VERSION}, got ${version}`);
    const kindNumber = reader.u8();
    const kind = KINDS[kindNumber - 1];
    if (kind === undefined) throw new DecodeError(`kind: expected 1..5, got ${kindNumber}`);
    const correlation = reader.varint();
    const message = readBody(reader, kind, correlation);
    reader.expectEnd();
    return message;
  },
};

/**
 * States that `method` is 1..64 bytes of well-formed text.
 *
 * @throws RangeError if it is not.
 */
export function checkMethod(method: string): void {
  const isLong = method.length * 3 > METHOD_BYTES_MAX;
  const sizeBytes = isLong ? encoder.encode(method).length : method.length;
  if (sizeBytes < 1 || sizeBytes > METHOD_BYTES_MAX) {
    throw new RangeError(`method: expected 1..64 bytes of UTF-8, got ${sizeBytes}`);
  }
  if (!method.isWellFormed()) {
    throw new RangeError('method: expected well-formed text, got a lone surrogate');
  }
}

/** The text of an error as it may be sent: cut to 256 characters and made well-formed. */
export function errorText(text: string): string {
  return text.slice(0, ERROR_TEXT_LENGTH_MAX).toWellFormed();
}

function writeBody(message: RequestMessage): void {
  switch (message.kind) {
    case 'request':
      writer.varint(message.remainingMs);
      writer.string(message.method);
      writer.bytes(message.payload);
      return;
    case 'reply':
      writer.bytes(message.payload);
      return;
    case 'refusal':
      writer.u8(REASONS.indexOf(message.reason));
      writer.string(message.message);
      return;
    case 'failure':
      writer.string(message.message);
      return;
    case 'cancel':
      return;
  }
}

function readBody(
  reader: ByteReader,
  kind: RequestMessage['kind'],
  correlation: number,
): RequestMessage {
  switch (kind) {
    case 'request': {
      const remainingMs = reader.varint();
      const method = reader.string(METHOD_BYTES_MAX);
      if (method === '') throw new DecodeError('method: expected 1..64 bytes, got none');
      return { kind, correlation, remainingMs, method, payload: reader.bytes(reader.remaining) };
    }
    case 'reply':
      return { kind, correlation, payload: reader.bytes(reader.remaining) };
    case 'refusal': {
      const reasonNumber = reader.u8();
      const reason = REASONS[reasonNumber];
      if (reason === undefined) throw new DecodeError(`reason: expected 0..4, got ${reasonNumber}`);
      return { kind, correlation, reason, message: reader.string(ERROR_TEXT_BYTES_MAX) };
    }
    case 'failure':
      return { kind, correlation, message: reader.string(ERROR_TEXT_BYTES_MAX) };
    case 'cancel':
      return { kind, correlation };
  }
}
