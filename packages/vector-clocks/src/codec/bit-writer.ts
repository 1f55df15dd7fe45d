import { ByteWriter } from '@quorate/transport/codec';

/** Writes bits into bytes, the first bit into the highest of the first byte. */
export class BitWriter {
  readonly #bytes = new ByteWriter();
  /** Bits that do not fill a byte yet, 0..7 of them. */
  #partial = 0;
  #partialBits = 0;

  /** Writes the lowest `count` bits of `value`, an integer in 0..2^count-1; `count` at most 53. */
  bits(value: number, count: number): void {
    if (count > 24) {
      this.bits(Math.floor(value / 0x100_0000), count - 24);
      this.bits(value % 0x100_0000, 24);
      return;
    }
    const pending = (this.#partial << count) | value;
    let pendingBits = this.#partialBits + count;
    for (; pendingBits >= 8; pendingBits -= 8) {
      this.#bytes.u8((pending >>> (pendingBits - 8)) & 0xff);
    }
    this.#partial = pending & ((1 << pendingBits) - 1);
    this.#partialBits = pendingBits;
  }

  /** The bytes, the last one filled up with zeros. Empties the writer. */
  finish(): Uint8Array {
    if (this.#partialBits > 0) this.bits(0, 8 - this.#partialBits);
    return this.#bytes.finish();
  }

  /** Forgets what was written. */
  reset(): void {
    this.#bytes.reset();
    this.#partial = 0;
    this.#partialBits = 0;
  }
}
