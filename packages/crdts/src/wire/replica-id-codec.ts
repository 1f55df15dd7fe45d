/*
 * Ids of exactly eight characters of base64url, which `randomReplicaId` makes, carry 48 bits: they
 * are written as six bytes. All other ids are written as UTF-8. One id has one encoding.
 *
 * Where it is not known which of the two it is, a byte says it: the length of the text, 1..64, or 0
 * for a packed id.
 */

import type { ReplicaId } from '../replica-id.ts';

import { corrupt, decodeText, type ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const encoder = new TextEncoder();

/** The 48 bits that an id carries, as a number; -1 if it cannot be packed. */
export function packReplicaId(id: ReplicaId): number {
  if (id.length !== 8) return -1;
  let packed = 0;
  for (const character of id) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) return -1;
    packed = packed * 64 + digit;
  }
  return packed;
}

/** The id of eight characters that `packed`, below 2^48, stands for. */
export function unpackReplicaId(packed: number): ReplicaId {
  let rest = packed;
  let id = '';
  for (let index = 0; index < 8; index += 1) {
    id = ALPHABET.charAt(rest % 64) + id;
    rest = Math.floor(rest / 64);
  }
  return id;
}

/** Writes an id behind a byte that says its form. */
export function writeReplicaId(writer: ByteWriter, id: ReplicaId): void {
  const packed = packReplicaId(id);
  if (packed < 0) {
    writeTextId(writer, id);
    return;
  }
  writer.u8(0);
  writePackedId(writer, id);
}

/** Writes an id that can be packed, as six bytes. */
export function writePackedId(writer: ByteWriter, id: ReplicaId): void {
  const packed = packReplicaId(id);
  writer.word(Math.floor(packed / 0x100_0000), 3);
  writer.word(packed % 0x100_0000, 3);
}

/** Reads an id behind a byte that says its form. */
export function readReplicaId(reader: ByteReader): ReplicaId {
  const sizeBytes = reader.u8();
  return sizeBytes === 0 ? readPackedId(reader) : readText(reader, sizeBytes);
}

/** Writes an id that cannot be packed. */
export function writeTextId(writer: ByteWriter, id: ReplicaId): void {
  writer.prefixed(encoder.encode(id));
}

/** Reads an id that cannot be packed. */
export function readTextId(reader: ByteReader): ReplicaId {
  return readText(reader, reader.u8());
}

function readText(reader: ByteReader, sizeBytes: number): ReplicaId {
  if (sizeBytes < 1 || sizeBytes > 64) throw corrupt('an id of 1..64 bytes', sizeBytes);
  const id = decodeText(reader.bytes(sizeBytes));
  if (packReplicaId(id) >= 0) throw corrupt('a packed id', 'a longer form');
  return id;
}

/** Reads the six bytes of a packed id. */
export function readPackedId(reader: ByteReader): ReplicaId {
  return unpackReplicaId(reader.word(3) * 0x100_0000 + reader.word(3));
}
