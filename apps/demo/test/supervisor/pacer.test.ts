import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Pacer } from '../../src/supervisor/pacer.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

test('work begins at the rate whether or not earlier work has ended, up to a bound', async () => {
  const ends: (() => void)[] = [];
  const dueMs: number[] = [];
  let skippedCount = 0;
  const pacer = new Pacer(
    (due) => {
      dueMs.push(due);
      return new Promise((resolve) => ends.push(resolve));
    },
    30,
    () => (skippedCount += 1),
  );
  const beganMs = performance.now();
  pacer.start(20);
  vi.advanceTimersByTime(1_000);
  // Due when they were due, not when the timer got to them.
  expect(dueMs).toEqual(Array.from({ length: 20 }, (_, index) => beganMs + (index + 1) * 50));
  vi.advanceTimersByTime(1_000);
  expect(dueMs.length).toBe(30);
  expect(skippedCount).toBe(10);

  let isStopped = false;
  const stopping = pacer.stop().then(() => (isStopped = true));
  vi.advanceTimersByTime(1_000);
  expect([dueMs.length, isStopped]).toEqual([30, false]);
  for (const end of ends) end();
  await stopping;
  expect(isStopped).toBe(true);
});
