import { test, vi } from 'vitest';

import type * as Commitment from '../src/commitment.ts';
import { majorityIndex } from '../src/quorum.ts';
import { expectFound, huntTimeoutMs } from './support/hunt-bug.ts';
import { raftWorkload } from './support/raft-workload.ts';

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

// Goal and method as in hunt.simulation.test.ts, with a core that has lost §5.4.2.
test(
  'an entry of an older term, committed by counting, is found, and shrinks to a few faults',
  async () => {
    const title = 'an entry of an older term, committed by counting';
    const invariantIds = ['leader completeness', 'committed for ever', 'state-machine safety'];
    await expectFound(title, raftWorkload({ members: 'fixed' }), 65, invariantIds);
  },
  huntTimeoutMs,
);
