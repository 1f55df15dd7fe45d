import { ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

import { type Key, ordinary } from '../ordered-map.ts';

/** What a key is, as its first byte. */
const TEXT = 0;
const ODD_TEXT = 1;
const NATURAL = 2;
const NEGATIVE = 3;
const DOUBLE = 4;

/** A key of any kind as bytes: texts that are no Unicode are kept as they are. */
export const keyCodec: Codec<Key> = {
  encode(key) {
    const writer = new ByteWriter(16);
    if (typeof key === 'string') writeText(writer, key);
    else writeNumber(writer, ordinary(key));
    return writer.finish();
  },
  decode(bytes) {
    const reader = new ByteReader(bytes);
    const key = readKey(reader);
    reader.expectEnd();
    return key;
  },
};

/** A text as bytes, also if it is no Unicode. */
export const textCodec: Codec<string> = {
  encode: (text) => keyCodec.encode(text),
  decode(bytes) {
    const key = keyCodec.decode(bytes);
    if (typeof key === 'string') return key;
    throw new DecodeError('text: expected one, got a number');
  },
};

function writeText(writer: ByteWriter, text: string): void {
  if (text.isWellFormed()) {
    writer.u8(TEXT);
    writer.string(text);
    return;
  }
  writer.u8(ODD_TEXT);
  writer.varint(text.length);
  for (let index = 0; index < text.length; index += 1) writer.u16(text.charCodeAt(index));
}

function writeNumber(writer: ByteWriter, number: number): void {
  if (Number.isSafeInteger(number)) {
    writer.u8(number < 0 ? NEGATIVE : NATURAL);
    writer.varint(Math.abs(number));
    return;
  }
  writer.u8(DOUBLE);
  writer.bytes(bytesOf(number));
}

function bytesOf(number: number): Uint8Array {
  const bytes = new Uint8Array(8);
  // There are many NaNs in bytes, and a number may carry any of them along.
  new DataView(bytes.buffer).setFloat64(0, Number.isNaN(number) ? NaN : number);
  return bytes;
}

function readKey(reader: ByteReader): Key {
  const kind = reader.u8();
  if (kind === TEXT) return reader.string();
  if (kind === ODD_TEXT) return readOddText(reader);
  if (kind === NATURAL) return reader.varint();
  if (kind === NEGATIVE) {
    const size = reader.varint();
    if (size > 0) return -size;
  }
  if (kind === DOUBLE) {
    const bytes = reader.bytes(8);
    const number = new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0);
    const isShortest = !Number.isSafeInteger(number);
    if (isShortest && bytesOf(number).every((byte, at) => byte === bytes[at])) return number;
  }
  throw new DecodeError(`key: expected a text or a number, got kind ${kind}`);
}

function readOddText(reader: ByteReader): string {
  let text = '';
  for (let count = reader.count(2); count > 0; count -= 1) {
    text += String.fromCharCode(reader.u16());
  }
  if (!text.isWellFormed()) return text;
  throw new DecodeError('text: expected its shorter form, got a longer one');
}
