import { hashIdOf, keyHasher, type KeyHasher } from '@quorate/hash';

import type { SnapshotFields } from './snapshot-format.ts';

/**
 * The hasher that a snapshot names.
 *
 * @throws RangeError if there is no such function, or its seed is of another length.
 */
export function hasherOf({ hashCode, seed }: SnapshotFields): KeyHasher {
  const id = hashIdOf(hashCode);
  if (id === undefined) throw new RangeError(`hash: expected one that is known, got ${hashCode}`);
  return keyHasher(id, seed);
}

/** Which function of a key `hasher` is, as text: equal for equal functions, and for no others. */
export function spaceOf({ id, seed }: KeyHasher): string {
  const hex = Array.from(seed, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${id}:${hex}`;
}
