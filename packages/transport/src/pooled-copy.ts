/*
 * Copies of small messages without a system allocation for each.
 *
 * V8 keeps a typed array of up to 64 bytes in its own heap; a larger one is allocated, zeroed and
 * freed outside of it, which costs ten times as much as filling it. So, as Node does for Buffers,
 * copies of a middling size are cut from a slab one after another. A slab lives as long as any of
 * its copies: whoever keeps one small copy for long keeps up to 8 KiB.
 */
const SLAB_BYTES = 8 * 1024;
const POOLED_BYTES_MIN = 65;
const POOLED_BYTES_MAX = 1_024;

let slab = new Uint8Array(SLAB_BYTES);
let usedBytes = 0;

/** A copy of `bytes[start..end)`. Its `buffer` may be larger and hold other copies. */
export function pooledCopy(
  bytes: Uint8Array,
  start = 0,
  end: number = bytes.length,
): Uint8Array<ArrayBuffer> {
  const sizeBytes = end - start;
  const source = bytes.subarray(start, end);
  let copy: Uint8Array<ArrayBuffer>;
  if (sizeBytes < POOLED_BYTES_MIN || sizeBytes > POOLED_BYTES_MAX) {
    copy = new Uint8Array(sizeBytes);
  } else {
    if (usedBytes + sizeBytes > SLAB_BYTES) {
      slab = new Uint8Array(SLAB_BYTES);
      usedBytes = 0;
    }
    copy = slab.subarray(usedBytes, usedBytes + sizeBytes);
    usedBytes += sizeBytes;
  }
  copy.set(source);
  return copy;
}
