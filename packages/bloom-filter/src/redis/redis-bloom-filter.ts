/*
 * A classic Bloom filter in a bitmap in Redis, which services share.
 *
 * A filter in each process knows what that process has seen. What all have seen lies where all can
 * ask: here as one bitmap, of which every question touches k bits. Asking bit by bit would be k
 * round trips, and between the first and the last of them the filter may be cleared, or made anew
 * in another size. So a batch of keys is one script: it looks at the header, then at the bits, and
 * nothing comes between. Batches above a bound are several scripts, because a script keeps everyone
 * else waiting.
 *
 * Services have to agree on m, k and the hash function, or each reads noise where the others wrote.
 * The bitmap cannot tell; the header beside it can, and is compared every time. Who comes first
 * writes it, within the same script as his bits, so two who come at once have one filter.
 *
 * A bit that is set stays set. So it does not matter how often an addition happens, or in which
 * order, and whatever failed may be asked again. A load is such an addition, of a whole table.
 *
 * The layout is in `bitmap-layout.ts`; the bits of a key are those of `BloomFilter`.
 */
import type { Key, KeyHasher } from '@quorate/hash';
import { systemRandom } from '@quorate/transport/system';

import { BloomFilter } from '../bloom.ts';
import { itemCountOf } from '../estimates.ts';
import { checkSameHash, type FilterStats } from '../filter.ts';
import { integerPower } from '../natural-log.ts';
import { bloomPositions } from '../probes.ts';
import { bitmapBytesOf, readBitmapBytes } from './bitmap-bytes.ts';
import { BitmapCalls, latin1, strangeAnswer } from './bitmap-calls.ts';
import { headerOf, hex } from './bitmap-layout.ts';
import {
  addScript,
  clearScript,
  countScript,
  hasScript,
  mergeScript,
  openScript,
  readScript,
} from './bitmap-scripts.ts';
import { scriptCaller } from './redis-client.ts';
import { FilterGoneError } from './redis-filter-errors.ts';
import {
  checkedOptions,
  type RedisBloomFilterOptions,
  type RedisFilterExpiry,
} from './redis-filter-options.ts';
import { ScriptRunner, type RedisScript } from './script-runner.ts';

/** How full a filter in Redis is. */
export interface RedisFilterStats extends FilterStats {
  /** Whether it is there: whoever adds first makes it. */
  readonly exists: boolean;
  /** In how many ms it ends by itself; without it, never. */
  readonly expiresInMs?: number;
}

/** One to four ms of the server. A key has k positions, and no script has less than a key. */
const POSITIONS_PER_SCRIPT = 4_096;

/** What a load or a snapshot moves at a time. A multiple of four. */
const CHUNK_BYTES = 65_536;

/** What is counted at a time: some tenths of a millisecond. */
const COUNTED_BYTES = 1_048_576;

const MADE_LENGTH = 16;

/**
 * A Bloom filter that services share through Redis 6 or later, or Valkey.
 *
 * @remarks
 * Never a false negative for a key whose `add` has resolved, while the filter is there. It is a
 * plain bitmap, not a type of the RedisBloom module, and needs none.
 *
 * Redis takes the memory for all m bits when the filter is made, in one piece, and answers nobody
 * meanwhile: seconds, where it is half a gigabyte. Where that matters, make a large filter at a
 * quiet time, by a `load` of an empty table.
 *
 * Every method rejects with a `RedisFilterError`: `FilterMismatchError` where the name is taken by
 * something else, `FilterDamagedError` where half of the filter was taken away, `FilterCallError`
 * where Redis gave no answer, after which everything but `clear` may be asked again.
 *
 * @example
 * ```ts
 * import { Redis } from 'ioredis';
 *
 * const client = new Redis({ lazyConnect: true });
 * const sizing = { itemCount: 1_000_000, falsePositiveRate: 0.01 };
 * const seen = new RedisBloomFilter({ client, name: 'seen-orders', ...sizing });
 * seen.bitCount; // => 9592960
 * ```
 */
export class RedisBloomFilter {
  readonly name: string;
  /** m, the number of bits. */
  readonly bitCount: number;
  /** k, the number of bits that a key sets. */
  readonly hashCount: number;
  readonly hasher: KeyHasher;
  readonly #calls: BitmapCalls;
  readonly #header: string;
  readonly #expiry: RedisFilterExpiry | undefined;
  readonly #whenMissing: 'empty' | 'refuse';

