/*
 * The scalable Bloom filter: a set that nobody knows the size of.
 *
 * A filter is made for a number of keys. With twice as many its rate is far above what was asked
 * for, and its table cannot grow, because the keys are gone. So, when it is full, begin another
 * beside it, and ask both:
 *
 *   layer 0   n keys     rate p/2     full
 *   layer 1   2n keys    rate p/4     full
 *   layer 2   4n keys    rate p/8     takes keys
 *
 * A stranger may be taken for a member by any layer, so the rates add up. Were each of them p, ten
 * layers would err ten times as often. Each has half the rate of the one before it, beginning with
 * half of what was asked for: p/2 + p/4 + p/8 + … stays below p with any number of layers. And each
 * is twice as large, so n keys need only about log2(n) layers.
 *
 * The price is bits and time: the last layer has half the rate of the one before at one more probe
 * and 1.44 more bits a key, and a stranger is looked for in all of them.
 *
 * Source: Almeida, Baquero, Preguiça and Hutchison, "Scalable Bloom filters", Information
 * Processing Letters 101(6), 2007, with a tightening of 1/2 and a growth of 2. Departs from it in
 * that layers are counted in keys that were new, not in bits.
 */
import { keyHasher, type Key, type KeyHasher } from '@quorate/hash';

import { BloomFilter } from './bloom.ts';
import { isSameHash, type AddOutcome, type FilterStats, type GrowingFilter } from './filter.ts';
import { hashKey } from './hash-key.ts';
import { LN_2, naturalLog } from './natural-log.ts';
import {
  BIT_COUNT_MAX,
  bloomFalsePositiveRate,
  checkSizing,
  RATE_MIN,
  type FilterSizing,
} from './sizing.ts';

/** With the next layer being twice as large, more would not fit into memory. */
export const LAYER_COUNT_MAX = 32;

/** A size is rounded up, and the rate of it is right to many more digits than this. */
const RATE_TOLERANCE = 1.000_1;

/** What a scalable filter is made of. */
export interface ScalableOptions extends FilterSizing {
  /**
   * How many distinct keys the first layer holds; an integer of at least 1. The nearer it is to
   * what will come, the fewer layers there are to ask.
   */
  readonly itemCount: number;
  /** The share of strangers that `has` may take for members, however many keys come. */
  readonly falsePositiveRate: number;
  /**
   * How many layers there may be, 1..32: together they hold 2^layers - 1 times `itemCount`. Memory
   * is limited by it. Without it 12, which is 4,095 times `itemCount`.
   */
  readonly layerCountMax?: number;
  /** Makes the 64 bits of a key; `keyHasher()`, the fastest, without it. */
  readonly hasher?: KeyHasher;
}

/** Everything that makes a scalable filter: with it, another one goes on where this one is. */
export interface ScalableParts extends FilterSizing {
  readonly layerCountMax: number;
  readonly hasher: KeyHasher;
  /** The filters, the oldest and smallest first. They are used, not copied. */
  readonly layers: readonly BloomFilter[];
  /** How many keys were new to the last layer. */
  readonly lastCount: number;
}

/**
 * A Bloom filter that grows with its keys and keeps its rate.
 *
 * @remarks
 * Never a false negative. `has` of a stranger asks every layer, `has` of a member most often finds
 * it in the last ones, which are asked first. A layer that is needed and would have more than 2^35
 * bits, or a rate below 1e-15, is not made: the filter is full then, too.
 *
 * @example
 * ```ts
 * const seen = new ScalableFilter({ itemCount: 100, falsePositiveRate: 0.01 });
 * for (let order = 0; order < 1_000; order += 1) seen.add(order);
 * seen.has(999); // => true
 * seen.layers.length; // => 4
 * ```
 */
export class ScalableFilter implements GrowingFilter {
  readonly kind = 'scalable';
  readonly hasher: KeyHasher;
  readonly #itemCount: number;
  readonly #falsePositiveRate: number;
  readonly #layerCountMax: number;
  readonly #layers: BloomFilter[];
  /** How many keys were new to the last layer. */
  #lastCount = 0;

  /**
   * @throws RangeError if a number is out of its range, the first layer would be too large, or
   *   layers do not have the rate that parts claim.
   */
  constructor(options: ScalableOptions | ScalableParts) {
    const { itemCount, falsePositiveRate, layerCountMax = 12 } = options;
    if (itemCount === 0) throw new RangeError('itemCount: expected at least 1, got 0');
    checkSizing(options);
    if (!Number.isInteger(layerCountMax) || layerCountMax < 1 || layerCountMax > LAYER_COUNT_MAX) {
      throw new RangeError(
        `layerCountMax: expected an integer in 1..${LAYER_COUNT_MAX}, got ${layerCountMax}`,
      );
    }
    this.#itemCount = itemCount;
    this.#falsePositiveRate = falsePositiveRate;
    this.#layerCountMax = layerCountMax;
    this.hasher = options.hasher ?? keyHasher();
    if (!('layers' in options)) {
      this.#layers = [new BloomFilter({ ...this.#sizing(0), hasher: this.hasher })];
      return;
    }
    this.#layers = [...options.layers];
    this.#lastCount = options.lastCount;
    this.#checkLayers();
  }

