import { workerData } from 'node:worker_threads';

import { SharedSplitBlockFilter } from '../../src/shared-split-block.ts';
import { walkingHash } from './walking-hash.ts';

/** What a thread is to add, and where it meets the others. */
export interface AdderTask {
  readonly buffer: SharedArrayBuffer;
  /** One int32: how many threads are ready. */
  readonly gate: SharedArrayBuffer;
  readonly threadCount: number;
  readonly firstKey: number;
  readonly lastKey: number;
  /**
   * `scattered`: each key where its hash leads to. `side-by-side`: all threads go through the table
   * in the same order, each with other bits, so that they meet in most words.
   */
  readonly order: 'scattered' | 'side-by-side';
}

function addAll({ buffer, gate, threadCount, firstKey, lastKey, order }: AdderTask): void {
  const filter = new SharedSplitBlockFilter({ buffer });

  // All begin at once, or the first would be done before the last has started.
  const ready = new Int32Array(gate);
  let count = Atomics.add(ready, 0, 1) + 1;
  if (count === threadCount) Atomics.notify(ready, 0);
  for (; count < threadCount; count = Atomics.load(ready, 0)) Atomics.wait(ready, 0, count);

  for (let key = firstKey; key < lastKey; key += 1) {
    if (order === 'scattered') filter.add(key);
    else filter.addHash(...walkingHash(key, key - firstKey, lastKey - firstKey));
  }
}

addAll(workerData as AdderTask);
