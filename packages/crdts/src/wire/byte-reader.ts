import { CorruptBytesError } from '../errors.ts';

// A byte order mark is a character like any other: dropping it would make two encodings of a text.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads what `ByteWriter` wrote, out of bytes that nobody vouches for.
 *
 * @remarks
 * Every method returns a value and moves on, or throws `CorruptBytesError`: for bytes that end too
 * early, a number beyond its bound, an encoding longer than needed, text that is not UTF-8. Nothing
 * is allocated by a length that the bytes only claim.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  /** @param bytes - Borrowed; `start..end` must lie within. */
  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.#end - this.#at;
  }

  /** Where the next byte is. */
  get position(): number {
    return this.#at;
  }

  /** Reads on from another position within. */
  moveTo(position: number): void {
    this.#at = Math.min(position, this.#end);
  }

  /** Reads one byte. */
  u8(): number {
    if (this.#at >= this.#end) throw corrupt('more bytes', 'the end');
    return this.#bytes[this.#at++] ?? 0;
  }

  /** Reads an integer of 32 bits out of `count` bytes, the highest first. */
  word(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index += 1) value = (value << 8) | this.u8();
    return value;
  }

  /** Reads an integer in 0..`max` of seven bits in a byte; at most 2^53-1. */
  varint(max: number = Number.MAX_SAFE_INTEGER): number {
    let byte = this.u8();
    let value = byte & 0x7f;
    let scale = 1;
    while (byte >= 0x80 && scale < 2 ** 49) {
      byte = this.u8();
      scale *= 128;
      value += (byte & 0x7f) * scale;
    }
    if (byte >= 0x80 || (byte === 0 && scale > 1)) throw corrupt('a short number', 'a long one');
    if (value > max) throw corrupt(`at most ${max}`, value);
    return value;
  }

  /** Reads an integer within ±`max`; `max` is at most 2^52-1. */
  signed(max: number = 2 ** 52 - 1): number {
    const value = this.varint(2 * max + 1);
    const half = Math.floor(value / 2);
    const result = value % 2 === 0 ? half : -half - 1;
    if (result < -max) throw corrupt(`at least ${-max}`, result);
    return result;
  }

  /** Reads how many items follow, each of which takes at least one byte. */
  count(): number {
    const claimed = this.varint();
    if (claimed > this.remaining) throw corrupt(`at most ${this.remaining} items`, claimed);
    return claimed;
  }

  /** Reads `count` bytes, as a view. */
  bytes(count: number): Uint8Array {
    if (count > this.remaining) throw corrupt(`${count} bytes`, this.remaining);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** Reads the bytes of `count` units of UTF-16 that stand there as UTF-8, as a view. */
  units(count: number): Uint8Array {
    const bytes = this.#bytes;
    let size = 0;
    let left = count;
    while (left > 0 && size < this.remaining) {
      const lead = bytes[this.#at + size] ?? 0;
      size += lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
      left -= lead < 0xf0 ? 1 : 2;
    }
    if (left !== 0) throw corrupt(`a text of ${count} units`, count - left);
    return this.bytes(size);
  }

  /** Reads a length and as many bytes, as a view. */
  prefixed(): Uint8Array {
    return this.bytes(this.varint());
  }

  /** Reads UTF-8 with its length in bytes in front. */
  text(): string {
    return decodeText(this.prefixed());
  }

  /** States that nothing follows. */
  expectEnd(): void {
    if (this.remaining > 0) throw corrupt('the end', `${this.remaining} bytes`);
  }
}

/** The text whose UTF-8 `bytes` are; throws `CorruptBytesError` if they are none. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw corrupt('UTF-8', 'something else');
  }
}

/** The error of bytes in which something stands that no encoder writes. */
export function corrupt(expected: string, got: string | number): CorruptBytesError {
  return new CorruptBytesError(`bytes: expected ${expected}, got ${got}`);
}
