/*
 * The bytes of what replicators say to each other.
 *
 * A version and a kind, one byte each, then the fields in the order of their declaration; numbers
 * as varints, names as text. Numbers of an acknowledgement ascend, and each is written as what it
 * is more than the one before. Decoded bytes are views of the input.
 */
import { ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

import type {
  AcksMessage,
  FetchMessage,
  OfferMessage,
  PartedMessage,
  PartMessage,
  ReplicationMessage,
  UpdatesMessage,
  VersionEntry,
} from './messages.ts';

const VERSION = 2;
const kinds = {
  ...{ versions: 1, updates: 2, acks: 3, part: 4, offer: 5, fetch: 6, whole: 7 },
} as const;

/** The longest name of a document, in bytes of UTF-8. */
export const NAME_SIZE_MAX_BYTES = 256;
/** Bytes of a hash. */
export const HASH_BYTES = 8;
/** What a message of one update takes at most besides its name and the update. */
export const UPDATES_HEAD_BYTES = 32;
/** What a part takes besides its bytes and the name in its head. */
export const PART_HEAD_BYTES = 64;
/** Acknowledged at once, at most. */
export const ACKS_MAX = 1_024;

/** A name of one byte behind its length, flags, two numbers and the length of the version. */
const ENTRY_BYTES_MIN = 6;
const IS_HASH = 1;
const WANTS_REPLY = 2;
const IS_LEAVING = 4;
const IS_NONE = 8;
const WANTS_VERSION = 1;
const IS_PASSING = 2;

const writer = new ByteWriter();

/** All messages. Views in what is decoded are borrowed as the input is. */
export const replicationCodec: Codec<ReplicationMessage> = {
  encode: (message) => {
    writer.reset();
    writer.u8(VERSION);
    write(message);
    return writer.finish();
  },
  decode: (bytes) => {
    const reader = new ByteReader(bytes);
    const version = reader.u8();
    if (version !== VERSION) {
      throw new DecodeError(`version: expected ${VERSION}, got ${version}`);
    }
    const message = read(reader, reader.u8());
    reader.expectEnd();
    return message;
  },
};

function write(message: ReplicationMessage): void {
  writer.u8(kinds[message.kind]);
  switch (message.kind) {
    case 'versions':
      writer.varint(message.entries.length);
      for (const entry of message.entries) {
        writer.string(entry.document);
        writer.u8(flagsOf(entry));
        writer.varint(entry.attachment);
        writer.varint(entry.seen);
        writer.lengthPrefixed(entry.version);
      }
      return;
    case 'updates':
      writer.string(message.document);
      writer.varint(message.attachment);
      writer.varint(message.number);
      writer.u8((message.wantsVersion ? WANTS_VERSION : 0) + (message.isKept ? 0 : IS_PASSING));
      writer.varint(message.updates.length);
      for (const update of message.updates) writer.lengthPrefixed(update);
      return;
    case 'acks':
      writeAcks(message);
      return;
    case 'offer':
      writer.string(message.document);
      writer.bytes(message.base);
      writer.u8(message.isDiverged ? 1 : 0);
      return;
    case 'fetch':
      writer.string(message.document);
      writer.varint(message.sizeBytes);
      writer.u32(message.crc);
      writer.varint(message.offset);
      return;
    case 'whole':
      writer.string(message.document);
      writer.lengthPrefixed(message.bytes);
      return;
    case 'part':
      write(message.head);
      writer.varint(message.sizeBytes);
      writer.u32(message.crc);
      writer.varint(message.offset);
      writer.lengthPrefixed(message.bytes);
  }
}

function flagsOf({ form, wantsReply, isKept }: VersionEntry): number {
  const flags = (wantsReply ? WANTS_REPLY : 0) + (isKept ? 0 : IS_LEAVING);
  return form === 'none' ? IS_NONE : flags + (form === 'hash' ? IS_HASH : 0);
}

function writeAcks({ document, numbers }: AcksMessage): void {
  writer.string(document);
  writer.varint(numbers.length);
  let before = 0;
  for (const number of numbers) {
    writer.varint(number - before);
    before = number;
  }
}

function read(reader: ByteReader, kind: number): ReplicationMessage {
  switch (kind) {
    case kinds.versions:
      return { kind: 'versions', entries: readEntries(reader) };
    case kinds.updates:
      return readUpdates(reader);
    case kinds.acks:
      return readAcks(reader);
    case kinds.part:
      return readPart(reader);
    case kinds.offer:
      return readOffer(reader);
    case kinds.fetch:
      return readFetch(reader);
    case kinds.whole:
      return { kind: 'whole', document: readName(reader), bytes: reader.lengthPrefixed() };
    default:
      throw new DecodeError(`kind: expected 1..7, got ${kind}`);
  }
}

function readOffer(reader: ByteReader): OfferMessage {
  const document = readName(reader);
  const base = reader.bytes(HASH_BYTES);
  return { kind: 'offer', document, base, isDiverged: readFlag(reader) };
}

function readFetch(reader: ByteReader): FetchMessage {
  const document = readName(reader);
  const sizeBytes = reader.varint();
  const crc = reader.u32();
  const offset = reader.varint();
  if (offset > 0 && offset >= sizeBytes) {
    throw new DecodeError(`offset: expected one within ${sizeBytes} bytes, got ${offset}`);
  }
  return { kind: 'fetch', document, sizeBytes, crc, offset };
}

function readEntries(reader: ByteReader): readonly VersionEntry[] {
  const count = reader.count(ENTRY_BYTES_MIN);
  const entries: VersionEntry[] = [];
  for (let index = 0; index < count; index += 1) entries.push(readEntry(reader));
  return entries;
}

function readEntry(reader: ByteReader): VersionEntry {
  const document = readName(reader);
  const flags = readFlags(reader, IS_NONE);
  const form = flags === IS_NONE ? 'none' : (flags & IS_HASH) === 0 ? 'full' : 'hash';
  const [wantsReply, isKept] = [(flags & WANTS_REPLY) !== 0, flags < IS_LEAVING];
  const attachment = reader.varint();
  const seen = reader.varint();
  const version = reader.lengthPrefixed();
  const sizeBytes = form === 'hash' ? HASH_BYTES : 0;
  if (form !== 'full' && version.length !== sizeBytes) {
    throw new DecodeError(`${form}: expected ${sizeBytes} bytes, got ${version.length}`);
  }
  return { document, form, attachment, isKept, wantsReply, seen, version };
}

function readUpdates(reader: ByteReader): UpdatesMessage {
  const document = readName(reader);
  const attachment = reader.varint();
  const number = reader.varint();
  const flags = readFlags(reader, WANTS_VERSION + IS_PASSING);
  const [wantsVersion, isKept] = [(flags & WANTS_VERSION) !== 0, flags < IS_PASSING];
  const count = reader.count();
  const updates: Uint8Array[] = [];
  for (let index = 0; index < count; index += 1) updates.push(reader.lengthPrefixed());
  return { kind: 'updates', document, attachment, number, isKept, wantsVersion, updates };
}

function readAcks(reader: ByteReader): AcksMessage {
  const document = readName(reader);
  const count = reader.count();
  if (count > ACKS_MAX) throw new DecodeError(`acks: expected at most ${ACKS_MAX}, got ${count}`);
  const numbers: number[] = [];
  let before = 0;
  for (let index = 0; index < count; index += 1) {
    const step = reader.varint();
    const number = before + step;
    if ((step === 0 && index > 0) || !Number.isSafeInteger(number)) {
      throw new DecodeError('acks: expected ascending safe integers, got others');
    }
    numbers.push(number);
    before = number;
  }
  return { kind: 'acks', document, numbers };
}

function readPart(reader: ByteReader): PartMessage {
  const head = readHead(reader);
  const sizeBytes = reader.varint();
  const crc = reader.u32();
  const offset = reader.varint();
  const bytes = reader.lengthPrefixed();
  if (bytes.length === 0 || offset + bytes.length > sizeBytes) {
    throw new DecodeError(`part: expected 1 or more bytes within ${sizeBytes}, got others`);
  }
  return { kind: 'part', head, sizeBytes, crc, offset, bytes };
}

function readHead(reader: ByteReader): PartedMessage {
  const kind = reader.u8();
  const head = kind === kinds.part ? undefined : read(reader, kind);
  if (head?.kind === 'updates' || head?.kind === 'versions' || head?.kind === 'whole') return head;
  throw new DecodeError(`head: expected updates, versions or a whole, got ${kind}`);
}

function readFlags(reader: ByteReader, max: number): number {
  const flags = reader.u8();
  if (flags > max) throw new DecodeError(`flags: expected 0..${max}, got ${flags}`);
  return flags;
}

function readFlag(reader: ByteReader): boolean {
  return readFlags(reader, 1) === 1;
}

function readName(reader: ByteReader): string {
  const name = reader.string(NAME_SIZE_MAX_BYTES);
  if (name === '') throw new DecodeError('document: expected a name, got none');
  return name;
}
