import { describe, expect, test } from 'vitest';

import {
  commitWait,
  type CommitWaitOptions,
  type CommitWaitOutcome,
} from '../../src/durable/commit-wait.ts';
import { isPast, timeInterval } from '../../src/true-time/time-interval.ts';
import { ManualClock } from '../support/manual-clock.ts';

const sure: CommitWaitOptions = { uncertaintyMs: () => 7 };

/** Lets a millisecond pass until the wait is over, and says how many did. */
async function passedMs(clock: ManualClock, wait: Promise<CommitWaitOutcome>, limitMs = 5_000) {
  const over: CommitWaitOutcome[] = [];
  const noted = wait.then((outcome) => over.push(outcome));
  let countMs = 0;
  for (; countMs < limitMs && over.length === 0; countMs += 1) await clock.advance(1);
  if (over.length > 0) await noted;
  return { outcome: over[0], countMs };
}

describe('a commit wait', () => {
  test('ends when the time has certainly passed, and not before', async () => {
    const clock = new ManualClock();
    const atMs = timeInterval(clock.wallTimeMs(), 7).latestMs;
    let wasPast = true;
    const wait = commitWait(clock, atMs, sure).then((outcome) => {
      wasPast = isPast(timeInterval(clock.wallTimeMs(), 7), atMs);
      return outcome;
    });
    const { outcome, countMs } = await passedMs(clock, wait);
    expect(outcome).toBe('passed');
    expect(wasPast).toBe(true);
    expect(countMs).toBeGreaterThanOrEqual(15);
    expect(countMs).toBeLessThanOrEqual(17);
    expect(clock.timerCount).toBe(0);
  });

  test('for what is past already is none', async () => {
    const clock = new ManualClock();
    expect(await commitWait(clock, clock.wallTimeMs() - 8, sure)).toBe('passed');
    expect(clock.timerCount).toBe(0);
  });

  test('lasts longer when the wall clock is set back meanwhile', async () => {
    const clock = new ManualClock();
    const wait = commitWait(clock, clock.wallTimeMs(), sure);
    await clock.advance(5);
    clock.jumpWall(-1_000);
    const back = await passedMs(clock, wait);
    expect(back.outcome).toBe('passed');
    expect(back.countMs).toBeGreaterThan(1_000);

    const second = commitWait(clock, clock.wallTimeMs(), sure);
    clock.jumpWall(1_000);
    expect((await passedMs(clock, second)).countMs).toBeLessThan(10);
  });

  test('reckons with an uncertainty that grows', async () => {
    const clock = new ManualClock();
    let uncertainty = 1;
    const wait = commitWait(clock, clock.wallTimeMs(), { uncertaintyMs: () => uncertainty });
    await clock.advance(1);
    uncertainty = 100;
    const { countMs } = await passedMs(clock, wait);
    expect(countMs).toBeGreaterThanOrEqual(100);
  });

  test('gives up after its time, by the clock that is never set', async () => {
    const clock = new ManualClock();
    const options = { ...sure, timeoutMs: 50 };
    const wait = commitWait(clock, clock.wallTimeMs() + 3_600_000, options);
    expect(await passedMs(clock, wait)).toEqual({ outcome: 'timedOut', countMs: 50 });
    expect(clock.timerCount).toBe(0);
  });

  test('gives up when it is told to, at once', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const options = { ...sure, signal: controller.signal };
    const wait = commitWait(clock, clock.wallTimeMs() + 3_600_000, options);
    await clock.advance(3);
    controller.abort();
    expect(await wait).toBe('aborted');
    expect(clock.timerCount).toBe(0);
    expect(await commitWait(clock, clock.wallTimeMs(), options)).toBe('aborted');
  });

  test.each<[number, Partial<CommitWaitOptions>, string]>([
    [Number.NaN, {}, 'atMs: expected a finite number, got NaN'],
    [Infinity, {}, 'atMs: expected a finite number, got Infinity'],
    [0, { timeoutMs: -1 }, 'timeoutMs: expected at least 0, got -1'],
    [0, { timeoutMs: Number.NaN }, 'timeoutMs: expected at least 0, got NaN'],
    [
      0,
      { uncertaintyMs: () => -1 },
      'uncertaintyMs: expected a finite number of at least 0, got -1',
    ],
  ])('until %s with %j is refused', async (atMs, more, message) => {
    const wait = commitWait(new ManualClock(), atMs, { ...sure, ...more });
    await expect(wait).rejects.toThrow(new RangeError(message));
  });
});
