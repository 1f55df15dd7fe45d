/*
 * The bytes in which processes tell each other of open circuits.
 *
 * A version, one byte; the number of the message and the remaining time in whole milliseconds, as
 * varints; the key. Keys may be any text, lone surrogates included, which UTF-8 cannot express:
 * those are written as their code units, or two keys would meet.
 */
import { ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

import { DELAY_MS_MAX } from '../bounds.ts';

const VERSION = 1;

/** Characters of a key. Longer ones are not told: no carrier need take more than 1,200 bytes. */
export const KEY_LENGTH_MAX = 256;
const KEY_BYTES_MAX = 3 * KEY_LENGTH_MAX;

const utf8Key = 0;
const utf16Key = 1;

/** What a process tells of one circuit. Never how it came about: the counts of others are late. */
export interface Opening {
  /** Rises with every message of one incarnation of a process: 1..2^53-1. */
  readonly sequence: number;
  /** Which circuit: at most 256 characters. */
  readonly key: string;
  /** How much longer it is open, 1..2^31-1: relative, since no two clocks agree. */
  readonly remainingMs: number;
}

const writer = new ByteWriter();

/** Openings as bytes: bounded, canonical, and distrustful of what it reads. */
export const openingCodec: Codec<Opening> = {
  encode: ({ sequence, key, remainingMs }) => {
    writer.reset();
    writer.u8(VERSION);
    writer.varint(sequence);
    writer.varint(remainingMs);
    writeKey(key);
    return writer.finish();
  },
  decode: (bytes) => {
    const reader = new ByteReader(bytes);
    const version = reader.u8();
    if (version !== VERSION) {
      throw new DecodeError(`version: expected ${VERSION}, got ${version}`);
    }
    const sequence = readWithin(reader, 'sequence', Number.MAX_SAFE_INTEGER);
    const remainingMs = readWithin(reader, 'remainingMs', DELAY_MS_MAX);
    const key = readKey(reader);
    reader.expectEnd();
    return { sequence, key, remainingMs };
  },
};

function readWithin(reader: ByteReader, name: string, max: number): number {
  const value = reader.varint();
  if (value >= 1 && value <= max) return value;
  throw new DecodeError(`${name}: expected 1..${max}, got ${value}`);
}

function writeKey(key: string): void {
  if (key.isWellFormed()) {
    writer.u8(utf8Key);
    writer.string(key);
    return;
  }
  writer.u8(utf16Key);
  writer.varint(key.length);
  for (let index = 0; index < key.length; index += 1) writer.u16(key.charCodeAt(index));
}

function readKey(reader: ByteReader): string {
  const encoding = reader.u8();
  if (encoding === utf8Key) return checkedLength(reader.string(KEY_BYTES_MAX));
  if (encoding !== utf16Key) throw new DecodeError(`key: expected 0 or 1, got ${encoding}`);
  const length = reader.count(2);
  if (length > KEY_LENGTH_MAX) throw tooLong(length);
  let key = '';
  for (let index = 0; index < length; index += 1) key += String.fromCharCode(reader.u16());
  if (!key.isWellFormed()) return key;
  throw new DecodeError('key: expected UTF-8 for well-formed text, got code units');
}

function checkedLength(key: string): string {
  if (key.length <= KEY_LENGTH_MAX) return key;
  throw tooLong(key.length);
}

function tooLong(length: number): DecodeError {
  return new DecodeError(`key: expected at most ${KEY_LENGTH_MAX} characters, got ${length}`);
}
