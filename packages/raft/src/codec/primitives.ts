import { type NodeId, nodeId } from '@quorate/transport';
import { ByteReader, type ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

/*
 * What the formats of this package have in common, beyond what the transport's codec kit knows.
 *
 *   flag      one byte, 0 or 1
 *   place     one byte that names one of a list of texts
 *   optional  flag │ the value, if the flag is 1
 *   node id   1..64 bytes of UTF-8, behind their number
 */

const NODE_ID_BYTES_MAX = 64;

/** Writes yes or no. */
export function writeFlag(writer: ByteWriter, isSet: boolean): void {
  writer.u8(isSet ? 1 : 0);
}

/** @throws DecodeError if the byte is neither 0 nor 1. */
export function readFlag(reader: ByteReader): boolean {
  const flag = reader.u8();
  if (flag > 1) throw new DecodeError(`flag: expected 0 or 1, got ${flag}`);
  return flag === 1;
}

/** Writes whether there is a value, and with `write` the value. */
export function writeOptional<Value>(
  writer: ByteWriter,
  value: Value | undefined,
  write: (value: Value) => void,
): void {
  writeFlag(writer, value !== undefined);
  if (value !== undefined) write(value);
}

/** What `writeOptional` wrote. */
export function readOptional<Value>(
  reader: ByteReader,
  read: (reader: ByteReader) => Value,
): Value | undefined {
  return readFlag(reader) ? read(reader) : undefined;
}

/** The text whose place the next byte names, counted from `first` on. @throws DecodeError */
export function readPlace<Text extends string>(
  reader: ByteReader,
  texts: readonly Text[],
  first = 0,
): Text {
  const place = reader.u8();
  const text = texts[place - first];
  if (text === undefined) {
    const last = first + texts.length - 1;
    throw new DecodeError(`place: expected ${first}..${last}, got ${place}`);
  }
  return text;
}

/** @throws DecodeError if the text is empty or longer than an id may be. */
export function readNodeId(reader: ByteReader): NodeId {
  const text = reader.string(NODE_ID_BYTES_MAX);
  if (text === '') throw new DecodeError('node id: expected 1..64 bytes, got none');
  return nodeId(text);
}

/**
 * What `read` makes of all of `bytes` behind their version.
 *
 * @throws DecodeError if they are of another version, or something is left over.
 */
export function readVersioned<Value>(
  bytes: Uint8Array,
  version: number,
  read: (reader: ByteReader) => Value,
): Value {
  const reader = new ByteReader(bytes);
  const found = reader.u8();
  if (found !== version) throw new DecodeError(`version: expected ${version}, got ${found}`);
  const value = read(reader);
  reader.expectEnd();
  return value;
}

/** The value in `bytes`; nothing if they are none. For bytes that a replica must answer for. */
export function parse<Value>(codec: Codec<Value>, bytes: Uint8Array): Value | undefined {
  try {
    return codec.decode(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
