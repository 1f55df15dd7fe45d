import { keyHasher, type KeyHasher } from '@quorate/hash';

import { bloomShape, type BloomShape, type FilterSizing } from '../sizing.ts';
import { bitmapKeys, checkBitmapShape, type BitmapKeys } from './bitmap-layout.ts';
import type { RedisClient } from './redis-client.ts';

/** When a filter in Redis ends by itself. */
export interface RedisFilterExpiry {
  /** How long it lives, in ms; an integer in 1..2^42. */
  readonly afterMs: number;
  /**
   * `creation`: so long after the first addition, whatever comes later. `last-add`: so long after
   * the last one; a load counts when it begins.
   */
  readonly since: 'creation' | 'last-add';
}

/**
 * What a `RedisBloomFilter` is made of. Size and hash function must be those of all who share it;
 * the smallest table for a purpose is the same everywhere.
 */
export type RedisBloomFilterOptions = (FilterSizing | BloomShape) & {
  /** Of ioredis or node-redis, single or Cluster. The filter never closes it. */
  readonly client: RedisClient;
  /** Tells this filter from others; 1..512 characters. */
  readonly name: string;
  /** Stands in front of every key in Redis. Default `quorate`. */
  readonly prefix?: string;
  /** Makes the 64 bits of a key; `keyHasher()`, the fastest, without it. */
  readonly hasher?: KeyHasher;
  /**
   * When it ends by itself; without it, never. It is not part of what must be the same: who makes
   * the filter decides, and with `last-add` who adds to it.
   */
  readonly expiry?: RedisFilterExpiry;
  /**
   * What to answer when there is no filter in Redis. `empty`, the default: it is an empty one, and
   * `add` makes it. `refuse`: every call but `load`, `stats` and `clear` rejects with
   * `FilterGoneError`. Take it where a lost filter must not look like one that has nothing, and
   * make the filter by a load.
   */
  readonly whenMissing?: 'empty' | 'refuse';
  /**
   * Calls without an answer beyond which none is sent, 1..2^31-1, 10,000 by default. It bounds the
   * memory that a server which hangs can cost this process.
   */
  readonly pendingMax?: number;
};

/** The options, checked, with what stands for those that were left out. */
export interface CheckedOptions {
  readonly shape: BloomShape;
  readonly hasher: KeyHasher;
  readonly keys: BitmapKeys;
  readonly expiry: RedisFilterExpiry | undefined;
  readonly whenMissing: 'empty' | 'refuse';
  readonly pendingMax: number;
}

/**
 * Checks all of `options`.
 *
 * @throws RangeError if one is out of its range.
 */
export function checkedOptions(options: RedisBloomFilterOptions): CheckedOptions {
  const { name, prefix = 'quorate', expiry, whenMissing = 'empty', pendingMax = 10_000 } = options;
  const { bitCount, hashCount } = 'bitCount' in options ? options : bloomShape(options);
  checkBitmapShape({ bitCount, hashCount });
  const keys = bitmapKeys(prefix, name);
  if (expiry !== undefined) checkExpiry(expiry);
  checkWord('whenMissing', whenMissing, ['empty', 'refuse']);
  checkInteger('pendingMax', pendingMax, 2 ** 31 - 1);
  const hasher = options.hasher ?? keyHasher();
  return { shape: { bitCount, hashCount }, hasher, keys, expiry, whenMissing, pendingMax };
}

function checkExpiry({ afterMs, since }: RedisFilterExpiry): void {
  checkInteger('expiry.afterMs', afterMs, 2 ** 42);
  checkWord('expiry.since', since, ['creation', 'last-add']);
}

function checkWord(name: string, word: string, expected: readonly string[]): void {
  if (expected.includes(word)) return;
  throw new RangeError(`${name}: expected ${expected.join(' or ')}, got ${word}`);
}

function checkInteger(name: string, value: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= 1 && value <= max) return;
  throw new RangeError(`${name}: expected an integer in 1..${max}, got ${value}`);
}
