/*
 * What goes wrong elsewhere: each heartbeat copies the window, or puts a few numbers with a
 * fraction on the heap, and with ten thousand peers the collector is what makes heartbeats late.
 *
 * In modules of its own: what other tests did with the same code decides how it is compiled.
 */
import { getHeapStatistics } from 'node:v8';

import { expect, test } from 'vitest';

import { createDetector } from '../../src/create-detector.ts';
import type { DetectorOptions } from '../../src/detector-options.ts';
import type { FailureDetector } from '../../src/detector.ts';

const CALLS = 400_000;

/** One number on the heap for each call would be 12 bytes of it. */
const BYTES_MAX: number = 2 * CALLS;

/** All bytes that were ever allocated, where the engine counts them; else those in use. */
function allocatedBytes(): number {
  const statistics: object = getHeapStatistics();
  if ('total_allocated_bytes' in statistics) return Number(statistics.total_allocated_bytes);
  return getHeapStatistics().used_heap_size;
}

/**
 * The fewest bytes that a round of heartbeats allocated, once all was compiled. Times are whole
 * milliseconds: a fraction would be put on the heap by the loop, for the call.
 */
function bytesOf(detector: FailureDetector): number {
  let fewest = Infinity;
  let atMs = 0;
  let sequence = 0;
  // A busy machine compiles late; 40 rounds stay within the whole numbers that are not on the heap.
  for (let round = 0; round < 40 && fewest > BYTES_MAX; round += 1) {
    const before = allocatedBytes();
    for (let call = 0; call < CALLS; call += 1) {
      atMs += 100 + ((call * 37) % 11);
      sequence += 1;
      detector.heartbeat(sequence, atMs);
    }
    fewest = Math.min(fewest, allocatedBytes() - before);
  }
  return fewest;
}

test.each<[DetectorOptions]>([
  [{ intervalMs: 100 }],
  [{ kind: 'chen', intervalMs: 100, marginMs: 50 }],
  [{ kind: 'two-window', intervalMs: 100, marginMs: 50 }],
  [{ kind: 'bertier', intervalMs: 100 }],
  [{ kind: 'akka', intervalMs: 100 }],
  [{ kind: 'exponential', intervalMs: 100 }],
  [{ kind: 'histogram', intervalMs: 100 }],
  [{ kind: 'fixed', intervalMs: 100, timeoutMs: 150 }],
])('a heartbeat makes no garbage: %j', (options) => {
  expect(bytesOf(createDetector(options)) / CALLS).toBeLessThan(BYTES_MAX / CALLS);
});
