/*
 * A split-block filter that the threads of one process share.
 *
 * Workers share no objects, and a filter for each of them costs its memory as many times and knows
 * only what its own worker has seen. They can share bytes: a SharedArrayBuffer. But "read a word,
 * set a bit, write it back" is two steps, and what another thread wrote in between is overwritten:
 *
 *   worker 1    read 0001                write 0011
 *   worker 2               read 0001                 write 0101      the bit of worker 1 is lost
 *
 * A lost bit is a lost key. So bits are set by `Atomics.or`, which is one step. No lock is needed,
 * because a filter only ever sets bits: in whatever order that happens, the same bits are set. And
 * since most keys of a busy filter are there already, an addition looks first, with plain loads,
 * and takes the eight atomic steps only if a bit is missing.
 *
 * A reader may see a key half added, and says "certainly not" rightly: its `add` has not returned.
 * Once it has, and word of it has reached the reader (by a message or by `Atomics`), so have the
 * bits.
 *
 * The buffer begins with the hash function and its seed, so that no worker can hash otherwise:
 *
 *   byte 0    "QSSB", as an int32 that is little-endian where the machine is
 *   byte 4    the code of the hash function
 *   byte 8    how many bytes the seed has
 *   byte 16   the seed, at most 32 bytes
 *   byte 64   the blocks, 32 bytes each
 *
 * It is memory, not a file: `encodeSplitBlock` makes one, `decodeSharedSplitBlock` reads it.
 *
 * Source: this repository; the bits are those of `split-block-bloom.ts`.
 */
import { hashIdOf, keyHasher, type Key, type KeyHasher } from '@quorate/hash';

import { fastRange } from './fast-range.ts';
import type { FilterStats, GrowingFilter } from './filter.ts';
import { hashKey } from './hash-key.ts';
import { BLOCK_COUNT_MAX, splitBlockCount, type FilterSizing } from './sizing.ts';
import { BLOCK_WORDS, salts, SplitBlockBloomFilter } from './split-block-bloom.ts';

const MAGIC = 0x4253_5351;
const SEED_AT = 16;
const SEED_BYTES_MAX = 32;
const HEAD_BYTES = 64;
const BLOCK_BYTES = 4 * BLOCK_WORDS;

/** A new filter for a purpose or of a size, or one that another thread has made. */
export type SharedSplitBlockOptions =
  | (FilterSizing & {
      /** Makes the 64 bits of a key; `keyHasher()`, the fastest, without it. */
      readonly hasher?: KeyHasher;
    })
  | {
      /** z: an integer in 1..2^26, each of 32 bytes. */
      readonly blockCount: number;
      /** Makes the 64 bits of a key; `keyHasher()`, the fastest, without it. */
      readonly hasher?: KeyHasher;
    }
  | {
      /** The `buffer` of a filter of another thread. It names the hash function, too. */
      readonly buffer: SharedArrayBuffer;
    };

/**
 * A split-block Bloom filter in memory that all threads of a process may add to at once.
 *
 * @remarks
 * Never a false negative: what `add` has returned for is found by every thread that has heard of
 * it. Of threads that add the same new key at once, one at least is told `added`. No thread ever
 * waits for another. Browsers have shared memory on pages that are cross-origin isolated.
 *
 * @example
 * ```ts
 * const seen = new SharedSplitBlockFilter({ itemCount: 1_000, falsePositiveRate: 0.01 });
 * // In a worker, of the buffer that it got by `workerData` or by a message:
 * const sameSeen = new SharedSplitBlockFilter({ buffer: seen.buffer });
 * sameSeen.add('order-17'); // => 'added'
 * seen.has('order-17'); // => true
 * ```
 */
export class SharedSplitBlockFilter implements GrowingFilter {
  readonly kind = 'split-block';
  readonly hasher: KeyHasher;
  /** What is handed to other threads, to make a filter of the same keys of it. */
  readonly buffer: SharedArrayBuffer;
  /** The table: eight words for each block. Alive, and shared. */
  readonly words: Int32Array;
  /** Reads with plain loads: a bit that is seen was set, and none is ever cleared. */
  readonly #filter: SplitBlockBloomFilter;

