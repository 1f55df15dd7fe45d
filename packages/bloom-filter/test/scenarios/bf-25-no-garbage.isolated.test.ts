/*
 * What goes wrong elsewhere: every question makes an array of indexes, a `BigInt`, or a number of
 * 2^31 or more that is boxed on the heap, and the collector takes longer than the filter.
 */
import { getHeapStatistics } from 'node:v8';

import { expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import { CountingFilter } from '../../src/counting.ts';
import { CuckooFilter } from '../../src/cuckoo.ts';
import type { Filter, GrowingFilter } from '../../src/filter.ts';
import { buildFuse } from '../../src/fuse/build-fuse.ts';
import { GuavaBloomFilter } from '../../src/guava-bloom.ts';
import { RollingFilter } from '../../src/rolling.ts';
import { ScalableFilter } from '../../src/scalable.ts';
import { SharedSplitBlockFilter } from '../../src/shared-split-block.ts';
import { SplitBlockBloomFilter } from '../../src/split-block-bloom.ts';

const CALLS = 1_000_000;

/**
 * One boxed number a question would be 12 bytes of each. The engine counts what is left of a page,
 * up to 256 KiB, now and then as if it were allocated.
 */
const BYTES_MAX: number = CALLS / 2;
const sizing = { itemCount: 10_000, falsePositiveRate: 0.01 };
const texts = Array.from({ length: 1_000 }, (_, index) => `customer-${index}`);

/** All bytes that were ever allocated, where the engine counts them; else those in use. */
function allocatedBytes(): number {
  const statistics: object = getHeapStatistics();
  if ('total_allocated_bytes' in statistics) return Number(statistics.total_allocated_bytes);
  return getHeapStatistics().used_heap_size;
}

/** Bytes that `ask` allocates in a million calls, once it has been compiled: of eight tries. */
function bytesOf(ask: (index: number) => boolean): number {
  let fewest = Infinity;
  for (let round = 0; round < 8 && fewest >= BYTES_MAX; round += 1) {
    let found = 0;
    const before = allocatedBytes();
    for (let index = 0; index < CALLS; index += 1) if (ask(index)) found += 1;
    const bytes = allocatedBytes() - before;
    if (found < CALLS) fewest = Math.min(fewest, bytes);
  }
  return fewest;
}

/** A static filter of the keys that the others are given. */
function fuse(fingerprintBits: 8 | 16 | 32): Filter {
  const outcome = buildFuse({
    keys: Array.from({ length: 10_000 }, (_, key) => key),
    fingerprintBits,
  });
  if (outcome.kind === 'built') return outcome.filter;
  throw new Error(`fuse: expected a filter, got ${outcome.kind}`);
}

function filled<Growing extends GrowingFilter>(filter: Growing): Growing {
  for (let key = 0; key < 10_000; key += 1) filter.add(key);
  return filter;
}

test.each<[string, () => Filter]>([
  ['split-block', () => filled(new SplitBlockBloomFilter(sizing))],
  ['classic', () => filled(new BloomFilter(sizing))],
  ['counting', () => filled(new CountingFilter(sizing))],
  ['scalable', () => filled(new ScalableFilter({ ...sizing, itemCount: 1_000 }))],
  ['shared', () => filled(new SharedSplitBlockFilter(sizing))],
  ['cuckoo', () => filled(new CuckooFilter(sizing))],
  ['fuse 8', () => fuse(8)],
  ['fuse 16', () => fuse(16)],
  ['fuse 32', () => fuse(32)],
])('a %s filter allocates less than half a byte a question', (_, make) => {
  const filter = make();
  expect(bytesOf((index) => filter.has(index))).toBeLessThan(BYTES_MAX);
  expect(bytesOf((index) => filter.has(texts[index % 1_000]!))).toBeLessThan(BYTES_MAX);
});

test('a rolling filter allocates less than half a byte a question', () => {
  const filter = new RollingFilter({ ...sizing, windowMs: 1_000 });
  for (let key = 0; key < 10_000; key += 1) filter.add(key, key / 20);
  expect(bytesOf((index) => filter.has(index, 500))).toBeLessThan(BYTES_MAX);
  expect(bytesOf((index) => filter.has(texts[index % 1_000]!, 500))).toBeLessThan(BYTES_MAX);
});

test('a filter of Guava allocates less than half a byte a question', () => {
  const filter = new GuavaBloomFilter(sizing);
  for (const text of texts.slice(1)) filter.add(text);
  expect(bytesOf((index) => filter.has(texts[index % 1_000]!))).toBeLessThan(BYTES_MAX);
});
