import type { NodeId, Random } from '@quorate/transport';
import { type ByteReader, type ByteWriter, DecodeError } from '@quorate/transport/codec';

import { readNodeId, readPlace } from './primitives.ts';

/*
 * 26 introduce        directory id │ boot count varint │ boot id
 * 27 introduceReply   boot id │ verdict u8 │ count varint │ node id…
 *
 * The ids of directories and boots are 8 random bytes; here, 16 hexadecimal digits.
 */

/** A node says under which directory, and in which boot, it speaks. */
export interface Introduce {
  readonly kind: 'introduce';
  readonly directoryId: string;
  readonly bootCount: number;
  readonly bootId: string;
}

const verdicts = ['accepted', 'stranger', 'amnesiac', 'duplicate'] as const;

/** What a peer makes of an introduction. 'stranger': no member, and nothing is known against it. */
export type IntroductionVerdict = (typeof verdicts)[number];

/** The answer to the introduction of one boot. */
export interface IntroduceReply {
  readonly kind: 'introduceReply';
  readonly bootId: string;
  readonly verdict: IntroductionVerdict;
  /** All voters that the answering node knows of, the outgoing ones included. */
  readonly voters: readonly NodeId[];
}

const ID_BYTES = 8;
const VOTERS_MAX = 1_000;

/** Writes what comes after the tag. */
export function writeIntroduce(writer: ByteWriter, message: Introduce): void {
  writeIdentity(writer, message.directoryId);
  writer.varint(message.bootCount);
  writeIdentity(writer, message.bootId);
}

/** What `writeIntroduce` wrote. @throws DecodeError */
export function readIntroduce(reader: ByteReader): Introduce {
  const directoryId = readIdentity(reader);
  const bootCount = reader.varint();
  return { kind: 'introduce', directoryId, bootCount, bootId: readIdentity(reader) };
}

/** Writes what comes after the tag. */
export function writeIntroduceReply(writer: ByteWriter, message: IntroduceReply): void {
  writeIdentity(writer, message.bootId);
  writer.u8(verdicts.indexOf(message.verdict));
  writer.varint(message.voters.length);
  for (const voter of message.voters) writer.string(voter);
}

/** What `writeIntroduceReply` wrote. @throws DecodeError */
export function readIntroduceReply(reader: ByteReader): IntroduceReply {
  const bootId = readIdentity(reader);
  const verdict = readPlace(reader, verdicts);
  // At least a length and a byte for each id.
  const count = reader.count(2);
  if (count > VOTERS_MAX) {
    throw new DecodeError(`voters: expected at most ${VOTERS_MAX}, got ${count}`);
  }
  const voters = Array.from({ length: count }, () => readNodeId(reader));
  return { kind: 'introduceReply', bootId, verdict, voters };
}

/** An id for a directory or a boot that nobody else has, if `random` never repeats itself. */
export function drawIdentity(random: Random): string {
  return hexOf(random.bytes(ID_BYTES));
}

/** Writes the id of a directory or a boot. */
export function writeIdentity(writer: ByteWriter, id: string): void {
  for (let place = 0; place < 2 * ID_BYTES; place += 2) {
    writer.u8(Number.parseInt(id.slice(place, place + 2), 16));
  }
}

/** What `writeIdentity` wrote. */
export function readIdentity(reader: ByteReader): string {
  return hexOf(reader.bytes(ID_BYTES));
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
