/*
 * The bytes of what members say to each other.
 *
 * A version and a kind, one byte each, the sender's incarnation, then the fields in the order of
 * their declaration; numbers as varints, ids as text, entries by ascending id. The stamp of a
 * published message and its payload are one piece of bytes, which those who pass it on send as it
 * came. Decoded payloads, bodies and states are views of the input.
 */
import { ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

import { checkReplicaId, type ReplicaId } from '../replica-id.ts';
import type {
  BroadcastMessage,
  ReportEntry,
  ReportMessage,
  StampedMessage,
  WantedRange,
  WelcomeEntry,
  WelcomeMessage,
} from './messages.ts';

const VERSION = 1;
const ID_SIZE_MAX_BYTES = 64;
/** An id of one byte behind its length, and a number. */
const ENTRY_BYTES_MIN = 3;
/** More than any request asks for at once. */
const RANGE_COUNT_MAX = 1_024;

const kinds = { data: 1, report: 2, want: 3, join: 4, welcome: 5 } as const;

const writer = new ByteWriter();

/** All messages. Views in what is decoded are borrowed as the input is. */
export const broadcastCodec: Codec<BroadcastMessage> = {
  encode: (message) => {
    writer.reset();
    writer.u8(VERSION);
    writer.u8(kinds[message.kind]);
    writer.varint(message.incarnation);
    writeMessage(message);
    return writer.finish();
  },
  decode: (bytes) => {
    const reader = new ByteReader(bytes);
    const version = reader.u8();
    if (version !== VERSION) {
      throw new DecodeError(`version: expected ${VERSION}, got ${version}`);
    }
    const message = readMessage(bytes, reader, reader.u8());
    reader.expectEnd();
    return message;
  },
};

/** What a stamp says, besides the payload. */
export type Stamp = Pick<StampedMessage, 'epoch' | 'origin' | 'stableCount' | 'ids' | 'counters'>;

/** The bytes of `payload` with its stamp. Entries of 0 are left out. */
export function stampedBody(stamp: Stamp, payload: Uint8Array): Uint8Array {
  const { epoch, origin, stableCount, ids, counters } = stamp;
  writer.reset();
  writer.varint(epoch);
  writer.varint(stableCount);
  let [count, place] = [0, 0];
  for (let index = 0; index < ids.length; index += 1) {
    if (ids[index] === origin) place = count;
    if ((counters[index] ?? 0) > 0) count += 1;
  }
  writer.varint(count);
  for (let index = 0; index < ids.length; index += 1) {
    const counter = counters[index] ?? 0;
    if (counter === 0) continue;
    writer.string(ids[index] ?? '');
    writer.varint(counter);
  }
  writer.varint(place);
  writer.lengthPrefixed(payload);
  return writer.finish();
}

/** The message in a body that was kept. @throws DecodeError if it is none. */
export function stampedIn(body: Uint8Array): StampedMessage {
  const reader = new ByteReader(body);
  const stamped = readStamped(body, reader);
  reader.expectEnd();
  return stamped;
}

/** A message with its body copied, so that it may be kept. */
export function keptCopy(stamped: StampedMessage): StampedMessage {
  const body = stamped.body.slice();
  return { ...stamped, body, payload: body.subarray(body.length - stamped.payload.length) };
}

function writeMessage(message: BroadcastMessage): void {
  switch (message.kind) {
    case 'data':
      writer.bytes(message.stamped.body);
      return;
    case 'report':
      writeReport(message);
      return;
    case 'want':
      writer.varint(message.ranges.length);
      for (const { origin, first, count } of message.ranges) {
        writer.string(origin);
        writer.varint(first);
        writer.varint(count);
      }
      return;
    case 'join':
      writer.varint(message.epoch);
      return;
    case 'welcome':
      writeWelcome(message);
  }
}

function writeReport({ epoch, stableCount, entries }: ReportMessage): void {
  writer.varint(epoch);
  writer.varint(stableCount);
  writer.varint(entries.length);
  for (const { id, delivered, holdsNext } of entries) {
    writer.string(id);
    writer.varint(delivered);
    writer.u8(holdsNext ? 1 : 0);
  }
}

function writeWelcome({ epoch, entries, state }: WelcomeMessage): void {
  writer.varint(epoch);
  writer.varint(entries.length);
  for (const { id, delivered, forgotten } of entries) {
    writer.string(id);
    writer.varint(delivered);
    writer.varint(delivered - forgotten);
  }
  writer.lengthPrefixed(state);
}

function readMessage(bytes: Uint8Array, reader: ByteReader, kind: number): BroadcastMessage {
  const incarnation = reader.varint();
  switch (kind) {
    case kinds.data:
      return { kind: 'data', incarnation, stamped: readStamped(bytes, reader) };
    case kinds.report: {
      const [epoch, stableCount] = [reader.varint(), reader.varint()];
      return { kind: 'report', incarnation, epoch, stableCount, entries: readReported(reader) };
    }
    case kinds.want:
      return { kind: 'want', incarnation, ranges: readRanges(reader) };
    case kinds.join:
      return { kind: 'join', incarnation, epoch: reader.varint() };
    case kinds.welcome: {
      const [epoch, entries] = [reader.varint(), readWelcomed(reader)];
      return { kind: 'welcome', incarnation, epoch, entries, state: reader.lengthPrefixed() };
    }
    default:
      throw new DecodeError(`kind: expected 1..5, got ${kind}`);
  }
}

function readStamped(bytes: Uint8Array, reader: ByteReader): StampedMessage {
  const body = bytes.subarray(bytes.length - reader.remaining);
  const [epoch, stableCount] = [reader.varint(), reader.varint()];
  const count = reader.count(ENTRY_BYTES_MIN);
  const ids: ReplicaId[] = [];
  const counters: number[] = [];
  for (let index = 0; index < count; index += 1) {
    ids.push(readIdAfter(reader, ids[index - 1]));
    counters.push(readAtLeastOne(reader, 'counter'));
  }
  const place = reader.varint();
  const origin = ids[place];
  if (origin === undefined) {
    throw new DecodeError(`origin: expected one of ${count} entries, got ${place}`);
  }
  if (stableCount >= (counters[place] ?? 0)) {
    throw new DecodeError(`stableCount: expected less than the counter, got ${stableCount}`);
  }
  const payload = reader.lengthPrefixed();
  return { epoch, origin, stableCount, ids, counters, payload, body };
}

function readReported(reader: ByteReader): readonly ReportEntry[] {
  const count = reader.count(ENTRY_BYTES_MIN + 1);
  const entries: ReportEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    const id = readIdAfter(reader, entries[index - 1]?.id);
    const [delivered, flag] = [reader.varint(), reader.u8()];
    if (flag > 1) throw new DecodeError(`holdsNext: expected 0 or 1, got ${flag}`);
    entries.push({ id, delivered, holdsNext: flag === 1 });
  }
  return entries;
}

