import {
  BloomFilter,
  buildFuse,
  CountingFilter,
  CuckooFilter,
  type Filter,
  type FingerprintBits,
  type GrowingFilter,
  ScalableFilter,
  SplitBlockBloomFilter,
} from '@quorate/bloom-filter';
import type { Key } from '@quorate/hash';

/** A filter of `keys`, of which there are `itemCount`. */
type Fill = (keys: Iterable<Key>, itemCount: number) => Filter;

const falsePositiveRate = 0.01;

const growing =
  (create: (itemCount: number) => GrowingFilter): Fill =>
  (keys, itemCount) => {
    const filter = create(itemCount);
    for (const key of keys) {
      if (filter.add(key) === 'full') throw new Error('expected room for every key, got none');
    }
    return filter;
  };

const fuse =
  (fingerprintBits: FingerprintBits): Fill =>
  (keys) => {
    const outcome = buildFuse({ keys, fingerprintBits });
    if (outcome.kind === 'built') return outcome.filter;
    throw new Error(`expected a filter of the keys, got ${outcome.kind}`);
  };

/** A way to make a filter, and the rate it promises. */
export interface NamedFilter {
  readonly rate: number;
  readonly fill: Fill;
}

/** Filters by name: of 1 %, where a rate is asked for. */
export const filters: Readonly<Record<string, NamedFilter>> = {
  'split-block': {
    rate: falsePositiveRate,
    fill: growing((itemCount) => new SplitBlockBloomFilter({ itemCount, falsePositiveRate })),
  },
  classic: {
    rate: falsePositiveRate,
    fill: growing((itemCount) => new BloomFilter({ itemCount, falsePositiveRate })),
  },
  counting: {
    rate: falsePositiveRate,
    fill: growing((itemCount) => new CountingFilter({ itemCount, falsePositiveRate })),
  },
  scalable: {
    rate: falsePositiveRate,
    fill: growing(() => new ScalableFilter({ itemCount: 10_000, falsePositiveRate })),
  },
  cuckoo: {
    rate: falsePositiveRate,
    fill: growing((itemCount) => new CuckooFilter({ itemCount, falsePositiveRate })),
  },
  'fuse 8': { rate: 2 ** -8, fill: fuse(8) },
  'fuse 16': { rate: 2 ** -16, fill: fuse(16) },
};
