import { expect, test } from 'vitest';

import { coreStatus } from '../../src/node/status.ts';
import { b, LoneNode } from '../support/lone-node.ts';

test('a follower tells how long it has waited, and begins anew when its leader speaks', () => {
  const node = LoneNode.withLog([1]);
  node.tick(7);
  const { electionElapsedTicks, electionDueTicks } = coreStatus(node.raft);
  expect(electionElapsedTicks).toBe(7);
  node.receive(b, { kind: 'heartbeat', term: 1, leaderCommit: 0, round: 1 });
  expect(coreStatus(node.raft)).toMatchObject({ role: 'follower', electionElapsedTicks: 0 });
  node.tick(electionDueTicks);
  expect(coreStatus(node.raft).role).toBe('preCandidate');
});
