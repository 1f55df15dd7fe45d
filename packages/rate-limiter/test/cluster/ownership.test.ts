import { type NodeId, nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { Ownership } from '../../src/cluster/ownership.ts';
import type { Placement } from '../../src/cluster/placement.ts';

const [us, them] = [nodeId('us'), nodeId('them')];
const all = (owner: NodeId, memberCount = 2): Placement => ({ memberCount, ownerOf: () => owner });

test('a key is ours since this process began, if it was from the start', () => {
  const ownership = new Ownership(us, all(us), 100);
  expect([ownership.isOurs('k'), ownership.ownedSinceMs('k')]).toEqual([true, 100]);
  ownership.change(all(us, 3), 200);
  expect([ownership.ownedSinceMs('k'), ownership.memberCount]).toEqual([100, 3]);
});

test('a key that comes back is ours since it came back', () => {
  const ownership = new Ownership(us, all(us), 100);
  ownership.change(all(them), 200);
  expect([ownership.isOurs('k'), ownership.ownerOf('k')]).toEqual([false, them]);
  ownership.change(all(us), 300);
  expect(ownership.ownedSinceMs('k')).toBe(300);
});

test('what is no longer remembered makes it younger, never older', () => {
  const ownership = new Ownership(us, all(us), 0);
  for (let change = 1; change <= 20; change += 1) ownership.change(all(us), change);
  expect(ownership.ownedSinceMs('k')).toBe(13);
});
