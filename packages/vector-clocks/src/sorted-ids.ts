import type { ReplicaId } from './replica-id.ts';

/**
 * Where `id` stands in `ids`.
 *
 * @param ids - In ascending order of UTF-16 code units, as `<` has it, each once.
 * @returns Its index; if it is not there, the bitwise complement (`~`) of the index it would have.
 *   O(log n).
 */
export function positionOf(ids: readonly ReplicaId[], id: ReplicaId): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = ids[middle] ?? '';
    if (found === id) return middle;
    if (found < id) low = middle + 1;
    else high = middle;
  }
  return ~low;
}

/**
 * The same text, as the one string object that the engine has for it.
 *
 * @remarks
 * Texts that came over the network are equal and not identical, and `===` reads both to the end.
 * Names of properties are unique within an engine, which can compare them by address. It forgets a
 * name that nobody uses any more, so that there is no table here to leak.
 */
export function interned(id: ReplicaId): ReplicaId {
  return Object.keys({ [id]: 0 })[0] ?? id;
}
