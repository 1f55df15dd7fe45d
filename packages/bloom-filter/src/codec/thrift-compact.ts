/*
 * As much of Thrift's compact protocol as the metadata of a Parquet file needs.
 *
 * A struct is a list of fields, each of one byte that holds its type in the lower half and, in the
 * upper, how far its number is from that of the field before; a field of type 0 ends the struct.
 *
 *   type   1, 2   true and false: the value is the type, there is no more
 *          3      one byte
 *          4..6   a zigzag varint: 0, -1, 1, -2 … are 0, 1, 2, 3 …
 *          7      a double
 *          8      a varint of length, and as many bytes
 *          9, 10  a list or set: count and type of its items in one byte, then the items
 *          11     a map
 *          12     a struct
 *
 * A file comes from anywhere. So counts are checked against the bytes that are left, and structs
 * within structs go so deep and no deeper: a few kilobytes of 0x1c would nest as often.
 *
 * Source: Apache Thrift, doc/specs/thrift-compact-protocol.md.
 */
import { ByteReader, DecodeError, type ByteWriter } from '@quorate/transport/codec';

/** A number of 32 bits, as every type below by its number in a field's head. */
export const THRIFT_I32 = 5;
/** A number of 64 bits. */
export const THRIFT_I64 = 6;
/** Bytes with their length before them; a string is one, too. */
export const THRIFT_BINARY = 8;
/** A list of items of one type. */
export const THRIFT_LIST = 9;
/** A struct within a struct. */
export const THRIFT_STRUCT = 12;

const DEPTH_MAX = 32;
const STOP = 0;

/** What follows a field's number: its type says which method reads it. */
export interface ThriftField {
  readonly id: number;
  readonly type: number;
}

/** Reads structs field by field; what the caller does not know, it skips. */
export class ThriftReader {
  readonly #reader: ByteReader;
  readonly #length: number;
  #depth = 0;

  /**
   * @param bytes - Borrowed.
   * @param start - Where the first struct begins; 0..bytes.length.
   */
  constructor(bytes: Uint8Array, start = 0) {
    this.#reader = new ByteReader(bytes, start);
    this.#length = bytes.length;
  }

  /** How far it has read, from the beginning of the bytes. */
  get offset(): number {
    return this.#length - this.#reader.remaining;
  }

  /**
   * Reads a struct: `onField` reads the value of each field and returns true, or returns false and
   * has it skipped.
   *
   * @throws DecodeError if the bytes end early, or structs nest deeper than 32.
   */
  struct(onField: (field: ThriftField) => boolean): void {
    this.#enter();
    let id = 0;
    for (;;) {
      const head = this.#reader.u8();
      if (head === STOP) break;
      const step = head >>> 4;
      id = step === 0 ? this.i64() : id + step;
      const field = { id, type: head & 15 };
      if (!onField(field)) this.#skip(field.type);
    }
    this.#depth -= 1;
  }

  /** Reads a list of items of `type`, each by `onItem`. */
  list(type: number, onItem: () => void): void {
    const { count, itemType } = this.#listHead();
    if (count > 0 && itemType !== type) {
      throw new DecodeError(`list: expected items of type ${type}, got ${itemType}`);
    }
    for (let item = 0; item < count; item += 1) onItem();
  }

  /**
   * Reads a number of 16, 32 or 64 bits.
   *
   * @throws DecodeError if it is no safe integer.
   */
  i64(): number {
    // Ten bytes at most, of which a safe integer needs eight.
    const value = this.#reader.varint();
    const half = Math.floor(value / 2);
    return value % 2 === 0 ? half : -half - 1;
  }

  /** Reads bytes: a view, not a copy. */
  binary(): Uint8Array {
    return this.#reader.lengthPrefixed();
  }

  #listHead(): { readonly count: number; readonly itemType: number } {
    const head = this.#reader.u8();
    const short = head >>> 4;
    const count = short === 15 ? this.#reader.varint() : short;
    if (count > this.#reader.remaining) {
      throw new DecodeError(
        `list: expected items for ${this.#reader.remaining} bytes, got ${count}`,
      );
    }
    return { count, itemType: head & 15 };
  }

  #skip(type: number): void {
    if (type === 1 || type === 2) return;
    if (type === 3) this.#reader.u8();
    else if (type <= 6) this.#skipVarint();
    else if (type === 7) this.#reader.bytes(8);
    else if (type === THRIFT_BINARY) this.binary();
    else if (type <= 10) this.#skipList();
    else if (type === THRIFT_STRUCT) this.struct(() => false);
    else if (type === 11) this.#skipMap();
    else throw new DecodeError(`type: expected 1..12, got ${type}`);
  }

  /** Of any value: a field that nobody reads may hold all 64 bits. */
  #skipVarint(): void {
    for (let byte = 0; byte < 10; byte += 1) if (this.#reader.u8() < 0x80) return;
    throw new DecodeError('varint: expected at most 10 bytes, got more');
  }

  #skipList(): void {
    const { count, itemType } = this.#listHead();
    this.#enter();
    for (let item = 0; item < count; item += 1) this.#skipItem(itemType);
    this.#depth -= 1;
  }

  #skipMap(): void {
    const count = this.#reader.varint();
    if (count === 0) return;
    const types = this.#reader.u8();
    this.#enter();
    for (let entry = 0; entry < count; entry += 1) {
      this.#skipItem(types >>> 4);
      this.#skipItem(types & 15);
    }
    this.#depth -= 1;
  }

  /** Within a collection a boolean has a byte of its own, so every item takes one at least. */
  #skipItem(type: number): void {
    if (type === 1 || type === 2) this.#reader.u8();
    else this.#skip(type);
  }

  #enter(): void {
    this.#depth += 1;
    if (this.#depth <= DEPTH_MAX) return;
    throw new DecodeError(`struct: expected at most ${DEPTH_MAX} in each other, got more`);
  }
}

/** A field whose value is a struct without fields, in a struct that ends after it. */
export function writeUnion(writer: ByteWriter, fieldStep: number, choice: number): void {
  writer.u8((fieldStep << 4) | THRIFT_STRUCT);
  writer.u8((choice << 4) | THRIFT_STRUCT);
  writer.u8(STOP);
  writer.u8(STOP);
}

/** A number field that comes `fieldStep` after the field before. */
export function writeI32(writer: ByteWriter, fieldStep: number, value: number): void {
  writer.u8((fieldStep << 4) | THRIFT_I32);
  writer.varint(value < 0 ? -2 * value - 1 : 2 * value);
}

/** The end of a struct. */
export function writeStop(writer: ByteWriter): void {
  writer.u8(STOP);
}
