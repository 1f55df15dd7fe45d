/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below is in bounds, and every keystroke is summed at both ends. */

/** Castagnoli's polynomial, bit-reversed, because the bits of a byte are taken lowest first. */
const POLYNOMIAL_REVERSED = 0x82f63b78;

const remainders: Int32Array = /* @__PURE__ */ makeRemainders();

function makeRemainders(): Int32Array {
  const result = new Int32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit += 1) {
      remainder = (remainder >>> 1) ^ ((remainder & 1) === 0 ? 0 : POLYNOMIAL_REVERSED);
    }
    result[byte] = remainder;
  }
  return result;
}

/**
 * The CRC-32C of `bytes[start..end)`, which must lie within `bytes`.
 *
 * @returns A signed integer of 32 bits: larger numbers would be boxed at each call.
 *
 * @remarks
 * Finds accidents, not attacks. One look-up a byte: updates are short, and files are summed once.
 * Source: RFC 3720, which defines the checksum and has test vectors.
 */
export function crc32c(bytes: Uint8Array, start: number, end: number): number {
  let crc = -1;
  for (let at = start; at < end; at += 1) {
    crc = (crc >>> 8) ^ remainders[(crc ^ bytes[at]!) & 0xff]!;
  }
  return ~crc;
}
