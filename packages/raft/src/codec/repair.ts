import { type ByteReader, type ByteWriter, DecodeError } from '@quorate/transport/codec';

import type { Entry, FetchedEntries, FetchEntries } from '../messages.ts';
import { readEntries, writeEntries } from './entries.ts';
import { readFlag, writeFlag } from './primitives.ts';

/*
 * Bodies of the messages that repair a damaged log.
 *
 *  28 fetchEntries    prevLogIndex prevLogTerm toIndex anchorIndex anchorTerm question
 *                     fence snapshot
 *  29 fetchedEntries  prevLogIndex prevLogTerm question anchorTerm leader aligned definite
 *                     compacted count entry…
 */

/** Writes a request for entries. */
export function writeFetchEntries(writer: ByteWriter, message: FetchEntries): void {
  writer.varint(message.prevLogIndex);
  writer.varint(message.prevLogTerm);
  writer.varint(message.toIndex);
  writer.varint(message.anchorIndex);
  writer.varint(message.anchorTerm);
  writer.varint(message.question);
  writeFlag(writer, message.isFence);
  writeFlag(writer, message.wantsSnapshot);
}

/** @throws DecodeError if it is none. */
export function readFetchEntries(reader: ByteReader, term: number): FetchEntries {
  const prevLogIndex = reader.varint();
  const prevLogTerm = reader.varint();
  const toIndex = reader.varint();
  const anchorIndex = reader.varint();
  const anchorTerm = reader.varint();
  const question = reader.varint();
  const isFence = readFlag(reader);
  const wantsSnapshot = readFlag(reader);
  const gap = { prevLogIndex, prevLogTerm, toIndex, anchorIndex, anchorTerm };
  return { kind: 'fetchEntries', term, ...gap, question, isFence, wantsSnapshot };
}

/** Writes the answer. */
export function writeFetchedEntries(writer: ByteWriter, message: FetchedEntries): void {
  writer.varint(message.prevLogIndex);
  writer.varint(message.prevLogTerm);
  writer.varint(message.question);
  writer.varint(message.anchorTerm);
  writeFlag(writer, message.isLeader);
  writeFlag(writer, message.isAligned);
  writeFlag(writer, message.isDefinite);
  writeFlag(writer, message.isCompacted);
  writeEntries(writer, message.prevLogTerm, message.entries);
}

/** @throws DecodeError if it is none. */
export function readFetchedEntries(reader: ByteReader, term: number): FetchedEntries {
  const prevLogIndex = reader.varint();
  const prevLogTerm = reader.varint();
  const question = reader.varint();
  const anchorTerm = reader.varint();
  if (anchorTerm > term) {
    throw new DecodeError(`anchorTerm: expected at most ${term}, got ${anchorTerm}`);
  }
  const isLeader = readFlag(reader);
  const isAligned = readFlag(reader);
  const isDefinite = readFlag(reader);
  const isCompacted = readFlag(reader);
  const entries: readonly Entry[] = readEntries(reader, prevLogIndex, prevLogTerm, term);
  const asked = { prevLogIndex, prevLogTerm, question, anchorTerm };
  const found = { isLeader, isAligned, isDefinite, isCompacted, entries };
  return { kind: 'fetchedEntries', term, ...asked, ...found };
}
