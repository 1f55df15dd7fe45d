/*
 * What goes wrong elsewhere: every question makes an array of indexes, a `BigInt`, or a number of
 * 2^31 or more that is boxed on the heap, and the collector takes longer than the filter.
 */
import { getHeapStatistics } from 'node:v8';

import { expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import { SplitBlockBloomFilter } from '../../src/split-block-bloom.ts';

const CALLS = 1_000_000;
const sizing = { itemCount: 10_000, falsePositiveRate: 0.01 };
const texts = Array.from({ length: 1_000 }, (_, index) => `customer-${index}`);

/** All bytes that were ever allocated, where the engine counts them; else those in use. */
function allocatedBytes(): number {
  const statistics: object = getHeapStatistics();
  if ('total_allocated_bytes' in statistics) return Number(statistics.total_allocated_bytes);
  return getHeapStatistics().used_heap_size;
}

/** Bytes that `ask` allocates in a million calls, once it has been compiled. */
function bytesOf(ask: (index: number) => boolean): number {
  let fewest = Infinity;
  for (let round = 0; round < 8; round += 1) {
    let found = 0;
    const before = allocatedBytes();
    for (let index = 0; index < CALLS; index += 1) if (ask(index)) found += 1;
    const bytes = allocatedBytes() - before;
    if (found < CALLS) fewest = Math.min(fewest, bytes);
  }
  return fewest;
}

test.each([
  ['split-block', new SplitBlockBloomFilter(sizing)],
  ['classic', new BloomFilter(sizing)],
])('a %s filter allocates less than a bit a question', (_, filter) => {
  for (let key = 0; key < 10_000; key += 1) filter.add(key);
  expect(bytesOf((index) => filter.has(index))).toBeLessThan(CALLS / 8);
  expect(bytesOf((index) => filter.has(texts[index % 1_000]!))).toBeLessThan(CALLS / 8);
});
