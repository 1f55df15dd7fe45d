import { huntSeeds } from '@quorate/simulation';
import { expect, test } from 'vitest';

import { forgetfulSnapshot, newNumberEachAttempt } from './support/session-bugs.ts';
import { sessionWorkload } from './support/session-workload.ts';

/** The most seeds that a bug may take. */
const SEEDS_MAX = 60;

// Goal: random swarms notice a broken promise of sessions.
// Method: a bug planted between the node and the sessions, or between the client and the nodes.
test.each([
  ['answers that snapshots forget', forgetfulSnapshot],
  ['a new number for each attempt', newNumberEachAttempt],
])('%s are found', async (_title, bug) => {
  const seeds = Array.from({ length: SEEDS_MAX }, (_, place) => place);
  const { failure } = await huntSeeds(sessionWorkload({ bug }), seeds);
  expect(failure?.invariantId).toBe('exactly once');
});
