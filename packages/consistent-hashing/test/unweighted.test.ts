import { expect, test } from 'vitest';

import { nodeSet } from '../src/node-set.ts';
import { checkUnweighted } from '../src/unweighted.ts';

test('an algorithm without weights takes 0 and 1, and refuses others by name', () => {
  checkUnweighted(nodeSet(['a', { id: 'b', weight: 0 }]));
  expect(() => checkUnweighted(nodeSet(['a', { id: 'b', weight: 2 }]))).toThrow(
    'weight of "b": expected 0 or 1, as it has no weights, got 2',
  );
});
