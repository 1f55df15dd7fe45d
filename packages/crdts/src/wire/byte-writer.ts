const encoder = new TextEncoder();

/**
 * Bytes that grow at the end. Every value has one encoding, the shortest.
 *
 * @remarks The caller vouches for its numbers: this is the side that makes bytes.
 */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #sizeBytes = 0;

  /** @param initialBytes - Room to begin with; it doubles when needed. */
  constructor(initialBytes = 64) {
    this.#bytes = new Uint8Array(initialBytes);
  }

  /** How much has been written. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Writes the low eight bits of `value`. */
  u8(value: number): void {
    if (this.#sizeBytes === this.#bytes.length) this.#claim(1);
    this.#bytes[this.#sizeBytes++] = value;
  }

  /** Writes the low `count` bytes of an integer of 32 bits, the highest first. */
  word(value: number, count: number): void {
    for (let shift = 8 * (count - 1); shift >= 0; shift -= 8) this.u8(value >>> shift);
  }

  /** Writes an integer in 0..2^53-1, seven bits in a byte, the lowest first (LEB128). */
  varint(value: number): void {
    this.#claim(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#sizeBytes++] = (rest & 0x7f) | 0x80;
      // Division, because a shift would drop the bits above 32.
      rest = rest < 0x8000_0000 ? rest >>> 7 : Math.floor(rest / 128);
    }
    this.#bytes[this.#sizeBytes++] = rest;
  }

  /** Writes an integer within ±2^52, so that small ones of either sign are short. */
  signed(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** Writes `value` as it is. */
  bytes(value: Uint8Array): void {
    this.#claim(value.length);
    this.#bytes.set(value, this.#sizeBytes);
    this.#sizeBytes += value.length;
  }

  /** Writes the length of `value`, then `value`. */
  prefixed(value: Uint8Array): void {
    this.varint(value.length);
    this.bytes(value);
  }

  /** Writes well-formed text as UTF-8, with its length in bytes in front. */
  text(value: string): void {
    this.prefixed(encoder.encode(value));
  }

  /** Forgets what was written after the first `sizeBytes`. */
  truncate(sizeBytes: number): void {
    this.#sizeBytes = Math.min(this.#sizeBytes, sizeBytes);
  }

  /** What has been written, without a copy: valid until the next write. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#sizeBytes);
  }

  /** A copy of what has been written. */
  copy(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#sizeBytes);
  }

  #claim(count: number): void {
    const needed = this.#sizeBytes + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
