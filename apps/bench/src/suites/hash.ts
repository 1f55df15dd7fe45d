import { keyHasher } from '@quorate/hash';

import { microContender, nsPerCall } from '../micro.ts';
import type { Suite } from '../suite.ts';

const hasher = keyHasher();

/** What the hash of a key costs, which placements and filters pay for every call. */
export const suite: Suite = {
  name: 'hash',
  description: 'What does the hash of a key cost?',
  cases: [
    {
      name: 'integer',
      metrics: [nsPerCall],
      ours: microContender('murmur3-x86-128', () => {
        hasher.hashUint32(17);
        return hasher.low;
      }),
      peers: [],
    },
  ],
};
