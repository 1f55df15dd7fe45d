import { expect, test } from 'vitest';

import {
  type BreakerChange,
  changesBefore,
  countAt,
  withCount,
} from '../../../src/dashboard/resilience/breaker-history.ts';
import { nodeView } from '../../support/node-view.ts';

const says = (...states: readonly string[]) => [
  nodeView('n1', {
    peers: [
      { peer: 'n2', phi: 0, isSuspected: false, breakers: Object.fromEntries(states.entries()) },
    ],
  }),
  nodeView('n2'),
];

function history(): readonly BreakerChange[] {
  let changes: readonly BreakerChange[] = [];
  changes = withCount(changes, says('closed', 'closed'), 100);
  changes = withCount(changes, says('closed', 'closed'), 200);
  changes = withCount(changes, says('open', 'halfOpen'), 300);
  return withCount(changes, says('open', 'closed'), 400);
}

test('each moment has the count that was told last', () => {
  expect(history()).toHaveLength(3);
  const counts = [50, 100, 250, 300, 399, 9_000].map((atMs) => countAt(history(), atMs));
  expect(counts).toEqual([null, 0, 0, 2, 2, 1]);
});

test('of another future, what is void is forgotten', () => {
  expect(countAt(changesBefore(history(), 400), 9_000)).toBe(2);
  const wound = withCount(history(), says('closed'), 150);
  expect(wound.map(({ atMs, count }) => [atMs, count])).toEqual([
    [100, 0],
    [150, 0],
  ]);
});

test('the oldest changes go', () => {
  let changes: readonly BreakerChange[] = [];
  for (let atMs = 0; atMs < 2_100; atMs += 1) {
    changes = withCount(changes, says(atMs % 2 === 0 ? 'open' : 'closed'), atMs);
  }
  expect(changes).toHaveLength(2_000);
  expect(countAt(changes, 50)).toBeNull();
});
