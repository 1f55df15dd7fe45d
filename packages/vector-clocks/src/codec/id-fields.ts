import { type ByteReader, type ByteWriter, DecodeError } from '@quorate/transport/codec';

import type { Dot } from '../dot.ts';
import type { ReplicaId } from '../replica-id.ts';

/** The longest id, in bytes, as `checkReplicaId` has it. */
const ID_SIZE_MAX_BYTES = 64;

/** The fewest bytes of an id with its length. */
export const ID_BYTES_MIN = 2;

/**
 * Reads the id of a replica, which `writer.string` wrote.
 *
 * @throws DecodeError if it is empty, longer than 64 bytes, or not UTF-8.
 */
export function readId(reader: ByteReader): ReplicaId {
  const id = reader.string(ID_SIZE_MAX_BYTES);
  if (id === '') throw new DecodeError('id: expected 1..64 bytes of UTF-8, got 0');
  return id;
}

/**
 * Reads an id that comes after `previous`, as ids do in every list: another order, or an id twice,
 * would be a second encoding of the same value.
 *
 * @throws DecodeError if it does not.
 */
export function readNextId(reader: ByteReader, previous: ReplicaId | undefined): ReplicaId {
  const id = readId(reader);
  if (previous === undefined || id > previous) return id;
  throw new DecodeError(
    `id: expected one after ${JSON.stringify(previous)}, got ${JSON.stringify(id)}`,
  );
}

/**
 * Reads a number that counts something.
 *
 * @throws DecodeError if it is 0, which is never written.
 */
export function readPositive(reader: ByteReader, name: string): number {
  const value = reader.varint();
  if (value === 0) throw new DecodeError(`${name}: expected at least 1, got 0`);
  return value;
}

/** Writes the name of an event: 3 bytes and the text of the id at least. */
export function writeDot(writer: ByteWriter, dot: Dot): void {
  writer.string(dot.id);
  writer.varint(dot.counter);
}

/**
 * Reads what `writeDot` wrote.
 *
 * @throws DecodeError if it names no event.
 */
export function readDot(reader: ByteReader): Dot {
  const id = readId(reader);
  return { id, counter: readPositive(reader, 'counter') };
}
