import { expect, test } from 'vitest';

import { ClusterClock } from '../../src/sessions/cluster-clock.ts';

test('adds to what is applied only the time that passed here since', () => {
  const clock = new ClusterClock();
  expect(clock.stampMs(1, 5_000, 70)).toBe(5_000);
  expect(clock.stampMs(1, 5_000, 70.9)).toBe(5_000);
  expect(clock.stampMs(1, 5_000, 95)).toBe(5_025);
});

test('begins anew in every term: the time before it may have been nobody’s', () => {
  const clock = new ClusterClock();
  clock.stampMs(1, 5_000, 0);
  expect(clock.stampMs(2, 5_100, 60_000)).toBe(5_100);
  expect(clock.stampMs(2, 5_100, 60_010)).toBe(5_110);
});

test('goes on from what was applied meanwhile, if that is later', () => {
  const clock = new ClusterClock();
  clock.stampMs(1, 0, 0);
  expect(clock.stampMs(1, 900, 10)).toBe(900);
  expect(clock.stampMs(1, 900, 30)).toBe(920);
});

test('stays a safe integer', () => {
  const clock = new ClusterClock();
  clock.stampMs(1, Number.MAX_SAFE_INTEGER, 0);
  expect(clock.stampMs(1, Number.MAX_SAFE_INTEGER, 500)).toBe(Number.MAX_SAFE_INTEGER);
});
