import { pooledCopy } from './pooled-copy.ts';

const encoder = new TextEncoder();

/** A buffer that grew beyond this is given back, or one huge message would pin it. */
const KEPT_BYTES_MAX = 1_024 * 1_024;

/** Texts up to this length are written character by character: the encoder costs more. */
const SHORT_TEXT_LENGTH = 48;

/** Seven bits in each hold 2^53-1. */
const VARINT_BYTES_MAX = 8;

/**
 * Builds one message in a growing buffer. Numbers are big-endian, every value has one encoding.
 *
 * @remarks
 * Meant to live as long as its codec: `finish` returns a copy of exactly the bytes written and
 * empties the writer for the next message. A value out of range is the caller's bug: it throws
 * before anything of that value is written. The writer may then hold part of a message; `reset` it.
 *
 * @example
 * ```ts
 * import { ByteWriter } from '@quorate/transport/codec';
 *
 * const writer = new ByteWriter();
 * writer.u8(1);
 * writer.varint(300);
 * Array.from(writer.finish()); // => [1, 172, 2]
 * ```
 */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #sizeBytes = 0;
  readonly #initialBytes: number;

  /**
   * @param initialBytes - Room to begin with, in bytes; at least 1. It doubles when needed.
   * @throws RangeError if `initialBytes` is no integer of at least 1.
   */
  constructor(initialBytes = 256) {
    if (!Number.isSafeInteger(initialBytes) || initialBytes < 1) {
      throw new RangeError(`initialBytes: expected an integer >= 1, got ${initialBytes}`);
    }
    this.#initialBytes = initialBytes;
    this.#bytes = new Uint8Array(initialBytes);
  }

  /** Bytes written since the last `finish` or `reset`. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /**
   * Writes one byte.
   *
   * @throws RangeError if `value` is no integer in 0..255.
   */
  u8(value: number): void {
    if ((value & 0xff) !== value) throw outOfRange('u8', 'an integer in 0..255', value);
    const at = this.#claim(1);
    this.#bytes[at] = value;
  }

  /**
   * Writes two bytes.
   *
   * @throws RangeError if `value` is no integer in 0..65535.
   */
  u16(value: number): void {
    if ((value & 0xffff) !== value) throw outOfRange('u16', 'an integer in 0..65535', value);
    const at = this.#claim(2);
    this.#bytes[at] = value >>> 8;
    this.#bytes[at + 1] = value;
  }

  /**
   * Writes four bytes.
   *
   * @throws RangeError if `value` is no integer in 0..2^32-1.
   */
  u32(value: number): void {
    if (value >>> 0 !== value) throw outOfRange('u32', 'an integer in 0..2^32-1', value);
    this.#word(this.#claim(4), value);
  }

  /**
   * Writes eight bytes.
   *
   * @throws RangeError if `value` is no integer in 0..2^53-1.
   */
  u64(value: number): void {
    checkSafe('u64', value);
    const at = this.#claim(8);
    this.#word(at, Math.floor(value / 0x1_0000_0000));
    this.#word(at + 4, value >>> 0);
  }

  /**
   * Writes 1 to 8 bytes, seven bits in each, the lowest first (LEB128).
   *
   * @throws RangeError if `value` is no integer in 0..2^53-1.
   */
  varint(value: number): void {
    checkSafe('varint', value);
    let at = this.#claim(VARINT_BYTES_MAX);
    let rest = value;
    while (rest >= 0x8000_0000) {
      this.#bytes[at] = (rest & 0x7f) | 0x80;
      at += 1;
      // Division, because a shift would drop the bits above 32.
      rest = Math.floor(rest / 128);
    }
    while (rest >= 0x80) {
      this.#bytes[at] = (rest & 0x7f) | 0x80;
      at += 1;
      rest >>>= 7;
    }
    this.#bytes[at] = rest;
    this.#sizeBytes = at + 1;
  }

  /** Writes `value` as it is. Copied. */
  bytes(value: Uint8Array): void {
    const at = this.#claim(value.length);
    this.#bytes.set(value, at);
  }

  /** Writes the length of `value` as a varint, then `value`. Copied. */
  lengthPrefixed(value: Uint8Array): void {
    this.varint(value.length);
    this.bytes(value);
  }

  /**
   * Writes `text` as length-prefixed UTF-8.
   *
   * @throws RangeError if `text` holds a lone surrogate, which UTF-8 cannot express.
   */
  string(text: string): void {
    if (text.length <= SHORT_TEXT_LENGTH && this.#shortAscii(text)) return;
    if (!text.isWellFormed()) {
      throw new RangeError('string: expected well-formed text, got a lone surrogate');
    }
    this.lengthPrefixed(encoder.encode(text));
  }

  /**
   * The bytes written, as a copy that is the caller's. Empties the writer.
   *
   * @returns Exactly the bytes; its `buffer` may be larger and hold other messages.
   */
  finish(): Uint8Array {
    const result = pooledCopy(this.#bytes, 0, this.#sizeBytes);
    this.reset();
    return result;
  }

  /**
   * The bytes written, to be read before the writer is used again: nothing is copied.
   *
   * @returns A view of the writer's own buffer. The next write may change what it shows.
   */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#sizeBytes);
  }

  /** Forgets what was written. */
  reset(): void {
    this.#sizeBytes = 0;
    if (this.#bytes.length > KEPT_BYTES_MAX) this.#bytes = new Uint8Array(this.#initialBytes);
  }

  /** Writes `text` and returns true, or writes nothing and returns false if it is not all ASCII. */
  #shortAscii(text: string): boolean {
    const before = this.#sizeBytes;
    // One length byte suffices, because the text is shorter than 128.
    const at = this.#claim(text.length + 1);
    this.#bytes[at] = text.length;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code >= 0x80) {
        this.#sizeBytes = before;
        return false;
      }
      this.#bytes[at + 1 + index] = code;
    }
    return true;
  }

  #word(at: number, value: number): void {
    this.#bytes[at] = value >>> 24;
    this.#bytes[at + 1] = value >>> 16;
    this.#bytes[at + 2] = value >>> 8;
    this.#bytes[at + 3] = value;
  }

  /** Makes room for `count` more bytes and returns where they begin. */
  #claim(count: number): number {
    const at = this.#sizeBytes;
    const needed = at + count;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
    }
    this.#sizeBytes = needed;
    return at;
  }
}

function checkSafe(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw outOfRange(name, 'an integer in 0..2^53-1', value);
  }
}

function outOfRange(name: string, expected: string, value: number): RangeError {
  return new RangeError(`${name}: expected ${expected}, got ${value}`);
}
