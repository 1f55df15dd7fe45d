import { initialConsistentHashingState, step } from '@quorate/consistent-hashing';

import { microContender, nsPerCall } from '../micro.ts';
import type { Suite } from '../suite.ts';

const input = { kind: 'observed', nowMs: 1 } as const;

// Question: what does one step cost, beside the strongest peer that does the same work?
export const suite: Suite = {
  name: 'consistent-hashing',
  description: 'One step of the core.',
  cases: [
    {
      name: 'step',
      metrics: [nsPerCall],
      ours: microContender('step', () => step(initialConsistentHashingState, input)),
      peers: [],
    },
  ],
};