  /**
   * @throws RangeError if an option is out of its range, or more than 2^32 bits would be needed,
   *   which is all that a string in Redis can have.
   */
  constructor(options: RedisBloomFilterOptions) {
    const { shape, hasher, keys, expiry, whenMissing, pendingMax } = checkedOptions(options);
    const { client, name } = options;
    this.name = name;
    this.bitCount = shape.bitCount;
    this.hashCount = shape.hashCount;
    this.hasher = hasher;
    this.#header = headerOf(shape, hasher);
    this.#expiry = expiry;
    this.#whenMissing = whenMissing;
    const runner = new ScriptRunner(scriptCaller(client), pendingMax);
    this.#calls = new BitmapCalls({ runner, keys, name, header: this.#header });
  }

  /**
   * Adds `key`; once it resolves, everybody's `has` of it is true.
   *
   * @throws RangeError if a number or a bigint is not an unsigned integer of 32 or 64 bits.
   */
  async add(key: Key): Promise<'added' | 'present'> {
    const [outcome = 'present'] = await this.addAll([key]);
    return outcome;
  }

  /**
   * Adds all of `keys`, in one script for each 4,096 bits: 585 keys at a rate of 1 %.
   *
   * @returns For each key, in their order, `added` if it is certainly new, else `present`. Of equal
   *   keys at most the first is `added`.
   * @throws RangeError before anything is sent if a key is out of its range.
   */
  async addAll(keys: readonly Key[]): Promise<('added' | 'present')[]> {
    const made = this.#whenMissing === 'empty' ? newMade() : '';
    const answers = await this.#askAll(addScript, this.#makeArguments(made), keys);
    return Array.from(answers, (answer) => (answer === '1' ? 'added' : 'present'));
  }

  /**
   * Whether `key` is in the set: `false` is certain, `true` is probable.
   *
   * @throws RangeError if a number or a bigint is not an unsigned integer of 32 or 64 bits.
   */
  async has(key: Key): Promise<boolean> {
    const [isThere = false] = await this.hasAll([key]);
    return isThere;
  }

  /**
   * `has` for each of `keys`, in their order, in as many scripts as `addAll` takes.
   *
   * @throws RangeError before anything is sent if a key is out of its range.
   */
  async hasAll(keys: readonly Key[]): Promise<boolean[]> {
    const answers = await this.#askAll(hasScript, this.#lookArguments(), keys);
    return Array.from(answers, (answer) => answer === '1');
  }

