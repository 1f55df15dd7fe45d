import { DecodeError } from '@quorate/transport/codec';

/** Reads the bits of bytes that nobody vouches for, from the highest of the first byte on. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  /** @param bytes - Borrowed: must not change while it is read. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /**
   * Reads `count` bits, at most 53, as a number.
   *
   * @throws DecodeError if fewer are left.
   */
  bits(count: number): number {
    if (count > this.#bytes.length * 8 - this.#at) {
      throw new DecodeError(`stamp: expected ${count} more bits, got its end`);
    }
    let value = 0;
    for (let left = count; left > 0;) {
      const unread = 8 - (this.#at & 7);
      const taken = Math.min(left, unread);
      const byte = this.#bytes[this.#at >>> 3] ?? 0;
      const bits = (byte >>> (unread - taken)) & ((1 << taken) - 1);
      // By multiplication, because a shift would drop the bits above 32.
      value = value * (1 << taken) + bits;
      this.#at += taken;
      left -= taken;
    }
    return value;
  }

  /**
   * States that nothing follows but the zeros that fill up a byte.
   *
   * @throws DecodeError if something does.
   */
  expectEnd(): void {
    const left = this.#bytes.length * 8 - this.#at;
    if (left >= 8) throw new DecodeError(`stamp: expected its end, got ${left} more bits`);
    if (this.bits(left) !== 0) throw new DecodeError('stamp: expected zeros at its end, got a one');
  }
}
