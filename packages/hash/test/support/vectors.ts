import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { viewOf } from '../../src/scratch.ts';

const root = join(import.meta.dirname, '../../../..');

/** Where the published vectors lie, beside the repository. */
const data: string = process.env['QUORATE_DATA'] ?? join(root, '../shared/data');

/** Whether they are there; says so once for each file that skips them. */
export function hasData(): boolean {
  const isThere = existsSync(join(data, 'hashing')) && existsSync(join(data, 'filters'));
  if (!isThere) console.warn(`vectors not found at ${data}: set QUORATE_DATA to run them`);
  return isThere;
}

/** A file of vectors as a value; the caller says of which type, and the test fails if not. */
export function readVectors(path: string): unknown {
  return JSON.parse(readFileSync(join(data, path), 'utf8'));
}

/** One line of xxh-rapidhash-vectors.json. */
export interface XxhRow {
  readonly bytes: Uint8Array;
  readonly seed: bigint;
  readonly xxh32: string;
  readonly xxh64: string;
  readonly xxh3: string;
  readonly rapidhash: string;
}

/** 83 lengths with two seeds: what the reference headers of xxHash and rapidhash answer. */
export function xxhRows(): readonly XxhRow[] {
  const file = readVectors('filters/xxh-rapidhash-vectors.json') as {
    rows: [number, string, string, string, string, string][];
  };
  return file.rows.map(([length, seed, xxh32, xxh64, xxh3, rapidhash]) => ({
    bytes: Uint8Array.from({ length }, (_, index) => (index * 131 + 7) & 255),
    seed: BigInt(`0x${seed}`),
    xxh32,
    xxh64,
    xxh3,
    rapidhash,
  }));
}

/** Sixteen digits, from `[low, high]`. */
export function hex64(words: ArrayLike<number>): string {
  return hex32(words[1]!) + hex32(words[0]!);
}

/** Eight digits. */
export function hex32(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

/**
 * SMHasher's verification word: the function hashes 0..255 bytes with seed 256 - length, and then
 * all results, one after the other, with seed 0. One wrong bit anywhere changes the word.
 */
export function verificationWord(
  hash: (bytes: Uint8Array, seed: number) => ArrayLike<number>,
): string {
  const results = Array.from({ length: 256 }, (_, length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => index);
    return Array.from(hash(bytes, 256 - length));
  }).flat();
  const all = new Uint8Array(4 * results.length);
  const view = viewOf(all, 0, all.length);
  results.forEach((result, index) => view.setUint32(4 * index, result, true));
  return hex32(hash(all, 0)[0]!);
}

/** One line of murmur3-vectors.json. */
export interface MurmurRow {
  readonly seed: number;
  readonly str: string;
  readonly x86_32: string;
  readonly x64_128_h1: string;
  readonly x64_128_h2: string;
}

/** What a program in Go answers. */
export function murmurRows(): readonly MurmurRow[] {
  return (readVectors('filters/murmur3-vectors.json') as { rows: MurmurRow[] }).rows;
}
