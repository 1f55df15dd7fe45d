import { checkedHalf, checkedUint64, highHalf, lowHalf } from './key.ts';

/**
 * What makes a family of functions out of one: an unsigned integer, or its bytes, little-endian.
 *
 * @remarks
 * How many bits there are depends on the function: 32, 64, or 128 for SipHash, which takes bytes.
 */
export type HashSeed = number | bigint | Uint8Array;

/** A seed of 32 bits, as an int32. */
export function seed32(seed: HashSeed): number {
  if (typeof seed === 'number') return checkedHalf('seed', seed);
  const [low = 0] = seedWords(seed, 4);
  return low;
}

/**
 * A seed of `sizeBytes`, as int32 words, the lowest first.
 *
 * @throws RangeError if it does not fit, or is of another length.
 */
export function seedWords(seed: HashSeed, sizeBytes: 4 | 8 | 16): number[] {
  if (typeof seed === 'number') return padded([checkedHalf('seed', seed)], sizeBytes);
  if (typeof seed === 'bigint') return padded(bigintWords(seed, sizeBytes), sizeBytes);
  if (seed.length !== sizeBytes) {
    throw new RangeError(`seed: expected ${sizeBytes} bytes, got ${seed.length}`);
  }
  const view = new DataView(seed.buffer, seed.byteOffset, sizeBytes);
  return Array.from({ length: sizeBytes / 4 }, (_, index) => view.getInt32(4 * index, true));
}

/** The bytes of `words`, little-endian. */
export function bytesOfWords(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * words.length);
  const view = new DataView(bytes.buffer);
  words.forEach((word, index) => view.setInt32(4 * index, word, true));
  return bytes;
}

function bigintWords(seed: bigint, sizeBytes: number): number[] {
  if (sizeBytes === 4) return [checkedHalf('seed', Number(checkedUint64('seed', seed)))];
  const value = checkedUint64('seed', seed);
  return [lowHalf(value), highHalf(value)];
}

function padded(words: number[], sizeBytes: number): number[] {
  while (words.length < sizeBytes / 4) words.push(0);
  return words;
}
