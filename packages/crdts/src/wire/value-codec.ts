/*
 * Values as bytes. Most values are a small number or a short text: there the first byte says the
 * kind and the number or the length at once.
 *
 *   0..8        null, false, true, float, text, code units, bytes, array, object; content follows
 *   16..29      an integer of 1 to 7 bytes, the highest first; the odd ones are negative: -1 - n
 *   64..127     a text of 0 to 63 bytes, as UTF-8
 *   128..255    an integer from 0 to 127
 *
 * One value has one encoding: an integer within ±2^52 is never written as a float, nothing in more
 * bytes than it needs, text that is well-formed never as code units, and there is one NaN. Keys
 * keep their order.
 */

import type { Value } from '../log/value.ts';

import { corrupt, decodeText, type ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { emptyObject, VALUE_DEPTH_MAX } from './copy-value.ts';

const NULL = 0;
const FALSE = 1;
const TRUE = 2;
const FLOAT = 3;
const TEXT = 4;
/** Text with a lone surrogate, as code units of two bytes. */
const UNITS = 5;
const BYTES = 6;
const ARRAY = 7;
const OBJECT = 8;
const INTEGER = 16;
/** The most bytes of an integer. */
const INTEGER_SIZE_MAX = 7;
const SHORT_TEXT = 64;
const SMALL_INTEGER = 128;

const float = /* @__PURE__ */ new DataView(new ArrayBuffer(8));
const encoder = new TextEncoder();

/** Writes `value`. */
export function writeValue(writer: ByteWriter, value: Value): void {
  if (value === null) writer.u8(NULL);
  else if (typeof value === 'boolean') writer.u8(value ? TRUE : FALSE);
  else if (typeof value === 'number') writeNumber(writer, value);
  else if (typeof value === 'string') writeText(writer, value);
  else if (value instanceof Uint8Array) {
    writer.u8(BYTES);
    writer.prefixed(value);
  } else if (isArray(value)) {
    writer.u8(ARRAY);
    writer.varint(value.length);
    for (const element of value) writeValue(writer, element);
  } else {
    const entries = Object.entries(value);
    writer.u8(OBJECT);
    writer.varint(entries.length);
    for (const [key, inner] of entries) {
      writeText(writer, key);
      writeValue(writer, inner);
    }
  }
}

/** `Array.isArray` does not narrow a readonly array. */
function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function isInteger(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 2 ** 52 && !Object.is(value, -0);
}

function writeNumber(writer: ByteWriter, value: number): void {
  if (isInteger(value)) {
    writeInteger(writer, value);
    return;
  }
  writer.u8(FLOAT);
  float.setFloat64(0, value);
  writer.word(float.getInt32(0), 4);
  writer.word(float.getInt32(4), 4);
}

function writeInteger(writer: ByteWriter, value: number): void {
  if (value >= 0 && value < 128) {
    writer.u8(SMALL_INTEGER + value);
    return;
  }
  const rest = value < 0 ? -1 - value : value;
  let sizeBytes = 1;
  while (rest >= 256 ** sizeBytes) sizeBytes += 1;
  writer.u8(INTEGER + 2 * (sizeBytes - 1) + (value < 0 ? 1 : 0));
  if (sizeBytes > 4) writer.word(Math.floor(rest / 2 ** 32), sizeBytes - 4);
  writer.word(rest % 2 ** 32, Math.min(sizeBytes, 4));
}

function writeText(writer: ByteWriter, value: string): void {
  if (value.isWellFormed()) {
    const bytes = encoder.encode(value);
    if (bytes.length < SMALL_INTEGER - SHORT_TEXT) {
      writer.u8(SHORT_TEXT + bytes.length);
      writer.bytes(bytes);
      return;
    }
    writer.u8(TEXT);
    writer.prefixed(bytes);
    return;
  }
  writer.u8(UNITS);
  writer.varint(value.length);
  for (let index = 0; index < value.length; index += 1) writer.word(value.charCodeAt(index), 2);
}

/**
 * Reads a value; the mirror of `writeValue`.
 *
 * @throws CorruptBytesError if none stands there, or not in its one encoding.
 */
export function readValue(reader: ByteReader, depthLeft: number = VALUE_DEPTH_MAX): Value {
  const kind = reader.u8();
  if (kind >= SMALL_INTEGER) return kind - SMALL_INTEGER;
  if (kind >= SHORT_TEXT) return readText(reader, kind);
  if (kind >= INTEGER) return readInteger(reader, kind - INTEGER);
  switch (kind) {
    case NULL:
      return null;
    case FALSE:
      return false;
    case TRUE:
      return true;
    case FLOAT:
      return readFloat(reader);
    case BYTES:
      return new Uint8Array(reader.prefixed());
    case ARRAY:
      return readArray(reader, depthLeft);
    case OBJECT:
      return readObject(reader, depthLeft);
    default:
      return readText(reader, kind);
  }
}

function readInteger(reader: ByteReader, code: number): number {
  const sizeBytes = (code >> 1) + 1;
  if (sizeBytes > INTEGER_SIZE_MAX) throw corrupt('the kind of a value', INTEGER + code);
  let rest = 0;
  for (let left = sizeBytes; left > 0; left -= 1) rest = rest * 256 + reader.u8();
  const value = code % 2 === 0 ? rest : -1 - rest;
  const isLonger = rest < 256 ** (sizeBytes - 1) && sizeBytes > 1;
  if (isLonger || (value >= 0 && value < 128) || !isInteger(value)) {
    throw corrupt('an integer', 'a longer form');
  }
  return value;
}

function readFloat(reader: ByteReader): number {
  const high = reader.word(4);
  const low = reader.word(4);
  float.setInt32(0, high);
  float.setInt32(4, low);
  const value = float.getFloat64(0);
  if (isInteger(value)) throw corrupt('an integer', 'a longer form');
  if (Number.isNaN(value) && (high !== 0x7ff8_0000 || low !== 0)) throw corrupt('NaN', 'another');
  return value;
}

function readText(reader: ByteReader, kind: number): string {
  if (kind >= SHORT_TEXT && kind < SMALL_INTEGER) {
    return decodeText(reader.bytes(kind - SHORT_TEXT));
  }
  if (kind === TEXT) {
    const bytes = reader.prefixed();
    if (bytes.length < SMALL_INTEGER - SHORT_TEXT) throw corrupt('a text', 'a longer form');
    return decodeText(bytes);
  }
  if (kind !== UNITS) throw corrupt('the kind of a value', kind);
  const bytes = reader.bytes(2 * reader.count());
  let text = '';
  for (let at = 0; at < bytes.length; at += 2) {
    text += String.fromCharCode(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
  }
  if (text.isWellFormed()) throw corrupt('a lone surrogate', 'a longer form');
  return text;
}

function readArray(reader: ByteReader, depthLeft: number): Value {
  if (depthLeft === 0) throw corrupt('less nesting', 'more');
  const count = reader.count();
  const array: Value[] = [];
  for (let index = 0; index < count; index += 1) array.push(readValue(reader, depthLeft - 1));
  return Object.freeze(array);
}

function readObject(reader: ByteReader, depthLeft: number): Value {
  if (depthLeft === 0) throw corrupt('less nesting', 'more');
  const count = reader.count();
  const object = emptyObject();
  const keys: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const key = readText(reader, reader.u8());
    if (Object.hasOwn(object, key)) throw corrupt('a key once', 'twice');
    object[key] = readValue(reader, depthLeft - 1);
    keys.push(key);
  }
  // An object has keys that look like an index in front, in whatever order they came.
  if (Object.keys(object).some((key, index) => key !== keys[index])) {
    throw corrupt('keys in order', 'another order');
  }
  return Object.freeze(object);
}
