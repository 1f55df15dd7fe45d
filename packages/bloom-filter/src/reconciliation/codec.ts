/*
 * The bytes of what two reconcilers say to each other.
 *
 * A version and a kind, one byte each, then the fields in the order of their declaration; numbers
 * as varints, hashes and filters as words of 32 bits, big-endian. The count of a symbol is written
 * as its distance, zigzag, from what is expected there, elements / (1 + index / 2): one or two
 * bytes instead of the size of the set.
 */
import { ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

import { SYMBOL_WORDS } from '../difference/sketch.ts';
import type { AbsentRequest, ReconcileReply, ReconcileRequest } from './messages.ts';

const VERSION = 1;

/** More parts than any set needs. */
const PART_COUNT_MAX = 2 ** 20;
/** Elements of a set, and so the count of a symbol. */
const ELEMENT_COUNT_MAX = 2 ** 30;
const SYMBOL_COUNT_MAX = 2 ** 31;
/** Two halves, a check and the least of a count. */
const SYMBOL_BYTES_MIN = 13;

const requestKinds = {
  open: 1,
  symbols: 2,
  filter: 3,
  absent: 4,
  fetch: 5,
  push: 6,
  close: 7,
} as const;
const replyKinds = { symbols: 1, items: 2, filter: 3, done: 4, unknownSession: 5 } as const;

const writer = new ByteWriter();

/** Requests. */
export const reconcileRequestCodec: Codec<ReconcileRequest> = {
  encode: (request) => {
    writer.reset();
    writer.u8(VERSION);
    writer.u8(requestKinds[request.kind]);
    writeRequest(request);
    return writer.finish();
  },
  decode: (bytes) => {
    const reader = new ByteReader(bytes);
    expectVersion(reader);
    const request = readRequest(reader, reader.u8());
    reader.expectEnd();
    return request;
  },
};

/** Their answers. */
export const reconcileReplyCodec: Codec<ReconcileReply> = {
  encode: (reply) => {
    writer.reset();
    writer.u8(VERSION);
    writer.u8(replyKinds[reply.kind]);
    writeReply(reply);
    return writer.finish();
  },
  decode: (bytes) => {
    const reader = new ByteReader(bytes);
    expectVersion(reader);
    const reply = readReply(reader, reader.u8());
    reader.expectEnd();
    return reply;
  },
};

function writeRequest(request: ReconcileRequest): void {
  if (request.kind === 'push') {
    writeItems(request.items);
    return;
  }
  writer.u32(request.session);
  switch (request.kind) {
    case 'open':
      writer.u32(request.seed);
      writer.varint(request.symbolCount);
      return;
    case 'symbols':
      writer.varint(request.start);
      writer.varint(request.end);
      return;
    case 'filter':
      writePart(request);
      return;
    case 'absent':
      writePart(request);
      writer.varint(request.skip);
      writeWords(request.filter);
      return;
    case 'fetch':
      writeWords(request.hashes);
      return;
    case 'close':
  }
}

function readRequest(reader: ByteReader, kind: number): ReconcileRequest {
  if (kind === requestKinds.push) return { kind: 'push', items: readItems(reader) };
  const session = reader.u32();
  switch (kind) {
    case requestKinds.open: {
      const seed = reader.u32();
      return { kind: 'open', session, seed, symbolCount: readUpTo(reader, SYMBOL_COUNT_MAX) };
    }
    case requestKinds.symbols: {
      const [start, end] = [readUpTo(reader, SYMBOL_COUNT_MAX), readUpTo(reader, SYMBOL_COUNT_MAX)];
      if (start > end)
        throw new DecodeError(`symbols: expected start <= end, got ${start}, ${end}`);
      return { kind: 'symbols', session, start, end };
    }
    case requestKinds.filter:
      return { kind: 'filter', session, ...readPart(reader) };
    case requestKinds.absent: {
      const [part, skip] = [readPart(reader), readUpTo(reader, ELEMENT_COUNT_MAX)];
      return { kind: 'absent', session, ...part, skip, filter: readWords(reader) };
    }
    case requestKinds.fetch: {
      const hashes = Array.from(readWords(reader), (half) => half >>> 0);
      if (hashes.length % 2 === 0) return { kind: 'fetch', session, hashes };
      throw new DecodeError(`hashes: expected two halves each, got ${hashes.length} halves`);
    }
    case requestKinds.close:
      return { kind: 'close', session };
    default:
      throw new DecodeError(`kind: expected that of a request, got ${kind}`);
  }
}

type Part = Pick<AbsentRequest, 'part' | 'partCount'>;

function writePart({ partCount, part }: Part): void {
  writer.varint(partCount);
  writer.varint(part);
}

function readPart(reader: ByteReader): Part {
  const partCount = readUpTo(reader, PART_COUNT_MAX);
  const part = reader.varint();
  if (part >= partCount)
    throw new DecodeError(`part: expected less than ${partCount}, got ${part}`);
  if ((partCount & (partCount - 1)) === 0) return { partCount, part };
  throw new DecodeError(`partCount: expected a power of 2, got ${partCount}`);
}

function writeReply(reply: ReconcileReply): void {
  if (reply.kind === 'items') {
    writer.varint(reply.leftCount);
    writeItems(reply.items);
  }
  if (reply.kind === 'filter') writeWords(reply.filter);
  if (reply.kind !== 'symbols') return;
  const { elementCount, start, symbols } = reply;
  const symbolCount = symbols.length / SYMBOL_WORDS;
  writer.varint(elementCount);
  writer.varint(start);
  writer.varint(symbolCount);
  for (let place = 0; place < symbolCount; place += 1) {
    const at = place * SYMBOL_WORDS;
    for (let word = 0; word < 3; word += 1) writer.u32((symbols[at + word] ?? 0) >>> 0);
    const distance = (symbols[at + 3] ?? 0) - expectedCount(elementCount, start + place);
    writer.varint(distance < 0 ? -2 * distance - 1 : 2 * distance);
  }
}

function readReply(reader: ByteReader, kind: number): ReconcileReply {
  switch (kind) {
    case replyKinds.symbols: {
      const elementCount = readUpTo(reader, ELEMENT_COUNT_MAX);
      const start = readUpTo(reader, SYMBOL_COUNT_MAX);
      const symbols = new Int32Array(reader.count(SYMBOL_BYTES_MIN) * SYMBOL_WORDS);
      for (let at = 0; at < symbols.length; at += SYMBOL_WORDS) {
        for (let word = 0; word < 3; word += 1) symbols[at + word] = reader.u32();
        const zigzag = readUpTo(reader, 2 * ELEMENT_COUNT_MAX);
        const distance = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
        const count = expectedCount(elementCount, start + at / SYMBOL_WORDS) + distance;
        if (count < 0 || count > elementCount) {
          throw new DecodeError(`count: expected 0..${elementCount}, got ${count}`);
        }
        symbols[at + 3] = count;
      }
      return { kind: 'symbols', elementCount, start, symbols };
    }
    case replyKinds.items: {
      const leftCount = readUpTo(reader, ELEMENT_COUNT_MAX);
      return { kind: 'items', items: readItems(reader), leftCount };
    }
    case replyKinds.filter:
      return { kind: 'filter', filter: readWords(reader) };
    case replyKinds.done:
      return { kind: 'done' };
    case replyKinds.unknownSession:
      return { kind: 'unknownSession' };
    default:
      throw new DecodeError(`kind: expected that of a reply, got ${kind}`);
  }
}

/** Of the elements of a set in the symbol at `index`. */
function expectedCount(elementCount: number, index: number): number {
  return Math.floor(elementCount / (1 + index / 2));
}

function writeItems(items: readonly Uint8Array[]): void {
  writer.varint(items.length);
  for (const item of items) writer.lengthPrefixed(item);
}

function readItems(reader: ByteReader): Uint8Array[] {
  const items: Uint8Array[] = [];
  // Each a copy: what is kept of a message must not keep the message.
  for (let left = reader.count(); left > 0; left -= 1) items.push(reader.lengthPrefixed().slice());
  return items;
}

function writeWords(words: Int32Array | readonly number[]): void {
  writer.varint(words.length);
  for (const word of words) writer.u32(word >>> 0);
}

function readWords(reader: ByteReader): Int32Array {
  const words = new Int32Array(reader.count(4));
  for (let place = 0; place < words.length; place += 1) words[place] = reader.u32();
  return words;
}

function readUpTo(reader: ByteReader, max: number): number {
  const value = reader.varint();
  if (value <= max) return value;
  throw new DecodeError(`number: expected at most ${max}, got ${value}`);
}

function expectVersion(reader: ByteReader): void {
  const version = reader.u8();
  if (version !== VERSION) throw new DecodeError(`version: expected ${VERSION}, got ${version}`);
}
