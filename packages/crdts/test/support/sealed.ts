import { contentEnd, seal } from '../../src/wire/seal.ts';

/** `update` with other content under a checksum that is right, as somebody would forge it. */
export function forged(
  update: Uint8Array,
  change: (content: Uint8Array) => Uint8Array,
): Uint8Array {
  return seal(change(update.slice(0, contentEnd(update))));
}

/** `bytes` with one bit turned over. */
export function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const damaged = bytes.slice();
  const at = (bit >> 3) % damaged.length;
  damaged[at] = (damaged[at] ?? 0) ^ (1 << (bit & 7));
  return damaged;
}
