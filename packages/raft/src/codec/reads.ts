import type { ByteReader, ByteWriter } from '@quorate/transport/codec';

import type { ReadIndexReply, ReadIndexRequest } from '../messages.ts';
import { readFlag, writeFlag } from './primitives.ts';

/*
 * Bodies of the messages about reads of nodes that do not lead.
 *
 *  12 readIndexRequest  nonce requestId isLeaseEnough     one byte, 0 or 1
 *  13 readIndexReply    nonce requestId 0                 refused
 *                       nonce requestId 1 isByLease readIndex
 */

/** Writes a request. */
export function writeReadIndexRequest(writer: ByteWriter, request: ReadIndexRequest): void {
  writer.varint(request.nonce);
  writer.varint(request.requestId);
  writeFlag(writer, request.isLeaseEnough);
}

/** @throws DecodeError if it is none. */
export function readReadIndexRequest(reader: ByteReader, term: number): ReadIndexRequest {
  const nonce = reader.varint();
  const requestId = reader.varint();
  return { kind: 'readIndexRequest', term, nonce, requestId, isLeaseEnough: readFlag(reader) };
}

/** Writes an answer. */
export function writeReadIndexReply(writer: ByteWriter, reply: ReadIndexReply): void {
  const { nonce, requestId, result } = reply;
  writer.varint(nonce);
  writer.varint(requestId);
  writeFlag(writer, result.kind === 'confirmed');
  if (result.kind === 'refused') return;
  writeFlag(writer, result.isByLease);
  writer.varint(result.readIndex);
}

/** @throws DecodeError if it is none. */
export function readReadIndexReply(reader: ByteReader, term: number): ReadIndexReply {
  const nonce = reader.varint();
  const requestId = reader.varint();
  const about = { kind: 'readIndexReply', term, nonce, requestId } as const;
  if (!readFlag(reader)) return { ...about, result: { kind: 'refused' } };
  const isByLease = readFlag(reader);
  return { ...about, result: { kind: 'confirmed', readIndex: reader.varint(), isByLease } };
}
