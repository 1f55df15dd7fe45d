/*
 * The first two bytes of everything that this package encodes by itself: a version and a kind, so
 * that a clock is never taken for a stamp, and a later release can read what an earlier one wrote.
 */
import { type ByteReader, type ByteWriter, DecodeError } from '@quorate/transport/codec';

const VERSION = 1;

/** What may stand in encoded bytes. Codes are for ever: a kind that goes keeps its code. */
const codes = {
  'vector clock': 1,
  'vector clock delta': 2,
  'version vector with exceptions': 3,
  'dotted version vector': 4,
  'dvv set': 5,
  'matrix clock': 6,
  'bloom clock': 7,
  'lamport stamp': 8,
  'pruned clock': 9,
} as const;

/** The name of a kind of bytes. */
export type EncodedKind = keyof typeof codes;

/** Writes the two bytes. */
export function writeHead(writer: ByteWriter, kind: EncodedKind): void {
  writer.u8(VERSION);
  writer.u8(codes[kind]);
}

/**
 * Reads the two bytes.
 *
 * @throws DecodeError if they are those of another version or kind.
 */
export function readHead(reader: ByteReader, kind: EncodedKind): void {
  const version = reader.u8();
  if (version !== VERSION) throw new DecodeError(`version: expected ${VERSION}, got ${version}`);
  const code = reader.u8();
  if (code !== codes[kind]) throw new DecodeError(`kind: expected ${codes[kind]}, got ${code}`);
}
