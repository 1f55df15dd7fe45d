/*
 * What goes wrong elsewhere: threads set bits of one table by reading a word and writing it back,
 * and now and then one of them writes what another has just changed: keys are lost, some in a
 * hundred thousand, on machines with more than one core, under load.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { expect, test } from 'vitest';

import { SharedSplitBlockFilter } from '../../src/shared-split-block.ts';
import { SplitBlockBloomFilter } from '../../src/split-block-bloom.ts';
import type { AdderTask } from '../support/adder-process.ts';

const program = join(import.meta.dirname, '..', 'support', 'adder-process.ts');
const threadCount = 4;

/** Lets four threads add `threadKeys` keys each, all different, at the same time. */
async function addAtOnce(filter: SharedSplitBlockFilter, threadKeys: number): Promise<void> {
  const gate = new SharedArrayBuffer(4);
  const workers = Array.from({ length: threadCount }, (_, thread) => {
    const task: AdderTask = {
      buffer: filter.buffer,
      gate,
      threadCount,
      firstKey: thread * threadKeys,
      lastKey: (thread + 1) * threadKeys,
    };
    return new Worker(program, {
      workerData: task,
      execArgv: ['--conditions=@quorate/source'],
    });
  });
  const exits = await Promise.all(workers.map((worker) => once(worker, 'exit')));
  expect(exits).toEqual(workers.map(() => [0]));
}

test('four threads add 100,000 keys each, and every key is found', async () => {
  const sizing = { itemCount: 400_000, falsePositiveRate: 0.01 };
  const shared = new SharedSplitBlockFilter(sizing);
  await addAtOnce(shared, 100_000);

  // Not one bit is lost, even one that others' bits stand in for by now.
  const alone = new SplitBlockBloomFilter(sizing);
  let found = 0;
  for (let key = 0; key < 400_000; key += 1) {
    alone.add(key);
    if (shared.has(key)) found += 1;
  }
  expect(found).toBe(400_000);
  expect(shared.copy().words).toEqual(alone.words);
}, 120_000);
