import { describe, expect, test } from 'vitest';

import type { CircuitCallEvent } from '../src/circuit-events.ts';
import { countWindow, timeWindow } from '../src/trip-policy.ts';
import { pendingWork, permitOf, scene } from './support/scene.ts';

describe('the clock', () => {
  test('is not read by calls that succeed under a window of counts', async () => {
    const { breaker, clock } = scene({ trip: countWindow({ size: 10, minimumCalls: 10 }) });
    const before = clock.readCount;
    for (let call = 0; call < 9; call += 1) await breaker.run(() => 'fine');
    for (let call = 0; call < 100; call += 1) permitOf(breaker).succeed();
    // Once: by the success that brings the window to its minimum.
    expect(clock.readCount - before).toBe(1);
  });

  test('is read once by calls under a window of time, twice when they are timed', async () => {
    const time = scene({ trip: timeWindow() });
    const timed = scene({ trip: timeWindow({ slowCalls: { slowerThanMs: 5 } }) });
    for (const [{ breaker, clock }, reads] of [
      [time, 1],
      [timed, 2],
    ] as const) {
      const before = clock.readCount;
      await breaker.run(() => 'fine');
      expect(clock.readCount - before).toBe(reads);
    }
  });
});

describe('events of calls', () => {
  test('say how each ended, how long it took, and whether it came too late', async () => {
    const { breaker, clock, calls } = scene({ name: 'inventory' });
    const heard: CircuitCallEvent[] = [];
    const stop = breaker.observeCalls((event) => heard.push(event));
    const late = pendingWork<string>();
    const lateRun = breaker.run(late.work);
    clock.advance(40);
    await calls('bad', 'bad', 'ok');
    late.resolve('fine');
    await lateRun;
    stop();
    await calls('ok');
    const breakerName = 'inventory';
    const failed = {
      kind: 'settled',
      breakerName,
      outcome: 'failure',
      durationMs: 0,
      isLate: false,
    };
    expect(heard).toEqual([
      failed,
      failed,
      { kind: 'refused', breakerName, reason: 'open' },
      { kind: 'settled', breakerName, outcome: 'success', durationMs: 40, isLate: true },
    ]);
  });

  test('come after the change of the circuit that the call made', async () => {
    const { breaker, calls } = scene();
    const heard: string[] = [];
    breaker.observe(({ kind }) => heard.push(kind));
    breaker.observeCalls(({ kind }) => heard.push(kind));
    await calls('bad', 'bad');
    expect(heard).toEqual(['settled', 'thresholdReached', 'transition', 'settled']);
  });

  test('are silent while the circuit is disabled or forced open', async () => {
    const { breaker, calls } = scene();
    const heard: unknown[] = [];
    breaker.observeCalls((event) => heard.push(event));
    breaker.disable();
    await calls('ok', 'bad');
    breaker.forceOpen();
    await calls('ok');
    breaker.tryAcquire();
    expect(heard).toEqual([]);
  });

  test('have no duration when nobody listened at the beginning', async () => {
    const { breaker } = scene();
    const { work, resolve } = pendingWork<string>();
    const run = breaker.run(work);
    const heard: CircuitCallEvent[] = [];
    breaker.observeCalls((event) => heard.push(event));
    resolve('fine');
    await run;
    expect(heard).toMatchObject([{ durationMs: Number.NaN }]);
  });
});