  /** @throws RangeError if a size is out of its range, or the buffer is not that of a filter. */
  constructor(options: SharedSplitBlockOptions) {
    this.buffer = 'buffer' in options ? options.buffer : bufferFor(options);
    this.hasher = hasherIn(this.buffer);
    this.words = new Int32Array(this.buffer, HEAD_BYTES);
    this.#filter = new SplitBlockBloomFilter({ words: this.words, hasher: this.hasher });
  }

  /** z, the number of blocks. */
  get blockCount(): number {
    return this.#filter.blockCount;
  }

  has(key: Key): boolean {
    return this.#filter.has(key);
  }

  hasHash(high: number, low: number): boolean {
    return this.#filter.hasHash(high, low);
  }

  add(key: Key): 'added' | 'present' {
    const hasher = this.hasher;
    hashKey(hasher, key);
    return this.addHash(hasher.high, hasher.low);
  }

  addHash(high: number, low: number): 'added' | 'present' {
    if (this.#filter.hasHash(high, low)) return 'present';
    const words = this.words;
    const at = fastRange(high, this.#filter.blockCount) * BLOCK_WORDS;
    let missing = 0;
    for (let word = 0; word < BLOCK_WORDS; word += 1) {
      const bit = 1 << (Math.imul(low, salts[word] ?? 0) >>> 27);
      // Another thread may have set it since the look above: who finds it 0 has added the key.
      missing |= bit & ~Atomics.or(words, at + word, bit);
    }
    return missing === 0 ? 'present' : 'added';
  }

  /** A filter of this thread alone with the keys that are in it now; it shares the hasher. */
  copy(): SplitBlockBloomFilter {
    return new SplitBlockBloomFilter({ words: new Int32Array(this.words), hasher: this.hasher });
  }

  /** How full it is; while others add, something between before and after. */
  stats(): FilterStats {
    return this.#filter.stats();
  }
}

type NewFilter = Exclude<SharedSplitBlockOptions, { readonly buffer: SharedArrayBuffer }>;

function bufferFor(options: NewFilter): SharedArrayBuffer {
  const blockCount = 'blockCount' in options ? options.blockCount : splitBlockCount(options);
  if (!Number.isSafeInteger(blockCount) || blockCount < 1 || blockCount > BLOCK_COUNT_MAX) {
    throw new RangeError(`blockCount: expected an integer in 1..2^26, got ${blockCount}`);
  }
  const { code, seed } = options.hasher ?? keyHasher();
  const buffer = new SharedArrayBuffer(HEAD_BYTES + BLOCK_BYTES * blockCount);
  new Int32Array(buffer, 0, 3).set([MAGIC, code, seed.length]);
  new Uint8Array(buffer, SEED_AT, SEED_BYTES_MAX).set(seed);
  return buffer;
}

function hasherIn(buffer: SharedArrayBuffer): KeyHasher {
  const refusal = new RangeError('buffer: expected that of a SharedSplitBlockFilter, got another');
  if (!(buffer instanceof SharedArrayBuffer)) throw refusal;
  const bytes = buffer.byteLength - HEAD_BYTES;
  if (bytes < BLOCK_BYTES || bytes % BLOCK_BYTES !== 0) throw refusal;
  const [magic, code = 0, seedBytes = 0] = new Int32Array(buffer, 0, 3);
  const id = hashIdOf(code);
  if (magic !== MAGIC || id === undefined) throw refusal;
  if (seedBytes < 0 || seedBytes > SEED_BYTES_MAX) throw refusal;
  // A copy: a seed that another thread could change is none.
  return keyHasher(id, new Uint8Array(new Uint8Array(buffer, SEED_AT, seedBytes)));
}
