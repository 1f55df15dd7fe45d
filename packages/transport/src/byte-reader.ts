import { DecodeError } from './codec.ts';

// A byte order mark is a character like any other: dropping it would make two encodings of a text.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Texts up to this length are read character by character, which is cheaper than the decoder. */
const SHORT_TEXT_LENGTH = 24;

/**
 * Reads one message out of bytes that nobody vouches for. The mirror of `ByteWriter`.
 *
 * @remarks
 * Every method either returns a value and moves on, or throws `DecodeError`: for bytes that end too
 * early, a length larger than what remains, a number that is not a safe integer, an encoding that
 * is longer than needed, or text that is not UTF-8. A claimed length is checked before anything is
 * allocated, so memory is bounded by the size of the input.
 *
 * @example
 * ```ts
 * import { ByteReader } from '@quorate/transport/codec';
 *
 * const reader = new ByteReader(Uint8Array.of(1, 172, 2));
 * reader.u8(); // => 1
 * reader.varint(); // => 300
 * reader.remaining; // => 0
 * ```
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  /**
   * @param bytes - Borrowed: must not change while the reader or a view it gave out is used.
   * @param start - Where to begin, included; 0..bytes.length.
   * @param end - Where the message ends, excluded; start..bytes.length.
   * @throws RangeError if the range does not lie within `bytes`.
   */
  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    if (!(start >= 0 && start <= end && end <= bytes.length)) {
      throw new RangeError(
        `start..end: expected a range within 0..${bytes.length}, ` + `got ${start}..${end}`,
      );
    }
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.#end - this.#at;
  }

  /**
   * Reads one byte.
   *
   * @throws DecodeError if none is left.
   */
  u8(): number {
    return this.#byte(this.#advance(1, 'u8'));
  }

  /**
   * Reads two bytes.
   *
   * @throws DecodeError if fewer are left.
   */
  u16(): number {
    const at = this.#advance(2, 'u16');
    return (this.#byte(at) << 8) | this.#byte(at + 1);
  }

  /**
   * Reads four bytes.
   *
   * @throws DecodeError if fewer are left.
   */
  u32(): number {
    return this.#word(this.#advance(4, 'u32'));
  }

  /**
   * Reads eight bytes.
   *
   * @throws DecodeError if fewer are left, or if the number is larger than 2^53-1.
   */
  u64(): number {
    const at = this.#advance(8, 'u64');
    const high = this.#word(at);
    if (high >= 0x20_0000) throw new DecodeError('u64: expected at most 2^53-1, got more');
    return high * 0x1_0000_0000 + this.#word(at + 4);
  }

  /**
   * Reads an integer of 1 to 8 bytes, seven bits in each, the lowest first (LEB128).
   *
   * @throws DecodeError if it is cut off, larger than 2^53-1, or has a last byte of no use.
   */
  varint(): number {
    let byte = this.#byte(this.#advance(1, 'varint'));
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let scale = 1;
    // Seven more bytes at most: after the eighth, 56 bits have been read.
    for (let index = 1; index < 8; index += 1) {
      byte = this.#byte(this.#advance(1, 'varint'));
      scale *= 128;
      value += (byte & 0x7f) * scale;
      if (byte >= 0x80) continue;
      if (byte === 0) throw new DecodeError('varint: expected the shortest form, got a longer one');
      if (value > Number.MAX_SAFE_INTEGER) break;
      return value;
    }
    throw new DecodeError('varint: expected at most 2^53-1, got more');
  }

  /**
   * Reads a varint that says how many items follow.
   *
   * @param bytesEachMin - The fewest bytes that one item can take; at least 1.
   * @returns A count of items that can be there, so that a list of this length may be allocated.
   * @throws DecodeError if the remaining bytes cannot hold that many.
   */
  count(bytesEachMin = 1): number {
    const claimed = this.varint();
    if (claimed * bytesEachMin > this.remaining) {
      throw new DecodeError(`count: expected items for ${this.remaining} bytes, got ${claimed}`);
    }
    return claimed;
  }

  /**
   * Reads `count` bytes.
   *
   * @returns A view of the input, not a copy.
   * @throws DecodeError if fewer are left.
   */
  bytes(count: number): Uint8Array {
    const at = this.#advance(count, 'bytes');
    return this.#bytes.subarray(at, at + count);
  }

  /**
   * Reads a varint length and as many bytes.
   *
   * @param sizeBytesMax - The largest length to accept, included.
   * @returns A view of the input, not a copy.
   * @throws DecodeError if fewer are left, or if the length exceeds `sizeBytesMax`.
   */
  lengthPrefixed(sizeBytesMax: number = Number.MAX_SAFE_INTEGER): Uint8Array {
    return this.bytes(this.#length(sizeBytesMax));
  }

  /**
   * Reads length-prefixed UTF-8.
   *
   * @param sizeBytesMax - The largest length to accept, in bytes, included.
   * @throws DecodeError if fewer bytes are left, the length exceeds `sizeBytesMax`, or the bytes
   *   are not UTF-8.
   */
  string(sizeBytesMax: number = Number.MAX_SAFE_INTEGER): string {
    const sizeBytes = this.#length(sizeBytesMax);
    const at = this.#advance(sizeBytes, 'string');
    if (sizeBytes <= SHORT_TEXT_LENGTH) {
      const text = this.#shortAscii(at, sizeBytes);
      if (text !== undefined) return text;
    }
    try {
      return decoder.decode(this.#bytes.subarray(at, at + sizeBytes));
    } catch {
      throw new DecodeError('string: expected UTF-8, got something else');
    }
  }

  /**
   * States that the message ends here.
   *
   * @throws DecodeError if bytes are left over.
   */
  expectEnd(): void {
    if (this.#at === this.#end) return;
    throw new DecodeError(`message: expected its end, got ${this.remaining} more bytes`);
  }

  #length(sizeBytesMax: number): number {
    const sizeBytes = this.varint();
    if (sizeBytes > sizeBytesMax) {
      throw new DecodeError(`length: expected at most ${sizeBytesMax}, got ${sizeBytes}`);
    }
    return sizeBytes;
  }

  #shortAscii(at: number, length: number): string | undefined {
    let text = '';
    for (let index = at; index < at + length; index += 1) {
      const code = this.#byte(index);
      if (code >= 0x80) return undefined;
      text += String.fromCharCode(code);
    }
    return text;
  }

  #word(at: number): number {
    const low = (this.#byte(at + 1) << 16) | (this.#byte(at + 2) << 8) | this.#byte(at + 3);
    return this.#byte(at) * 0x100_0000 + low;
  }

  #byte(at: number): number {
    // `#advance` has checked that the byte exists.
    return this.#bytes[at] ?? 0;
  }

  /** Steps over `count` bytes and returns where they begin. */
  #advance(count: number, what: string): number {
    const at = this.#at;
    if (!(count >= 0 && count <= this.#end - at)) {
      throw new DecodeError(`${what}: expected ${count} more bytes, got ${this.#end - at}`);
    }
    this.#at = at + count;
    return at;
  }
}
