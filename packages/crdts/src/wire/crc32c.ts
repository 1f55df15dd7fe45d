/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below is in bounds, and every keystroke is summed at both ends. */

/** Castagnoli's polynomial, bit-reversed, because the bits of a byte are taken lowest first. */
const POLYNOMIAL_REVERSED = 0x82f63b78;

/** Bytes that are summed in one call. */
const PART_BYTES = 1_024;

/** `remainders[256 * k + b]` is the remainder of byte `b` followed by `k` zero bytes. */
const remainders: Int32Array = /* @__PURE__ */ makeRemainders();

function makeRemainders(): Int32Array {
  const result = new Int32Array(2_048);
  for (let byte = 0; byte < 256; byte += 1) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit += 1) {
      remainder = (remainder >>> 1) ^ ((remainder & 1) === 0 ? 0 : POLYNOMIAL_REVERSED);
    }
    result[byte] = remainder;
  }
  for (let index = 256; index < 2_048; index += 1) {
    const previous = result[index - 256]!;
    result[index] = (previous >>> 8) ^ result[previous & 0xff]!;
  }
  return result;
}

/**
 * The CRC-32C of `bytes[start..end)`, which must lie within `bytes`.
 *
 * @returns A signed integer of 32 bits: larger numbers would be boxed at each call.
 *
 * @remarks
 * Finds accidents, not attacks. Eight bytes are looked up at once, and in calls for a part each,
 * because a file is summed when it is opened: what is called often is compiled soon.
 * Source: RFC 3720, which defines the checksum and has test vectors.
 */
export function crc32c(bytes: Uint8Array, start: number, end: number): number {
  let crc = -1;
  for (let at = start; at < end; at += PART_BYTES) {
    crc = sumPart(crc, bytes, at, Math.min(at + PART_BYTES, end));
  }
  return ~crc;
}

function sumPart(before: number, bytes: Uint8Array, start: number, end: number): number {
  let crc = before;
  let at = start;
  for (const last = end - 8; at <= last; at += 8) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      remainders[1_792 + (crc & 0xff)]! ^
      remainders[1_536 + ((crc >>> 8) & 0xff)]! ^
      remainders[1_280 + ((crc >>> 16) & 0xff)]! ^
      remainders[1_024 + (crc >>> 24)]! ^
      remainders[768 + bytes[at + 4]!]! ^
      remainders[512 + bytes[at + 5]!]! ^
      remainders[256 + bytes[at + 6]!]! ^
      remainders[bytes[at + 7]!]!;
  }
  for (; at < end; at += 1) {
    crc = (crc >>> 8) ^ remainders[(crc ^ bytes[at]!) & 0xff]!;
  }
  return crc;
}

/** The checksum so far, begun with -1, after one more byte; turned over (`~`) it is the result. */
export function crc32cStep(crc: number, byte: number): number {
  return (crc >>> 8) ^ remainders[(crc ^ byte) & 0xff]!;
}
