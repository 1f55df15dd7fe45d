import type { Clock } from '@quorate/transport';
import { expect, test } from 'vitest';

import { quietClock } from '../../src/policies/quiet-clock.ts';
import { SteppingClock } from '../support/stepping-clock.ts';

test('its timers run, and do not hold the process open', async () => {
  const clock = new SteppingClock();
  const ran: number[] = [];
  quietClock(clock).setTimer(10, () => ran.push(clock.nowMs()));
  expect([clock.pendingCount, clock.holdingCount]).toEqual([1, 0]);
  await clock.pass(10);
  expect(ran).toEqual([10]);
});

test('tells the time of its clock, and works with timers that cannot be quiet', () => {
  const bare: Clock = {
    nowMs: () => 5,
    wallTimeMs: () => 6,
    setTimer: () => ({ cancel: () => undefined }),
  };
  const quiet = quietClock(bare);
  expect([quiet.nowMs(), quiet.wallTimeMs()]).toEqual([5, 6]);
  expect(() => quiet.setTimer(1, () => undefined)).not.toThrow();
});
