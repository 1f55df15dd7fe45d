/*
 * Cyclic redundancy checks, here only because protocols place keys with them: Redis Cluster takes
 * CRC-16 modulo 16,384, and libmemcached the middle of CRC-32. A CRC is linear: keys that differ in
 * few bits differ in predictable bits, and it cannot be seeded.
 *
 * The input is one long polynomial over GF(2), and the result its remainder by a fixed one; a table
 * holds the remainder of each byte. CRC-16/XMODEM takes the highest bit of a byte first and begins
 * at 0; CRC-32 takes the lowest first, so that its polynomial is written backwards, and is inverted
 * before and after.
 *
 * Source: ITU-T V.41 (XMODEM's polynomial, 0x1021); ISO 3309 (CRC-32, 0x04c11db7); Redis Cluster
 * specification; libmemcached, libhashkit/crc32.cc.
 */
import { lengthOf, loadInput } from './scratch.ts';

const table16: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => remainder16(byte));
const table32: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => remainder32(byte));

/**
 * CRC-16/XMODEM, 0..65,535, as Redis Cluster has it.
 *
 * @param input - A string is hashed as its UTF-8.
 *
 * @example
 * ```ts
 * crc16('123456789'); // => 0x31c3
 * ```
 */
export function crc16(input: string | Uint8Array): number {
  const view = loadInput(input);
  const length = lengthOf(view);
  let crc = 0;
  for (let at = 0; at < length; at += 1) {
    const index = (crc >>> 8) ^ view.getUint8(at);
    crc = ((crc << 8) & 0xffff) ^ (table16[index] ?? 0);
  }
  return crc;
}

/**
 * CRC-32 of zip, PNG and Ethernet, as an int32.
 *
 * @param input - A string is hashed as its UTF-8.
 *
 * @example
 * ```ts
 * crc32('123456789') >>> 0; // => 0xcbf43926
 * ```
 */
export function crc32(input: string | Uint8Array): number {
  const view = loadInput(input);
  const length = lengthOf(view);
  let crc = -1;
  for (let at = 0; at < length; at += 1) {
    crc = (crc >>> 8) ^ (table32[(crc ^ view.getUint8(at)) & 0xff] ?? 0);
  }
  return ~crc;
}

/**
 * libmemcached's `crc`: bits 16..30 of CRC-32.
 *
 * @param input - A string is hashed as its UTF-8.
 *
 * @example
 * ```ts
 * libmemcachedCrc('apple'); // => 10542
 * ```
 */
export function libmemcachedCrc(input: string | Uint8Array): number {
  return (crc32(input) >>> 16) & 0x7fff;
}

function remainder16(byte: number): number {
  let remainder = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) {
    remainder = (remainder << 1) ^ ((remainder & 0x8000) === 0 ? 0 : 0x1021);
  }
  return remainder & 0xffff;
}

function remainder32(byte: number): number {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    remainder = (remainder >>> 1) ^ ((remainder & 1) === 0 ? 0 : 0xedb88320);
  }
  return remainder;
}
