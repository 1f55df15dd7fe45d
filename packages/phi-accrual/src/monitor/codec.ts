/*
 * The bytes of what monitors say to each other.
 *
 * A version and a kind, one byte each, then the fields in the order of their declaration: numbers
 * as varints, lives and nonces as four bytes, truths as 0 or 1, names as length-prefixed UTF-8. A
 * heartbeat takes 12 to 36 bytes.
 */
import { type NodeId, nodeId } from '@quorate/transport';
import { ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

import type { Heartbeat, MonitorMessage } from './messages.ts';

const VERSION = 1;

/** A day: no heartbeat takes longer. */
const TIME_MS_MAX = 86_400_000;
const NAME_BYTES_MAX = 64;

const kinds = { heartbeat: 1, silence: 2, probe: 3, ping: 4, pong: 5, answer: 6 } as const;

const writer = new ByteWriter(64);

/** Messages of monitors as bytes: bounded, canonical, and distrustful of what it reads. */
export const monitorCodec: Codec<MonitorMessage> = {
  encode: (message) => {
    writer.reset();
    writer.u8(VERSION);
    writer.u8(kinds[message.kind]);
    write(message);
    return writer.finish();
  },
  decode: (bytes) => {
    const reader = new ByteReader(bytes);
    const version = reader.u8();
    if (version !== VERSION) throw new DecodeError(`version: expected ${VERSION}, got ${version}`);
    const message = read(reader, reader.u8());
    reader.expectEnd();
    return message;
  },
};

function write(message: MonitorMessage): void {
  switch (message.kind) {
    case 'heartbeat':
      writeHeartbeat(message);
      return;
    case 'silence':
      writer.varint(message.sequence);
      writer.varint(message.silenceMs);
      return;
    case 'probe':
      writer.u32(message.nonce);
      writer.string(message.target);
      return;
    case 'answer':
      writer.u32(message.nonce);
      writer.u8(message.isAlive ? 1 : 0);
      return;
    case 'ping':
    case 'pong':
      writer.u32(message.nonce);
  }
}

function writeHeartbeat({ sequence, intervalMs, silenceMs, life, heard }: Heartbeat): void {
  writer.varint(sequence);
  writer.varint(intervalMs);
  writer.varint(silenceMs);
  writer.u32(life);
  writer.u8(heard === undefined ? 0 : 1);
  if (heard === undefined) return;
  writer.u32(heard.life);
  writer.varint(heard.sequence);
}

function read(reader: ByteReader, kind: number): MonitorMessage {
  switch (kind) {
    case kinds.heartbeat:
      return readHeartbeat(reader);
    case kinds.silence: {
      const sequence = reader.varint();
      return { kind: 'silence', sequence, silenceMs: readTime(reader, 'silenceMs', 0) };
    }
    case kinds.probe: {
      const nonce = reader.u32();
      return { kind: 'probe', nonce, target: readName(reader) };
    }
    case kinds.ping:
      return { kind: 'ping', nonce: reader.u32() };
    case kinds.pong:
      return { kind: 'pong', nonce: reader.u32() };
    case kinds.answer: {
      const nonce = reader.u32();
      return { kind: 'answer', nonce, isAlive: readTruth(reader) };
    }
    default:
      throw new DecodeError(`kind: expected 1..6, got ${kind}`);
  }
}

function readHeartbeat(reader: ByteReader): Heartbeat {
  const sequence = reader.varint();
  const intervalMs = readTime(reader, 'intervalMs', 1);
  const silenceMs = readTime(reader, 'silenceMs', 0);
  const life = reader.u32();
  const heard = readTruth(reader) ? { life: reader.u32(), sequence: reader.varint() } : undefined;
  return { kind: 'heartbeat', sequence, intervalMs, silenceMs, life, heard };
}

function readTime(reader: ByteReader, name: string, min: number): number {
  const value = reader.varint();
  if (value >= min && value <= TIME_MS_MAX) return value;
  throw new DecodeError(`${name}: expected ${min}..${TIME_MS_MAX}, got ${value}`);
}

function readTruth(reader: ByteReader): boolean {
  const value = reader.u8();
  if (value <= 1) return value === 1;
  throw new DecodeError(`truth: expected 0 or 1, got ${value}`);
}

function readName(reader: ByteReader): NodeId {
  const text = reader.string(NAME_BYTES_MAX);
  if (text.length === 0) throw new DecodeError('target: expected 1..64 bytes, got none');
  return nodeId(text);
}
