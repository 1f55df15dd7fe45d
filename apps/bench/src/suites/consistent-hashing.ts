import { ring } from '@quorate/consistent-hashing';

import { microContender, nsPerCall } from '../micro.ts';
import type { Suite } from '../suite.ts';

const nodes = Array.from({ length: 100 }, (_, index) => `node-${index}`);
const placement = ring({ nodes });

// Question: what does one lookup cost, beside the strongest peer that does the same work?
export const suite: Suite = {
  name: 'consistent-hashing',
  description: 'The owner of a key.',
  cases: [
    {
      name: 'locate',
      metrics: [nsPerCall],
      ours: microContender('ring', () => placement.locate('0123456789abcdef')),
      peers: [],
    },
  ],
};