  /** What it is made of, for codecs. The layers are alive, not copies. */
  get parts(): ScalableParts {
    return {
      itemCount: this.#itemCount,
      falsePositiveRate: this.#falsePositiveRate,
      layerCountMax: this.#layerCountMax,
      hasher: this.hasher,
      layers: this.#layers,
      lastCount: this.#lastCount,
    };
  }

  /** The filters that it is made of, the oldest and smallest first. Alive, not copies. */
  get layers(): readonly BloomFilter[] {
    return this.#layers;
  }

  has(key: Key): boolean {
    const hasher = this.hasher;
    hashKey(hasher, key);
    return this.hasHash(hasher.high, hasher.low);
  }

  hasHash(high: number, low: number): boolean {
    const layers = this.#layers;
    // Half of all keys are in the last layer, a quarter in the one before.
    for (let at = layers.length - 1; at >= 0; at -= 1) {
      if (layers[at]?.hasHash(high, low) === true) return true;
    }
    return false;
  }

  add(key: Key): AddOutcome {
    const hasher = this.hasher;
    hashKey(hasher, key);
    return this.addHash(hasher.high, hasher.low);
  }

  addHash(high: number, low: number): AddOutcome {
    if (this.hasHash(high, low)) return 'present';
    if (this.#lastCount >= this.#sizing(this.#layers.length - 1).itemCount && !this.#grow()) {
      return 'full';
    }
    this.#layers.at(-1)?.addHash(high, low);
    this.#lastCount += 1;
    return 'added';
  }

  /** How full it is. A stranger has to be one to every layer: the rate is 1 less that chance. */
  stats(): FilterStats {
    let sizeBits = 0;
    let setBits = 0;
    let itemCount = 0;
    let refused = 1;
    for (const layer of this.#layers) {
      const stats = layer.stats();
      sizeBits += stats.sizeBits;
      setBits += stats.fillRatio * stats.sizeBits;
      itemCount += stats.itemCount;
      refused *= 1 - stats.falsePositiveRate;
    }
    return { sizeBits, fillRatio: setBits / sizeBits, itemCount, falsePositiveRate: 1 - refused };
  }

  /** Begins the next layer; `false` if there must be no more. */
  #grow(): boolean {
    const sizing = this.#sizing(this.#layers.length);
    if (this.#layers.length >= this.#layerCountMax || !isLayerPossible(sizing)) return false;
    this.#layers.push(new BloomFilter({ ...sizing, hasher: this.hasher }));
    this.#lastCount = 0;
    return true;
  }

  /**
   * A layer without the rate of its place would break the promise of all. One that is smaller than
   * its claim of keys could also make the next layer as large as anybody likes.
   */
  #checkLayers(): void {
    const count = this.#layers.length;
    if (count < 1 || count > this.#layerCountMax) {
      throw new RangeError(`layers: expected 1..${this.#layerCountMax}, got ${count}`);
    }
    for (const [at, layer] of this.#layers.entries()) {
      if (!isSameHash(this.hasher, layer.hasher)) {
        throw new RangeError(`layers: expected ${this.hasher.id} of one seed, got another`);
      }
      const { itemCount, falsePositiveRate } = this.#sizing(at);
      const rate = bloomFalsePositiveRate(layer, itemCount);
      if (rate > falsePositiveRate * RATE_TOLERANCE) {
        throw new RangeError(
          `layers: expected a rate of ${falsePositiveRate} at ${itemCount} keys, got ${rate}`,
        );
      }
    }
    const lastCountMax = this.#sizing(count - 1).itemCount;
    const lastCount = this.#lastCount;
    if (!Number.isSafeInteger(lastCount) || lastCount < 0 || lastCount > lastCountMax) {
      throw new RangeError(
        `lastCount: expected an integer in 0..${lastCountMax}, got ${lastCount}`,
      );
    }
  }

  #sizing(layer: number): FilterSizing {
    return {
      itemCount: this.#itemCount * 2 ** layer,
      falsePositiveRate: this.#falsePositiveRate / 2 ** (layer + 1),
    };
  }
}

/** Whether `bloomShape` has an answer: no more than a bit a key is lost by rounding up k. */
export function isLayerPossible({ itemCount, falsePositiveRate }: FilterSizing): boolean {
  if (falsePositiveRate < RATE_MIN || !Number.isSafeInteger(itemCount)) return false;
  const bitsPerKey = -naturalLog(falsePositiveRate) / LN_2 ** 2 + 1;
  return itemCount * bitsPerKey <= BIT_COUNT_MAX;
}
