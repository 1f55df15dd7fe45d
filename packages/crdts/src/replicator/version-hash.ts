import { crc32c } from '@quorate/transport/codec';

import { HASH_BYTES } from './codec.ts';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * 8 bytes that tell two versions apart, but for one pair in 2^64 or so: CRC-32C and FNV-1a, which
 * have nothing in common. Nothing is lost when two are taken for equal: they differ again after the
 * next change.
 */
export function versionHash(version: Uint8Array): Uint8Array {
  let fnv = FNV_OFFSET;
  for (const byte of version) fnv = Math.imul(fnv ^ byte, FNV_PRIME);
  const hash = new Uint8Array(HASH_BYTES);
  const view = new DataView(hash.buffer);
  view.setUint32(0, crc32c(version));
  view.setUint32(4, fnv >>> 0);
  return hash;
}

/** Whether two pieces of bytes are the same. */
export function areEqualBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left === right) return true;
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}
