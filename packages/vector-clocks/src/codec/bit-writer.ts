import { ByteWriter } from '@quorate/transport/codec';

/** Writes bits into bytes, the first bit into the highest of the first byte. */
export class BitWriter {
  readonly #bytes = new ByteWriter(32);
  #partial = 0;
  #partialBits = 0;

  /** Writes the lowest `count` bits of `value`, an integer in 0..2^count-1; `count` at most 53. */
  bits(value: number, count: number): void {
    if (count > 24) {
      this.bits(Math.floor(value / 0x100_0000), count - 24);
      this.bits(value % 0x100_0000, 24);
      return;
    }
    for (let shift = count - 1; shift >= 0; shift -= 1) {
      this.#partial = (this.#partial << 1) | ((value >>> shift) & 1);
      this.#partialBits += 1;
      if (this.#partialBits === 8) this.#flush();
    }
  }

  /** The bytes, the last one filled up with zeros. Empties the writer. */
  finish(): Uint8Array {
    if (this.#partialBits > 0) {
      this.#partial <<= 8 - this.#partialBits;
      this.#flush();
    }
    return this.#bytes.finish();
  }

  #flush(): void {
    this.#bytes.u8(this.#partial);
    this.#partial = 0;
    this.#partialBits = 0;
  }
}
