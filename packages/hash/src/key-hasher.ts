import type { HashId, KeyHasher } from './hasher.ts';
import { Murmur3X64Hasher } from './murmur3-x64-128.ts';
import { Murmur3X86Hasher } from './murmur3-x86-128.ts';
import type { HashSeed } from './seed.ts';
import { Siphash13Hasher, Siphash24Hasher } from './siphash.ts';
import { Xxh64Hasher } from './xxh64.ts';

const ids: ReadonlyMap<number, HashId> = new Map<number, HashId>([
  [1, 'murmur3-x86-128'],
  [2, 'xxh64'],
  [3, 'murmur3-x64-128'],
  [4, 'siphash-1-3'],
  [5, 'siphash-2-4'],
]);

/**
 * A hasher of keys.
 *
 * @param id - Which function; the fastest here, `murmur3-x86-128`, without it.
 * @param seed - 32 bits for murmur3 and 64 for `xxh64`, 0 without it; for SipHash a secret of 16
 *   bytes, which must be given.
 * @throws RangeError if there is no such function, or the seed does not fit it.
 *
 * @remarks
 * Two hashers of the same id and seed give the same bits on every engine and in every release. A
 * hasher holds the last result and nothing else; make one for each user and keep it.
 *
 * @example
 * ```ts
 * const hasher = keyHasher('xxh64', 2026n);
 * hasher.hash(7);
 * const sameKey = keyHasher('xxh64', 2026n);
 * sameKey.hash({ high: 0, low: 7 });
 * hasher.low === sameKey.low && hasher.high === sameKey.high; // => true
 * ```
 */
export function keyHasher(id: HashId = 'murmur3-x86-128', seed?: HashSeed): KeyHasher {
  switch (id) {
    case 'murmur3-x86-128':
      return new Murmur3X86Hasher(seed);
    case 'xxh64':
      return new Xxh64Hasher(seed);
    case 'murmur3-x64-128':
      return new Murmur3X64Hasher(seed);
    case 'siphash-1-3':
      return new Siphash13Hasher(seed);
    case 'siphash-2-4':
      return new Siphash24Hasher(seed);
    default:
      throw new RangeError(`id: expected one of ${known()}, got ${String(id)}`);
  }
}

/**
 * The function that has `code`, as `KeyHasher.code` says it; `undefined` if there is none, since it
 * is bytes of others that carry codes.
 */
export function hashIdOf(code: number): HashId | undefined {
  return ids.get(code);
}

function known(): string {
  return [...ids.values()].join(', ');
}
