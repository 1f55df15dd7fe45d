/*
 * The file format that all filters of this package share.
 *
 * A filter outlives the program that wrote it. Without the name of its hash function in the file, a
 * new release that hashes otherwise reads the old bits and answers "certainly not" for keys that
 * are there: the one error that a filter must not make. So the head names everything that an answer
 * depends on, and a checksum covers the whole, because one lost bit is one lost key.
 *
 *   magic "QFLT"      4 bytes
 *   version           1 byte, now 1
 *   kind              1 byte, its place in `filterKinds`, from 1
 *   hash              1 byte, the code of a KeyHasher
 *   seed              1 byte of length, then the seed
 *   parameters        a varint of length, then what the kind needs (numbers, written by its codec)
 *   body              a varint of length, then the table
 *   checksum          4 bytes, CRC-32C of everything before, big-endian
 *
 * Lengths are compared with the bytes that are there, and must use them up exactly, before anything
 * is allocated; a codec then checks its parameters against the length of the body. So a header that
 * claims 2^40 bits costs nothing. The checksum finds accidents. Who may write the file may also
 * make it lie; a reader is only promised an answer or a `DecodeError`, in time and memory of its
 * length.
 *
 * A keyed seed stands in the file: whoever reads the file can make keys collide again.
 */
import { hashIdOf, keyHasher, type KeyHasher } from '@quorate/hash';
import { ByteReader, ByteWriter, crc32c, DecodeError } from '@quorate/transport/codec';

import { filterKinds, type FilterKind } from '../filter.ts';

const MAGIC = Uint8Array.of(0x51, 0x46, 0x4c, 0x54);
const VERSION = 1;
const CHECKSUM_BYTES = 4;
const SEED_BYTES_MAX = 32;

/** What a codec gives to be written. */
export interface FilterParts {
  readonly kind: FilterKind;
  readonly hasher: KeyHasher;
  /** Writes the numbers that the kind needs beside its table. */
  readonly parameters: (writer: ByteWriter) => void;
  /** The table, in pieces that are written one after the other. Copied. */
  readonly body: readonly Uint8Array[];
}

/** What a codec gets to read. */
export interface FilterContent {
  /** A new hasher, of the function and the seed in the file. */
  readonly hasher: KeyHasher;
  /** The parameters; the codec reads them all and says `expectEnd`. */
  readonly parameters: ByteReader;
  /** A view of the file. It may begin at any offset, so read words with `wordsOf`. */
  readonly body: Uint8Array;
}

/** The bytes of a filter, freshly allocated: equal parts give equal bytes. */
export function encodeFilter(parts: FilterParts): Uint8Array {
  const parameters = new ByteWriter();
  parts.parameters(parameters);
  const head = new ByteWriter();
  head.bytes(MAGIC);
  head.u8(VERSION);
  head.u8(filterKinds.indexOf(parts.kind) + 1);
  head.u8(parts.hasher.code);
  const seed = parts.hasher.seed;
  head.u8(seed.length);
  head.bytes(seed);
  head.lengthPrefixed(parameters.finish());
  head.varint(parts.body.reduce((sum, piece) => sum + piece.length, 0));
  return joined([head.finish(), ...parts.body]);
}

/**
 * Checks everything in `bytes` that does not depend on the kind.
 *
 * @param kind - The kind that the caller can read.
 * @throws DecodeError if these are not the bytes of such a filter, whole and undamaged.
 */
export function openFilter(bytes: Uint8Array, kind: FilterKind): FilterContent {
  const found = filterKindOf(bytes);
  if (found === undefined) throw new DecodeError('filter: expected a file of version 1, got none');
  if (found !== kind) throw new DecodeError(`kind: expected ${kind}, got ${found}`);
  const end = bytes.length - CHECKSUM_BYTES;
  const reader = new ByteReader(bytes, 6, Math.max(6, end));
  const code = reader.u8();
  const seed = reader.bytes(reader.u8());
  const parameters = reader.lengthPrefixed();
  const body = reader.lengthPrefixed();
  reader.expectEnd();
  if (new ByteReader(bytes, end).u32() !== crc32c(bytes, 0, end)) {
    throw new DecodeError('checksum: expected that of the bytes, got another');
  }
  return { hasher: hasherOf(code, seed), parameters: new ByteReader(parameters), body };
}

/** What `bytes` begin with; `undefined` if they are no filter, or of another version or kind. */
export function filterKindOf(bytes: Uint8Array): FilterKind | undefined {
  if (bytes.length < 6 || bytes[4] !== VERSION) return undefined;
  if (!MAGIC.every((byte, at) => bytes[at] === byte)) return undefined;
  return filterKinds[(bytes[5] ?? 0) - 1];
}

/** `words` as bytes, little-endian on every machine. A copy. */
export function bytesOfWords(words: Int32Array): Uint8Array {
  const bytes = new Uint8Array(4 * words.length);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < words.length; at += 1) view.setInt32(4 * at, words[at] ?? 0, true);
  return bytes;
}

/**
 * The words in `bytes`, wherever they begin. A copy.
 *
 * @throws DecodeError if there are not exactly `count` of them.
 */
export function wordsOf(bytes: Uint8Array, count: number): Int32Array<ArrayBuffer> {
  if (bytes.length !== 4 * count) {
    throw new DecodeError(`body: expected ${4 * count} bytes, got ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const words = new Int32Array(count);
  for (let at = 0; at < count; at += 1) words[at] = view.getInt32(4 * at, true);
  return words;
}

/**
 * What `make` returns. The constructors check every number anyway: a number that one refuses is
 * here one of the bytes.
 *
 * @throws DecodeError in place of a RangeError.
 */
export function madeOf<Value>(make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) throw new DecodeError(error.message);
    throw error;
  }
}

function hasherOf(code: number, seed: Uint8Array): KeyHasher {
  const id = hashIdOf(code);
  if (id === undefined) throw new DecodeError(`hash: expected a known code, got ${code}`);
  if (seed.length > SEED_BYTES_MAX) {
    throw new DecodeError(`seed: expected at most ${SEED_BYTES_MAX} bytes, got ${seed.length}`);
  }
  try {
    return keyHasher(id, seed.slice());
  } catch {
    throw new DecodeError(`seed: expected one for ${id}, got ${seed.length} bytes`);
  }
}

/** The pieces and their checksum, in one array that is made once: a table may be large. */
function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const end = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const bytes = new Uint8Array(end + CHECKSUM_BYTES);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  new DataView(bytes.buffer).setUint32(end, crc32c(bytes, 0, end), false);
  return bytes;
}
