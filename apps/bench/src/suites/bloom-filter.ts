import { SplitBlockBloomFilter } from '@quorate/bloom-filter';

import { microContender, nsPerCall } from '../micro.ts';
import type { Suite } from '../suite.ts';

const KEYS = 100_000;

const filter = new SplitBlockBloomFilter({ itemCount: KEYS, falsePositiveRate: 0.01 });
const exact = new Set<number>();
for (let key = 0; key < KEYS; key += 1) {
  filter.add(key);
  exact.add(key);
}

/** Keys that are there and keys that are not, in turn, so that no answer can be guessed. */
function nextKey(key: number): number {
  return (key + 7_919) % (2 * KEYS);
}

let ours = 0;
let theirs = 0;

// Question: what does a question cost, beside a set that knows every key?
export const suite: Suite = {
  name: 'bloom-filter',
  description: 'Is this key in the set?',
  cases: [
    {
      name: 'integer',
      metrics: [nsPerCall],
      ours: microContender('split-block', () => filter.has((ours = nextKey(ours)))),
      peers: [microContender('Set', () => exact.has((theirs = nextKey(theirs))))],
    },
  ],
};
