import type { Random } from '@quorate/transport';

import { decodeChunks, encodeChunks } from '../../src/wire/chunks.ts';
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

/** A file with one or two bits of one chunk turned over, under a checksum that is right. */
export function forgedFile(file: Uint8Array, random: Random): Uint8Array {
  const known = new Set(Array.from({ length: 64 }, (_, id) => id));
  const chunks = [...decodeChunks(file, known)];
  const at = random.int(chunks.length);
  return encodeChunks(
    chunks.map(([id, content], index) => {
      if (index !== at || content.length === 0) return [id, content];
      const once = flipped(content, random.int(8 * content.length));
      return [id, random.int(2) === 0 ? once : flipped(once, random.int(8 * content.length))];
    }),
  );
}
