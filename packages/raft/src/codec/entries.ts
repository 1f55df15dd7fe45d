import { ByteReader, type ByteWriter, DecodeError } from '@quorate/transport/codec';

import type { Entry, EntryKind } from '../messages.ts';
import { configurationCodec } from './configuration.ts';

/*
 * Entries as they travel: without an index, because they follow one another, and with only the rise
 * of their term, because terms never fall along a log.
 *
 *   count entry…     entry: (term - term before) kind length payload
 */

const entryKinds = ['noop', 'command', 'configuration'] as const satisfies readonly EntryKind[];

/** Writes `entries`, which follow an entry of term `prevLogTerm`. */
export function writeEntries(
  writer: ByteWriter,
  prevLogTerm: number,
  entries: readonly Entry[],
): void {
  writer.varint(entries.length);
  let termBefore = prevLogTerm;
  for (const entry of entries) {
    writer.varint(entry.term - termBefore);
    writer.u8(entryKinds.indexOf(entry.kind));
    writer.lengthPrefixed(entry.payload);
    termBefore = entry.term;
  }
}

/**
 * All that is left in `reader`: entries that follow a position, of terms up to `term`.
 *
 * @throws DecodeError if it is anything else.
 */
export function readEntries(
  reader: ByteReader,
  prevLogIndex: number,
  prevLogTerm: number,
  term: number,
): readonly Entry[] {
  // At least a byte for each of term, kind and length.
  const count = reader.count(3);
  checkSafe('logIndex', prevLogIndex + count);
  // The bytes are borrowed and the log keeps entries: one copy for all of them.
  const body = new ByteReader(reader.bytes(reader.remaining).slice());
  const entries: Entry[] = [];
  let entryTerm = prevLogTerm;
  for (let place = 1; place <= count; place += 1) {
    entryTerm += body.varint();
    if (entryTerm > term || entryTerm === 0) {
      throw new DecodeError(`entry: expected a term of 1..${term}, got another`);
    }
    entries.push(readEntry(body, prevLogIndex + place, entryTerm));
  }
  body.expectEnd();
  return entries;
}

function readEntry(reader: ByteReader, logIndex: number, term: number): Entry {
  const tag = reader.u8();
  const kind = entryKinds[tag];
  if (kind === undefined) throw new DecodeError(`entry kind: expected 0..2, got ${tag}`);
  const payload = reader.lengthPrefixed();
  // The log decodes it again, where an entry that is no configuration would break it.
  if (kind === 'configuration') configurationCodec.decode(payload);
  if (kind === 'noop' && payload.length > 0) {
    throw new DecodeError(`noop: expected no payload, got ${payload.length} bytes`);
  }
  return { logIndex, term, kind, payload };
}

function checkSafe(name: string, value: number): void {
  if (!Number.isSafeInteger(value)) {
    throw new DecodeError(`${name}: expected at most 2^53-1, got more`);
  }
}
