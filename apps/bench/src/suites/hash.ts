import { initialHashState, step } from '@quorate/hash';

import { microContender, nsPerCall } from '../micro.ts';
import type { Suite } from '../suite.ts';

const input = { kind: 'observed', nowMs: 1 } as const;

// Question: what does one step cost, beside the strongest peer that does the same work?
export const suite: Suite = {
  name: 'hash',
  description: 'One step of the core.',
  cases: [
    {
      name: 'step',
      metrics: [nsPerCall],
      ours: microContender('step', () => step(initialHashState, input)),
      peers: [],
    },
  ],
};
