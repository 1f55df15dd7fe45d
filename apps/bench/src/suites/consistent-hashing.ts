import { NoNodesError } from '@quorate/consistent-hashing';

import { microContender, nsPerCall } from '../micro.ts';
import type { Suite } from '../suite.ts';

// Question: what does one lookup cost, beside the strongest peer that does the same work?
export const suite: Suite = {
  name: 'consistent-hashing',
  description: 'One lookup.',
  cases: [
    {
      name: 'locate',
      metrics: [nsPerCall],
      ours: microContender('no nodes', () => new NoNodesError()),
      peers: [],
    },
  ],
};
