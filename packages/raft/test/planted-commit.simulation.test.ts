import { expect, test, vi } from 'vitest';

import type * as Commitment from '../src/commitment.ts';
import { majorityIndex } from '../src/quorum.ts';
import { findBug } from './support/find-bug.ts';
import { movingIsolation } from './support/planted-bugs.ts';

// The bug of the paper's Figure 8: any entry on a majority counts as committed, whatever its term.
vi.mock('../src/commitment.ts', async (importOriginal) => {
  const original = await importOriginal<typeof Commitment>();
  const { advanceCommit: _, ...rest } = original;
  const advanceByCounting: typeof original.advanceCommit = (raft, leader) => {
    const { log, id, configuration } = raft;
    const reached = majorityIndex(configuration.voters, (voter) =>
      voter === id ? log.durableIndex : (leader.followers.get(voter)?.matchIndex ?? 0),
    );
    original.commitTo(raft, reached);
  };
  return { ...rest, advanceCommit: advanceByCounting };
});

// Goal: the simulation would notice if §5.4.2 were missing.
// Method: a core with that rule taken out, on the stage of Figure 8.
test('an entry of an older term, committed by counting, is found', async () => {
  const found = await findBug(300, movingIsolation);
  expect(found?.message).toMatch(/leader completeness|committed for ever|state-machine safety/);
});
