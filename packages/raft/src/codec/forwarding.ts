import { type ByteReader, type ByteWriter, DecodeError } from '@quorate/transport/codec';

import type { ForwardProposal, ForwardRefusal, ForwardReply } from '../messages.ts';
import { readFlag, readPlace, writeFlag } from './primitives.ts';

/*
 * Bodies of the messages about proposals of nodes that do not lead.
 *
 *  14 forwardProposal  nonce forwardId count (length payload)…
 *  15 forwardReply     nonce forwardId 0 reason          refused
 *                      nonce forwardId 1 firstIndex
 */

/** By the byte that stands for it. */
const refusals = [
  'tooManyUncommitted',
  'transferring',
] as const satisfies readonly ForwardRefusal[];

/** Writes a proposal. */
export function writeForwardProposal(writer: ByteWriter, message: ForwardProposal): void {
  writer.varint(message.nonce);
  writer.varint(message.forwardId);
  writer.varint(message.payloads.length);
  for (const payload of message.payloads) writer.lengthPrefixed(payload);
}

/** @throws DecodeError if it is none, or proposes nothing. */
export function readForwardProposal(reader: ByteReader, term: number): ForwardProposal {
  const nonce = reader.varint();
  const forwardId = reader.varint();
  const count = reader.count(1);
  if (count === 0) throw new DecodeError('forwardProposal: expected a payload, got none');
  const payloads: Uint8Array[] = [];
  for (let place = 0; place < count; place += 1) payloads.push(reader.lengthPrefixed().slice());
  return { kind: 'forwardProposal', term, nonce, forwardId, payloads };
}

/** Writes what became of a proposal. */
export function writeForwardReply(writer: ByteWriter, reply: ForwardReply): void {
  const { nonce, forwardId, result } = reply;
  writer.varint(nonce);
  writer.varint(forwardId);
  writeFlag(writer, result.kind === 'proposed');
  if (result.kind === 'proposed') writer.varint(result.firstIndex);
  else writer.u8(refusals.indexOf(result.reason));
}

/** @throws DecodeError if it is none. */
export function readForwardReply(reader: ByteReader, term: number): ForwardReply {
  const nonce = reader.varint();
  const forwardId = reader.varint();
  const about = { kind: 'forwardReply', term, nonce, forwardId } as const;
  if (!readFlag(reader)) {
    return { ...about, result: { kind: 'refused', reason: readPlace(reader, refusals) } };
  }
  const firstIndex = reader.varint();
  if (firstIndex === 0) throw new DecodeError('firstIndex: expected at least 1, got 0');
  return { ...about, result: { kind: 'proposed', firstIndex } };
}
