/*
 * A checksum at the end: two bytes for what is short, since most updates are one keystroke and each
 * byte counts there, and four from 64 bytes on. The two bytes are the low half of a CRC-32C: every
 * single flipped bit of a short update changes them, and of other damage 1 in 65,536 gets as far as
 * the decoder, which is strict.
 */

import { corrupt } from './byte-reader.ts';
import { crc32c } from './crc32c.ts';

/** Sealed bytes of this size and more have a checksum of four bytes. */
const LONG_SIZE_BYTES = 64;

/** A copy of `content` with its checksum behind it. */
export function seal(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const size = content.length;
  const sealed = new Uint8Array(size + checksumSizeFor(size));
  sealed.set(content);
  let rest = crc32c(content, 0, size);
  for (let at = size; at < sealed.length; at += 1) {
    sealed[at] = rest;
    rest >>>= 8;
  }
  return sealed;
}

/** How many bytes the checksum of `sizeBytes` of content has. */
export function checksumSizeFor(sizeBytes: number): number {
  return checksumSizeOf(sizeBytes + 2);
}

/** How many of the bytes of sealed ones are their checksum. */
export function checksumSizeOf(sizeBytes: number): number {
  return sizeBytes < LONG_SIZE_BYTES ? 2 : 4;
}

/**
 * Where the content of sealed `bytes` ends.
 *
 * @throws CorruptBytesError if the checksum is not that of the content.
 */
export function contentEnd(bytes: Uint8Array): number {
  const end = bytes.length - checksumSizeOf(bytes.length);
  if (end < 1) throw corrupt('a checksum', 'the end');
  let rest = crc32c(bytes, 0, end);
  for (let at = end; at < bytes.length; at += 1) {
    if (bytes[at] !== (rest & 0xff)) throw corrupt('its checksum', 'another');
    rest >>>= 8;
  }
  return end;
}

/** Whether the last two of fewer than 64 bytes are the checksum of the others. */
export function hasShortChecksum(bytes: Uint8Array): boolean {
  const end = bytes.length - 2;
  const checksum = crc32c(bytes, 0, end);
  return bytes[end] === (checksum & 0xff) && bytes[end + 1] === ((checksum >>> 8) & 0xff);
}
