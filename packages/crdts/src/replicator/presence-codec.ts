import { ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

import type { PresenceEntry } from './presence-table.ts';

const VERSION = 1;
const ID_SIZE_MAX_BYTES = 64;
/** What an entry takes besides its state: an id, a clock, a flag, and two lengths. */
export const ENTRY_BYTES_MAX = 80;
/** An id of one byte, its length, a clock and a flag. */
const ENTRY_BYTES_MIN = 4;

const writer = new ByteWriter();
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** What participants say: a version, a count, and each id, clock and state. Views are borrowed. */
export const presenceCodec: Codec<readonly PresenceEntry[]> = {
  encode: (entries) => {
    writer.reset();
    writer.u8(VERSION);
    writer.varint(entries.length);
    for (const { id, clock, state } of entries) {
      writer.string(id);
      writer.varint(clock);
      writer.u8(state === undefined ? 0 : 1);
      if (state !== undefined) writer.lengthPrefixed(state);
    }
    return writer.finish();
  },
  decode: (bytes) => {
    const reader = new ByteReader(bytes);
    const version = reader.u8();
    if (version !== VERSION) {
      throw new DecodeError(`version: expected ${VERSION}, got ${version}`);
    }
    const count = reader.count(ENTRY_BYTES_MIN);
    const entries: PresenceEntry[] = [];
    for (let index = 0; index < count; index += 1) entries.push(readEntry(reader));
    reader.expectEnd();
    return entries;
  },
};

function readEntry(reader: ByteReader): PresenceEntry {
  const id = reader.string(ID_SIZE_MAX_BYTES);
  if (id === '') throw new DecodeError('id: expected 1..64 bytes, got none');
  const clock = reader.varint();
  const flag = reader.u8();
  if (flag > 1) throw new DecodeError(`state: expected 0 or 1, got ${flag}`);
  return { id, clock, state: flag === 0 ? undefined : reader.lengthPrefixed() };
}

/**
 * A codec of states as JSON.
 *
 * @param check - Returns what it got if it is a state, and throws otherwise: it comes from others.
 *
 * @example
 * ```ts
 * import { jsonPresence } from '@quorate/crdts/replicator';
 *
 * const names = jsonPresence((value) => {
 *   if (typeof value !== 'string') throw new TypeError('expected a name');
 *   return value;
 * });
 * names.decode(names.encode('Ann')); // => 'Ann'
 * ```
 */
export function jsonPresence<State>(check: (value: unknown) => State): Codec<State> {
  return {
    encode: (state) => encoder.encode(JSON.stringify(state)),
    decode: (bytes) => {
      try {
        return check(JSON.parse(decoder.decode(bytes)));
      } catch (error) {
        throw new DecodeError(`state: expected one in JSON, got an error: ${String(error)}`);
      }
    },
  };
}
