/*
 * A version vector with exceptions as bytes: head; a count of replicas; for each, by ascending ids,
 * the id, a count of runs, and for each run how many numbers are missing before it (one less than
 * there are, but for the first run, as runs do not touch) and how many it has beyond one. All
 * numbers are varints, so that a replica of which nothing is missing takes its id and a few bytes.
 */
import { ByteReader, ByteWriter, DecodeError } from '@quorate/transport/codec';

import { COUNTER_MAX } from '../counter.ts';
import { gapCountOf, type NumberRuns } from '../number-runs.ts';
import type { ReplicaId } from '../replica-id.ts';
import {
  DEFAULT_EXCEPTION_COUNT_MAX,
  type ExceptionOptions,
  VersionVectorWithExceptions,
} from '../version-vector-with-exceptions.ts';
import { readHead, writeHead } from './head.ts';
import { ID_BYTES_MIN, readNextId } from './id-fields.ts';

/** What `known` knows, as bytes; its limit is not a part of it. */
export function encodeExceptions(known: VersionVectorWithExceptions): Uint8Array {
  const writer = new ByteWriter();
  writeHead(writer, 'version vector with exceptions');
  const entries = known.runs();
  writer.varint(entries.length);
  for (const [id, runs] of entries) {
    writer.string(id);
    writeRuns(writer, runs);
  }
  return writer.finish();
}

/**
 * The vector in `bytes`.
 *
 * @param options - The limit that it has from now on.
 * @throws DecodeError if they are anything else, or if it has more gaps than the limit, in time and
 *   memory of their length.
 */
export function decodeExceptions(
  bytes: Uint8Array,
  options: ExceptionOptions = {},
): VersionVectorWithExceptions {
  const { exceptionCountMax = DEFAULT_EXCEPTION_COUNT_MAX } = options;
  const reader = new ByteReader(bytes);
  readHead(reader, 'version vector with exceptions');
  const count = reader.count(ID_BYTES_MIN + 3);
  const entries: [ReplicaId, number[]][] = [];
  let exceptionCount = 0;
  let previous: ReplicaId | undefined;
  for (let index = 0; index < count; index += 1) {
    const id = readNextId(reader, previous);
    const runs = readRuns(reader);
    exceptionCount += gapCountOf(runs);
    entries.push([id, runs]);
    previous = id;
  }
  reader.expectEnd();
  if (exceptionCount > exceptionCountMax) {
    throw new DecodeError(`gaps: expected at most ${exceptionCountMax}, got ${exceptionCount}`);
  }
  return VersionVectorWithExceptions.ofRuns(entries, options);
}

function writeRuns(writer: ByteWriter, runs: NumberRuns): void {
  writer.varint(runs.length / 2);
  let next = 1;
  for (let at = 0; at < runs.length; at += 2) {
    const first = runs[at] ?? 0;
    const last = runs[at + 1] ?? 0;
    writer.varint(first - next);
    writer.varint(last - first);
    next = last + 2;
  }
}

function readRuns(reader: ByteReader): number[] {
  const count = reader.count(2);
  if (count === 0) throw new DecodeError('runs: expected at least 1, got 0');
  const runs: number[] = [];
  let next = 1;
  for (let index = 0; index < count; index += 1) {
    const first = next + reader.varint();
    const last = first + reader.varint();
    if (last > COUNTER_MAX) throw new DecodeError('run: expected at most 2^53-1, got more');
    runs.push(first, last);
    next = last + 2;
  }
  return runs;
}
