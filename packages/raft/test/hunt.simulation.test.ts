import { expect, test } from 'vitest';

import { huntBug } from './support/hunt-bug.ts';
import {
  acknowledgeBeforeSync,
  acknowledgeWhenDeposed,
  staleRead,
} from './support/planted-bugs.ts';
import { raftWorkload } from './support/raft-workload.ts';

// Goal: random swarms notice a broken promise, and what they find can be read.
// Method: a bug planted through the ports of a node; seeds from a fixed one on; the first find is
// cut down. The first seeds of each range hold: from seed 0 on it takes fewer than 50.
test.each([
  ['a read by a leader that was replaced', staleRead, 38, 'linearizable read'],
  ['an answer by a leader that was deposed', acknowledgeWhenDeposed, 0, 'acknowledged'],
  ['an acknowledgement before the sync', acknowledgeBeforeSync, 41, 'durable'],
])('%s is found, and shrinks to a few faults', async (_, bug, firstSeed, invariantId) => {
  const { found, shrunk } = await huntBug(raftWorkload(bug), firstSeed, 20);
  expect(found.invariantId).toBe(invariantId);
  expect(shrunk.invariantId).toBe(invariantId);
  expect(shrunk.scenario.faults.length).toBeLessThanOrEqual(8);
  expect(shrunk.scenario.operations.length).toBeLessThanOrEqual(8);
});
