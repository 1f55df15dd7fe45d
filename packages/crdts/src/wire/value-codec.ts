/*
 * Values as bytes: a byte that says the kind, then the content. One value has one encoding: an
 * integer within ±2^52 is never written as a float, text that is well-formed never as code units,
 * and there is one NaN. Keys keep their order.
 */

import type { Value } from '../log/value.ts';

import { corrupt, type ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { emptyObject, VALUE_DEPTH_MAX } from './copy-value.ts';

const NULL = 0;
const FALSE = 1;
const TRUE = 2;
const INTEGER = 3;
const FLOAT = 4;
const TEXT = 5;
/** Text with a lone surrogate, as code units of two bytes. */
const UNITS = 6;
const BYTES = 7;
const ARRAY = 8;
const OBJECT = 9;

const float = /* @__PURE__ */ new DataView(new ArrayBuffer(8));

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
    writer.u8(INTEGER);
    writer.signed(value);
    return;
  }
  writer.u8(FLOAT);
  float.setFloat64(0, value);
  writer.word(float.getInt32(0), 4);
  writer.word(float.getInt32(4), 4);
}

function writeText(writer: ByteWriter, value: string): void {
  if (value.isWellFormed()) {
    writer.u8(TEXT);
    writer.text(value);
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
  switch (kind) {
    case NULL:
      return null;
    case FALSE:
      return false;
    case TRUE:
      return true;
    case INTEGER:
      return reader.signed();
    case FLOAT:
      return readFloat(reader);
    case TEXT:
    case UNITS:
      return readText(reader, kind);
    case BYTES:
      return new Uint8Array(reader.prefixed());
    case ARRAY:
      return readArray(reader, depthLeft);
    case OBJECT:
      return readObject(reader, depthLeft);
    default:
      throw corrupt('the kind of a value', kind);
  }
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
  if (kind === TEXT) return reader.text();
  if (kind !== UNITS) throw corrupt('a text', kind);
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
  for (let index = 0; index < count; index += 1) {
    const key = readText(reader, reader.u8());
    if (Object.hasOwn(object, key)) throw corrupt('a key once', 'twice');
    object[key] = readValue(reader, depthLeft - 1);
  }
  return Object.freeze(object);
}
