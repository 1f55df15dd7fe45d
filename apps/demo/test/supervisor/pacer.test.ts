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
  const pacer = new Pacer((due) => {
    dueMs.push(due);
    return new Promise((resolve) => ends.push(resolve));
  }, 30);
  const beganMs = performance.now();
  pacer.start(20);
  vi.advanceTimersByTime(1_000);
  expect(dueMs.length).toBeGreaterThanOrEqual(19);
  expect(Math.max(...dueMs)).toBeLessThanOrEqual(beganMs + 1_000);
  vi.advanceTimersByTime(1_000);
  expect(dueMs.length).toBe(30);
  expect(pacer.skippedCount).toBeGreaterThan(5);

  let isStopped = false;
  const stopping = pacer.stop().then(() => (isStopped = true));
  vi.advanceTimersByTime(1_000);
  expect([dueMs.length, isStopped]).toEqual([30, false]);
  for (const end of ends) end();
  await stopping;
  expect(isStopped).toBe(true);
});
