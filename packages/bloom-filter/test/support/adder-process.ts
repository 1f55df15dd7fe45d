import { workerData } from 'node:worker_threads';

import { SharedSplitBlockFilter } from '../../src/shared-split-block.ts';

/** What a thread is to add, and where it meets the others. */
export interface AdderTask {
  readonly buffer: SharedArrayBuffer;
  /** One int32: how many threads are ready. */
  readonly gate: SharedArrayBuffer;
  readonly threadCount: number;
  readonly firstKey: number;
  readonly lastKey: number;
}

const { buffer, gate, threadCount, firstKey, lastKey } = workerData as AdderTask;
const filter = new SharedSplitBlockFilter({ buffer });

// All begin at once, or the first would be done before the last has started.
const ready = new Int32Array(gate);
let count = Atomics.add(ready, 0, 1) + 1;
if (count === threadCount) Atomics.notify(ready, 0);
for (; count < threadCount; count = Atomics.load(ready, 0)) Atomics.wait(ready, 0, count);

for (let key = firstKey; key < lastKey; key += 1) filter.add(key);
