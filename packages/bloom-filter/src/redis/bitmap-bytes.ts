/*
 * Between the words of a `BloomFilter` and the bytes of its bitmap in Redis.
 *
 * Position 0 is the least significant bit of the first word, and the most significant bit of byte
 * 0. So four bytes read as one big-endian number are the word in reverse.
 *
 *   position      0 1 2 3 4 5 6 7   8 …         31
 *   bytes         byte 0, from 2^7 down to 2^0; byte 1 …
 *   word          2^0 2^1 2^2 …                 2^31
 */

/** The bytes of `words`, freshly allocated: four for each. */
export function bitmapBytesOf(words: Int32Array): Uint8Array {
  const bytes = new Uint8Array(4 * words.length);
  const view = new DataView(bytes.buffer);
  words.forEach((word, at) => view.setInt32(4 * at, reversed(word), false));
  return bytes;
}

/** Puts `bytes`, a multiple of four, into `words` from the place `start` on. */
export function readBitmapBytes(bytes: Uint8Array, words: Int32Array, start: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; 4 * at < bytes.length; at += 1) {
    words[start + at] = reversed(view.getInt32(4 * at, false));
  }
}

/** The 32 bits of `word` in the opposite order. */
function reversed(word: number): number {
  let bits = ((word >>> 1) & 0x5555_5555) | ((word & 0x5555_5555) << 1);
  bits = ((bits >>> 2) & 0x3333_3333) | ((bits & 0x3333_3333) << 2);
  bits = ((bits >>> 4) & 0x0f0f_0f0f) | ((bits & 0x0f0f_0f0f) << 4);
  bits = ((bits >>> 8) & 0x00ff_00ff) | ((bits & 0x00ff_00ff) << 8);
  return (bits >>> 16) | (bits << 16);
}
