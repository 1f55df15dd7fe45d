import { expect, test } from 'vitest';

import { nodeSet } from '../../src/node-set.ts';
import { eachOnce } from '../../src/ring/each-once.ts';

const nodes = nodeSet(['a', 'b', { id: 'c', weight: 0 }, 'd']);

test('leaves out repetitions and adds who did not come, but for the drained', () => {
  expect([...eachOnce(nodes, [1, 1, 3, 1])]).toEqual([1, 3, 0]);
});

test('ends when all have come, however long the walk goes on', () => {
  function* endless(): Generator<number> {
    for (let owner = 0; ; owner += 1) yield owner % 2;
  }
  expect([...eachOnce(nodeSet(['a', 'b']), endless())]).toEqual([0, 1]);
});
