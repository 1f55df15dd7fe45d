/** 64 bits in two halves: enough to tell states apart by accident, no protection against intent. */
export interface Digest64 {
  readonly high: number;
  readonly low: number;
}

/** The digest of nothing. */
export const emptyDigest: Digest64 = { high: 0, low: 0 };

const encoder = new TextEncoder();

/**
 * Digests values that follow one another: two lanes of FNV-1a, each mixed at the end, so that sums
 * of digests tell sets apart. A plain checksum would not do: it is linear, and two entries that
 * swapped their values would cancel out.
 */
export class DigestWriter {
  #high = 0x811c9dc5;
  #low = 0x9747b28c;

  /** @param value - A safe integer >= 0. */
  number(value: number): this {
    this.#word(value >>> 0);
    this.#word(Math.floor(value / 2 ** 32));
    return this;
  }

  /** Length and content, so that what follows cannot be taken for a part of it. */
  bytes(bytes: Uint8Array): this {
    this.#word(bytes.length);
    for (const byte of bytes) this.#word(byte);
    return this;
  }

  text(text: string): this {
    return this.bytes(encoder.encode(text));
  }

  finish(): Digest64 {
    return { high: mixed(this.#high), low: mixed(this.#low ^ Math.imul(this.#high, 0x85ebca6b)) };
  }

  #word(word: number): void {
    this.#high = Math.imul(this.#high ^ word, 0x01000193);
    this.#low = Math.imul(this.#low ^ word, 0x5bd1e995) + 1;
  }
}

/** The digest of a set to which something with the digest `added` comes, in any order. */
export function including(set: Digest64, added: Digest64): Digest64 {
  return { high: (set.high + added.high) >>> 0, low: (set.low + added.low) >>> 0 };
}

/** The digest of a set from which something goes. */
export function excluding(set: Digest64, removed: Digest64): Digest64 {
  return { high: (set.high - removed.high) >>> 0, low: (set.low - removed.low) >>> 0 };
}

/** Eight bytes, big-endian. */
export function digestBytes({ high, low }: Digest64): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, high);
  view.setUint32(4, low);
  return bytes;
}

/** MurmurHash3's finalizer. */
function mixed(lane: number): number {
  let hash = lane;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
