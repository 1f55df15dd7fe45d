import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type Sleeper, WakeQueue } from '../../src/waiting/wake-queue.ts';
import { ManualClock } from '../support/manual-clock.ts';

test('wakes whom a sorted list wakes, at the same times', async () => {
  const step = fc.record({
    who: fc.nat(9),
    delayMs: fc.option(fc.nat(50)),
    elapsedMs: fc.nat(30),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const clock = new ManualClock(0);
      const queue = new WakeQueue(clock);
      const woken: string[] = [];
      const expected: string[] = [];
      const due = new Map<number, number>();
      const sleepers = Array.from({ length: 10 }, (_, who): Sleeper => {
        return { dueMs: 0, queueIndex: -1, wake: (nowMs) => woken.push(`${nowMs} ${who}`) };
      });
      for (const { who, delayMs, elapsedMs } of steps) {
        if (delayMs === null) {
          queue.cancel(sleepers[who]!);
          due.delete(who);
        } else {
          queue.sleep(sleepers[who]!, clock.nowMs() + delayMs);
          due.set(who, clock.nowMs() + delayMs);
        }
        const untilMs = clock.nowMs() + elapsedMs;
        for (const [name, atMs] of due) {
          if (atMs > untilMs) continue;
          expected.push(`${atMs} ${name}`);
          due.delete(name);
        }
        await clock.advance(elapsedMs);
        expect(queue.size).toBe(due.size);
        expect(clock.timerCount).toBe(due.size > 0 ? 1 : 0);
      }
      expect(woken.sort()).toEqual(expected.sort());
    }),
    { numRuns: 200 },
  );
});
