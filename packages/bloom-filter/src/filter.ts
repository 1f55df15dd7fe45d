import type { Key, KeyHasher } from '@quorate/hash';

/** Every structure of this package that has a file format, by the name it has there. */
export type FilterKind =
  | 'split-block'
  | 'bloom'
  | 'counting'
  | 'scalable'
  | 'rolling'
  | 'cuckoo'
  | 'fuse-8'
  | 'fuse-16'
  | 'fuse-32'
  | 'hyper-log-log'
  | 'count-min';

/** The kinds in the order of their numbers in files: new ones go to the end, none is removed. */
export const filterKinds: readonly FilterKind[] = [
  'split-block',
  'bloom',
  'counting',
  'scalable',
  'rolling',
  'cuckoo',
  'fuse-8',
  'fuse-16',
  'fuse-32',
  'hyper-log-log',
  'count-min',
];

/** How full a filter is, and what that means for its answers now. */
export interface FilterStats {
  /** Memory of the table, in bits. */
  readonly sizeBits: number;
  /** Share of the table that is in use, 0..1. */
  readonly fillRatio: number;
  /** How many distinct keys were added: exact where a filter counts, else an estimate. */
  readonly itemCount: number;
  /** The chance, 0..1, that `has` says true for a key that was never added. */
  readonly falsePositiveRate: number;
}

/**
 * A set that forgot its keys and kept a few bits of each.
 *
 * @remarks
 * It errs to one side only: what was added is found, always. What was not added is found with the
 * chance in `stats().falsePositiveRate`.
 */
export interface Filter {
  readonly kind: FilterKind;
  /** Makes 64 bits of each key; two filters that are to be combined need the same bits. */
  readonly hasher: KeyHasher;
  /**
   * Whether `key` is in the set: `false` is certain, `true` is probable.
   *
   * @throws RangeError if a number or a bigint is not an unsigned integer of 32 or 64 bits.
   */
  has(key: Key): boolean;
  /**
   * `has` for a key whose hash is at hand, so that one hash can serve many filters.
   *
   * @param high - Bits 32..63, as `KeyHasher` leaves them.
   * @param low - Bits 0..31.
   */
  hasHash(high: number, low: number): boolean;
  /** Counts bits: time grows with the table. */
  stats(): FilterStats;
}

/**
 * What became of a key: `added` says that it is certainly new, `present` that `has` was true before
 * and nothing changed, `full` that there was no room and nothing changed either. Only filters that
 * can be full answer so. Where keys can be removed, each addition counts, and `add` says how.
 */
export type AddOutcome = 'added' | 'present' | 'full';

/** A filter that takes keys one by one. */
export interface GrowingFilter extends Filter {
  /**
   * Adds `key`; from then on `has(key)` is true, unless the outcome is `full`.
   *
   * @throws RangeError if a number or a bigint is not an unsigned integer of 32 or 64 bits.
   */
  add(key: Key): AddOutcome;
  /** `add` for a key whose hash is at hand. */
  addHash(high: number, low: number): AddOutcome;
}

/** Whether two hashers give the same bits: the same function with the same seed. */
export function isSameHash(left: KeyHasher, right: KeyHasher): boolean {
  if (left.code !== right.code) return false;
  const seed = right.seed;
  return left.seed.length === seed.length && left.seed.every((byte, at) => byte === seed[at]);
}

/**
 * Throws unless two filters hash alike, since their bits would have nothing to do with each other.
 *
 * @throws RangeError if function or seed differ.
 */
export function checkSameHash(left: Pick<Filter, 'hasher'>, right: Pick<Filter, 'hasher'>): void {
  if (isSameHash(left.hasher, right.hasher)) return;
  throw new RangeError(
    `other.hasher: expected ${left.hasher.id} of the same seed, got ${right.hasher.id}`,
  );
}
