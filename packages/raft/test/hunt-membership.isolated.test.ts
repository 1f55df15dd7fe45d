import { test, vi } from 'vitest';

import type * as Membership from '../src/configuration.ts';
import { expectFound, huntTimeoutMs } from './support/hunt-bug.ts';
import { raftWorkload } from './support/raft-workload.ts';

// The bug that joint consensus is there to avoid (thesis §4.1, figure 4.2): any change is made at
// once, however many votes it moves, so that old and new majorities need not share a node.
vi.mock('../src/configuration.ts', async (importOriginal) => {
  const original = await importOriginal<typeof Membership>();
  const { simpleChange: _, ...rest } = original;
  const changeAtOnce: typeof original.simpleChange = (configuration, changes) => {
    const joint = original.enterJoint(configuration, changes, { autoLeave: true });
    return joint.kind === 'refused' ? joint : original.leaveJoint(joint.configuration);
  };
  return { ...rest, simpleChange: changeAtOnce };
});

// Goal and method as in hunt.simulation.test.ts, with a core that enters no joint configuration.
test(
  'a change of several votes at once is found, and shrinks to a few faults',
  async () => {
    const title = 'a change of several votes at once';
    const invariantIds = [
      'election safety',
      'leader completeness',
      'committed for ever',
      'log matching',
      'state-machine safety',
      'durable majority',
      'acknowledged change',
    ];
    await expectFound(title, raftWorkload(), 107, invariantIds);
  },
  huntTimeoutMs,
);
