/*
 * Jenkins' one-at-a-time: every byte is added and stirred with two shifts, and three more at the
 * end. Old and slow, and the default of memcached's clients.
 *
 * Source: Bob Jenkins, "A hash function for hash table lookup", Dr. Dobb's Journal, 1997.
 */
import { lengthOf, loadInput } from './scratch.ts';

/**
 * One-at-a-time, as an int32.
 *
 * @param input - A string is hashed as its UTF-8.
 *
 * @example
 * ```ts
 * oneAtATime('a') >>> 0; // => 0xca2e9442
 * ```
 */
export function oneAtATime(input: string | Uint8Array): number {
  const view = loadInput(input);
  const length = lengthOf(view);
  let h = 0;
  for (let at = 0; at < length; at += 1) {
    h = (h + view.getUint8(at)) | 0;
    h = (h + (h << 10)) | 0;
    h ^= h >>> 6;
  }
  h = (h + (h << 3)) | 0;
  h ^= h >>> 11;
  return (h + (h << 15)) | 0;
}
