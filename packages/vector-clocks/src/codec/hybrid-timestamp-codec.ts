/*
 * A hybrid timestamp in 8 bytes, the upper ones first: they sort as timestamps do, in keys of a
 * store as well as with `Buffer.compare`. All 2^64 values are timestamps, so there is nothing to
 * check but the length, and no room for a version: a message that carries one has its own.
 */
import { DecodeError } from '@quorate/transport/codec';

import {
  checkTimestamp,
  type HybridTimestamp,
  timestampHigh,
  timestampLow,
  timestampOfHalves,
} from '../hybrid/hybrid-timestamp.ts';

/** How many bytes a timestamp takes. */
export const TIMESTAMP_SIZE_BYTES = 8;

/**
 * `timestamp` in 8 bytes that sort as timestamps do.
 *
 * @throws RangeError if it is none.
 *
 * @example
 * ```ts
 * Array.from(encodeTimestamp({ wallMs: 0x10002, counter: 3 })); // => [0, 0, 0, 1, 0, 2, 0, 3]
 * ```
 */
export function encodeTimestamp(timestamp: HybridTimestamp): Uint8Array {
  const bytes = new Uint8Array(TIMESTAMP_SIZE_BYTES);
  writeTimestamp(timestamp, bytes, 0);
  return bytes;
}

/**
 * Writes `timestamp` into 8 bytes of `target`, and allocates nothing.
 *
 * @param timestamp - A timestamp, or a `HybridClock`: then the last one it gave.
 * @param offset - Where its first byte goes.
 * @throws RangeError if it is no timestamp, or `target` has no room for it there.
 */
export function writeTimestamp(timestamp: HybridTimestamp, target: Uint8Array, offset = 0): void {
  checkTimestamp('timestamp', timestamp);
  if (!(Number.isInteger(offset) && offset >= 0 && offset <= target.length - 8)) {
    throw new RangeError(`offset: expected room for 8 of ${target.length} bytes, got ${offset}`);
  }
  writeWord(timestampHigh(timestamp), target, offset);
  writeWord(timestampLow(timestamp), target, offset + 4);
}

/**
 * The timestamp in 8 bytes.
 *
 * @throws DecodeError if there are more or fewer.
 */
export function decodeTimestamp(bytes: Uint8Array): HybridTimestamp {
  if (bytes.length !== TIMESTAMP_SIZE_BYTES) {
    throw new DecodeError(`timestamp: expected 8 bytes, got ${bytes.length}`);
  }
  return timestampOfHalves(readWord(bytes, 0), readWord(bytes, 4));
}

function writeWord(value: number, target: Uint8Array, offset: number): void {
  target[offset] = value >>> 24;
  target[offset + 1] = value >>> 16;
  target[offset + 2] = value >>> 8;
  target[offset + 3] = value;
}

function readWord(bytes: Uint8Array, offset: number): number {
  const upper = (byteAt(bytes, offset) << 24) | (byteAt(bytes, offset + 1) << 16);
  return (upper | (byteAt(bytes, offset + 2) << 8) | byteAt(bytes, offset + 3)) >>> 0;
}

function byteAt(bytes: Uint8Array, index: number): number {
  // The length was checked.
  return bytes[index] ?? 0;
}
