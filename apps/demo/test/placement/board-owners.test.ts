import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import type { Membership } from '../../src/node/control/roster.ts';
import { BoardOwners } from '../../src/placement/board-owners.ts';

test('owners follow the members, and those before them are asked for a while', () => {
  const members = (...ids: string[]): Membership['members'] => ids.map((id) => ({ id, weight: 1 }));
  let membership: Membership = { epoch: 0, members: members('n1', 'n2', 'n3') };
  let nowMs = 0;
  const clock = { nowMs: () => nowMs };
  const localId = nodeId('n1');
  const owners = new BoardOwners({ localId, clock, membership: () => membership });
  expect(owners.of('b').toSorted()).toEqual(['n1', 'n2', 'n3']);
  expect([owners.includes('b'), owners.isMoving]).toEqual([true, false]);
  expect(owners.othersOf('b').toSorted()).toEqual(['n2', 'n3']);

  membership = { epoch: 7, members: members('n2', 'n3', 'n4') };
  expect(owners.of('b').toSorted()).toEqual(['n2', 'n3', 'n4']);
  expect([owners.includes('b'), owners.isMoving, owners.placement.epoch]).toEqual([false, true, 7]);
  expect(owners.otherHoldersOf('b').toSorted()).toEqual(['n2', 'n3', 'n4']);
  nowMs = 60_001;
  expect(owners.isMoving).toBe(false);
  // An older list that comes late changes nothing.
  membership = { epoch: 3, members: members('n1') };
  expect(owners.of('b').toSorted()).toEqual(['n2', 'n3', 'n4']);
});