  /**
   * How full it is, and what that means for its answers now.
   *
   * @remarks The server counts a megabyte at a time. What is added meanwhile may be counted or not.
   */
  async stats(): Promise<RedisFilterStats> {
    const { bitCount, hashCount } = this;
    let setBits = 0;
    let exists = true;
    let expiresInMs = -1;
    for (const [first, last] of rangesOf(bitCount / 8, COUNTED_BYTES)) {
      const args = [...this.#lookArguments(), String(first), String(last)];
      const answer = await this.#calls.text(countScript, args);
      exists = answer !== undefined;
      if (answer === undefined) break;
      const [count = 0, toLive = -1] = answer.split(' ').map(Number);
      setBits += count;
      expiresInMs = toLive;
    }
    if (!exists) setBits = 0;
    const fillRatio = setBits / bitCount;
    return {
      exists,
      ...(exists && expiresInMs >= 0 && { expiresInMs }),
      sizeBits: bitCount,
      fillRatio,
      itemCount: itemCountOf(setBits, bitCount, bitCount, hashCount),
      falsePositiveRate: integerPower(fillRatio, hashCount),
    };
  }

  /**
   * Adds all that `filter` holds, 64 KiB of its table at a time: what was built elsewhere, or a
   * copy from before. What Redis has besides stays.
   *
   * @throws RangeError before anything is sent if m, k, hash function or seed differ.
   * @remarks
   * Every key of `filter` is found once it resolves; while it is under way, some may be. Should the
   * filter be cleared or expire meanwhile, it rejects with `FilterGoneError`. `filter` must not
   * change meanwhile: what is added to it then may be left out.
   */
  async load(filter: BloomFilter): Promise<void> {
    this.#checkAlike(filter);
    const made = await this.#calls.text(openScript, this.#makeArguments(newMade()));
    for (const [first, last] of rangesOf(this.bitCount / 8, CHUNK_BYTES)) {
      const words = filter.words.subarray(first / 4, (last + 1) / 4);
      if (words.every((word) => word === 0)) continue;
      const place = [made ?? '', String(first)];
      const args = [...this.#lookArguments(), ...place, bitmapBytesOf(words)];
      await this.#calls.text(mergeScript, args);
    }
  }

  /**
   * A copy in this process, which answers without Redis. It has every key that was added before.
   *
   * @remarks
   * It comes 64 KiB at a time; keys that are added meanwhile are in it, or not. Should the filter
   * be cleared or expire meanwhile, it rejects with `FilterGoneError`.
   */
  async snapshot(): Promise<BloomFilter> {
    const { bitCount, hashCount, hasher } = this;
    const words = new Int32Array(bitCount / 32);
    let made: string | undefined;
    for (const [first, last] of rangesOf(bitCount / 8, CHUNK_BYTES)) {
      const args = [...this.#lookArguments(), String(first), String(last)];
      const chunk = await this.#calls.bytes(readScript, args);
      if (chunk === undefined && made === undefined && this.#whenMissing === 'empty') break;
      const madeNow = latin1(chunk?.subarray(0, MADE_LENGTH) ?? new Uint8Array());
      if (chunk === undefined || (made ?? madeNow) !== madeNow)
        throw new FilterGoneError(this.name);
      const bytes = chunk.subarray(MADE_LENGTH);
      if (bytes.length !== last - first + 1) throw strangeAnswer(`${bytes.length} bytes`);
      readBitmapBytes(bytes, words, first / 4);
      made = madeNow;
    }
    return new BloomFilter({ words, hashCount, hasher });
  }

  /**
   * Takes the filter away, whoever uses it, and whatever stands under its name: also one of other
   * parameters, or the half of one. The next addition makes a new one.
   */
  async clear(): Promise<void> {
    await this.#calls.text(clearScript, []);
  }

  /** The answers of `script` for `keys`, one digit for each. */
  async #askAll(
    script: RedisScript,
    front: readonly string[],
    keys: readonly Key[],
  ): Promise<string> {
    // All are hashed first, so that a key out of range is refused before anything happens.
    const hashes = this.#hashesOf(keys);
    const keysPerScript = Math.max(1, Math.floor(POSITIONS_PER_SCRIPT / this.hashCount));
    let answers = '';
    for (let start = 0; start < keys.length; start += keysPerScript) {
      const batch = hashes.subarray(2 * start, 2 * (start + keysPerScript));
      const args = [...front, String(this.hashCount), ...this.#positionsOf(batch)];
      const answer = await this.#calls.text(script, args);
      if (answer === undefined && this.#whenMissing === 'refuse')
        throw new FilterGoneError(this.name);
      const digits = answer ?? '0'.repeat(batch.length / 2);
      if (digits.length !== batch.length / 2) throw strangeAnswer(`${digits.length} answers`);
      answers += digits;
    }
    return answers;
  }

  /** The hashes of `keys`: high and low of each. */
  #hashesOf(keys: readonly Key[]): Int32Array {
    const hashes = new Int32Array(2 * keys.length);
    keys.forEach((key, at) => {
      this.hasher.hash(key);
      hashes[2 * at] = this.hasher.high;
      hashes[2 * at + 1] = this.hasher.low;
    });
    return hashes;
  }

  #positionsOf(hashes: Int32Array): string[] {
    const positions: string[] = [];
    for (let at = 0; at < hashes.length; at += 2) {
      const [high = 0, low = 0] = hashes.subarray(at, at + 2);
      for (const position of bloomPositions(high, low, this)) positions.push(String(position));
    }
    return positions;
  }

  /** What a script needs that looks at the filter. */
  #lookArguments(): string[] {
    return [this.#header, String(this.bitCount / 8)];
  }

  /** What a script needs that makes the filter, if it is not there. */
  #makeArguments(made: string): string[] {
    const { afterMs, since } = this.#expiry ?? { afterMs: 0, since: 'creation' };
    return [...this.#lookArguments(), made, String(afterMs), since === 'last-add' ? '1' : '0'];
  }

  #checkAlike(filter: BloomFilter): void {
    if (filter.bitCount !== this.bitCount) {
      throw new RangeError(`filter.bitCount: expected ${this.bitCount}, got ${filter.bitCount}`);
    }
    if (filter.hashCount !== this.hashCount) {
      throw new RangeError(`filter.hashCount: expected ${this.hashCount}, got ${filter.hashCount}`);
    }
    checkSameHash(this, filter);
  }
}

/** From 0 to `end`, the first and the last of each `step`. */
function* rangesOf(end: number, step: number): Generator<readonly [number, number]> {
  for (let first = 0; first < end; first += step) yield [first, Math.min(first + step, end) - 1];
}

/** What stands behind `made=` in a new header: tells one filter from the next of its name. */
function newMade(): string {
  return hex(systemRandom.uint32()) + hex(systemRandom.uint32());
}
