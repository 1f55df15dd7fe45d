/*
 * CRC-32C, the checksum of iSCSI, ext4, and every frame and log record of this repository.
 *
 * A CRC is the remainder of the message, read as one long polynomial over GF(2), divided by a fixed
 * polynomial. Castagnoli's 0x1EDC6F41 is chosen over the older CRC-32 because its Hamming distance
 * is larger at the sizes of network frames: any 1 to 5 flipped bits within 655 bytes are found.
 *
 * Bit by bit that costs eight steps a byte; with one table of 256 remainders, one dependent
 * look-up a byte. The look-ups of one byte wait for those of the byte before, and that chain, not
 * the arithmetic, is what takes the time. Slicing-by-16 breaks the chain: table k holds the
 * remainder of a byte followed by k zero bytes, so sixteen bytes are sixteen independent look-ups
 * XORed together.
 *
 * Everything inside is a signed 32-bit integer: a number of 2^31 or more does not fit V8's small
 * integers, and would be boxed on the heap at each step. Only the result is made unsigned.
 *
 * Sources: RFC 3720 §B.4 (test vectors); Castagnoli, Bräuer and Herrmann, "Optimization of cyclic
 * redundancy-check codes with 24 and 32 parity bits", 1993; Kounavis and Berry, "Novel table
 * lookup-based algorithms for high-performance CRC generation", 2008 (slicing).
 */

/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Every index below is in bounds. Saying `?? 0` instead of `!` makes 100 bytes cost a quarter more
   (65 against 52 ns), and every frame on the wire is summed twice. */

/** Castagnoli's polynomial, bit-reversed, because the bits of a byte are taken lowest first. */
const POLYNOMIAL_REVERSED = 0x82f63b78;

const SLICE_COUNT = 16;

/** `tables[256 * k + b]` is the remainder of byte `b` followed by `k` zero bytes. */
const tables: Int32Array = makeTables();

function makeTables(): Int32Array {
  const result = new Int32Array(256 * SLICE_COUNT);
  for (let byte = 0; byte < 256; byte += 1) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit += 1) {
      remainder = (remainder >>> 1) ^ ((remainder & 1) === 0 ? 0 : POLYNOMIAL_REVERSED);
    }
    result[byte] = remainder;
  }
  for (let index = 256; index < result.length; index += 1) {
    const previous = result[index - 256] ?? 0;
    result[index] = (previous >>> 8) ^ (result[previous & 0xff] ?? 0);
  }
  return result;
}

/**
 * The CRC-32C of `bytes[start..end)`.
 *
 * @param bytes - Only read, never copied.
 * @param start - First byte of the range, included; 0..bytes.length.
 * @param end - End of the range, excluded; start..bytes.length.
 * @param seed - The checksum of what came before, to continue it; 0 to begin.
 * @returns An integer in 0..2^32-1.
 * @throws RangeError if the range does not lie within `bytes`.
 *
 * @remarks
 * Finds accidents, not attacks: anyone can make bytes of a wanted checksum. O(end - start) time,
 * no allocation. `crc32c(ab) === crc32c(b, 0, b.length, crc32c(a))`.
 *
 * @example
 * ```ts
 * import { crc32c } from '@quorate/transport/codec';
 *
 * crc32c(new TextEncoder().encode('123456789')); // => 0xe3069283
 * ```
 */
export function crc32c(bytes: Uint8Array, start = 0, end: number = bytes.length, seed = 0): number {
  const isRange = Number.isSafeInteger(start) && Number.isSafeInteger(end);
  if (!isRange || start < 0 || start > end || end > bytes.length) {
    throw new RangeError(
      `start..end: expected a range within 0..${bytes.length}, ` + `got ${start}..${end}`,
    );
  }
  let crc = ~seed;
  let at = start;
  for (const last = end - SLICE_COUNT; at <= last; at += SLICE_COUNT) {
    crc = slice(bytes, at, crc);
  }
  for (; at < end; at += 1) {
    crc = (crc >>> 8) ^ tables[(crc ^ bytes[at]!) & 0xff]!;
  }
  return ~crc >>> 0;
}

/** Advances `crc` over the sixteen bytes at `at`: the first byte has fifteen more behind it. */
function slice(bytes: Uint8Array, at: number, crc: number): number {
  return (
    tables[3840 + ((bytes[at]! ^ crc) & 0xff)]! ^
    tables[3584 + ((bytes[at + 1]! ^ (crc >>> 8)) & 0xff)]! ^
    tables[3328 + ((bytes[at + 2]! ^ (crc >>> 16)) & 0xff)]! ^
    tables[3072 + (bytes[at + 3]! ^ (crc >>> 24))]! ^
    tables[2816 + bytes[at + 4]!]! ^
    tables[2560 + bytes[at + 5]!]! ^
    tables[2304 + bytes[at + 6]!]! ^
    tables[2048 + bytes[at + 7]!]! ^
    tables[1792 + bytes[at + 8]!]! ^
    tables[1536 + bytes[at + 9]!]! ^
    tables[1280 + bytes[at + 10]!]! ^
    tables[1024 + bytes[at + 11]!]! ^
    tables[768 + bytes[at + 12]!]! ^
    tables[512 + bytes[at + 13]!]! ^
    tables[256 + bytes[at + 14]!]! ^
    tables[bytes[at + 15]!]!
  );
}
