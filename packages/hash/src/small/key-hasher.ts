import type { HashId, KeyHasher } from '../hasher.ts';
import { Murmur3X86Hasher } from '../murmur3-x86-128.ts';
import type { HashSeed } from '../seed.ts';

const ID = 'murmur3-x86-128';
const CODE = 1;

/**
 * A hasher of keys, by the default function.
 *
 * @param id - Which function: `murmur3-x86-128`, also without it. The others are not here.
 * @param seed - 32 bits, 0 without it.
 * @throws RangeError if another function is asked for, or the seed does not fit.
 */
export function keyHasher(id: HashId = ID, seed?: HashSeed): KeyHasher {
  if (id === ID) return new Murmur3X86Hasher(seed);
  throw new RangeError(`id: expected ${ID}, the only one of this build, got ${id}`);
}

/** The function that has `code`, if it is the default one; `undefined` for every other. */
export function hashIdOf(code: number): HashId | undefined {
  return code === CODE ? ID : undefined;
}