function readRanges(reader: ByteReader): readonly WantedRange[] {
  const rangeCount = reader.count(ENTRY_BYTES_MIN + 1);
  if (rangeCount > RANGE_COUNT_MAX) {
    throw new DecodeError(`ranges: expected at most ${RANGE_COUNT_MAX}, got ${rangeCount}`);
  }
  const ranges: WantedRange[] = [];
  for (let index = 0; index < rangeCount; index += 1) {
    const origin = readId(reader);
    const first = readAtLeastOne(reader, 'first');
    ranges.push({ origin, first, count: readAtLeastOne(reader, 'count') });
  }
  return ranges;
}

function readWelcomed(reader: ByteReader): readonly WelcomeEntry[] {
  const count = reader.count(ENTRY_BYTES_MIN + 1);
  const entries: WelcomeEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    const id = readIdAfter(reader, entries[index - 1]?.id);
    const [delivered, keptCount] = [reader.varint(), reader.varint()];
    if (keptCount > delivered) {
      throw new DecodeError(`kept: expected at most ${delivered}, got ${keptCount}`);
    }
    entries.push({ id, delivered, forgotten: delivered - keptCount });
  }
  return entries;
}

function readIdAfter(reader: ByteReader, before: ReplicaId | undefined): ReplicaId {
  const id = readId(reader);
  if (before === undefined || before < id) return id;
  throw new DecodeError('ids: expected ascending ones, got others');
}

function readId(reader: ByteReader): ReplicaId {
  const id = reader.string(ID_SIZE_MAX_BYTES);
  if (id === '') throw new DecodeError('id: expected 1..64 bytes, got none');
  return checkReplicaId('id', id);
}

function readAtLeastOne(reader: ByteReader, name: string): number {
  const value = reader.varint();
  if (value >= 1) return value;
  throw new DecodeError(`${name}: expected at least 1, got 0`);
}
