import { describe, expect, test } from 'vitest';

import { CircuitBreaker } from '../src/circuit-breaker.ts';
import type { CircuitCallEvent } from '../src/circuit-events.ts';
import { outcomes } from '../src/outcome.ts';
import { countWindow, timeWindow } from '../src/trip-policy.ts';
import { ManualClock } from './support/manual-clock.ts';
import { pendingWork, permitOf, scene } from './support/scene.ts';

describe('a run', () => {
  test('is refused while the circuit is open, and tried again when its wait is over', async () => {
    const { breaker, clock, calls, moves } = scene();
    await calls('bad', 'bad');
    await expect(breaker.run(() => 'fine')).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' });
    clock.advance(1_000);
    await expect(breaker.run(() => 'fine')).resolves.toBe('fine');
    expect(moves()).toEqual([
      'closed>open:consecutiveFailures',
      'open>halfOpen:waitOver',
      'halfOpen>closed:trialsPassed',
    ]);
  });

  test('hands the caller’s signal to its work, or one of its own that never aborts', async () => {
    const { breaker } = scene();
    const { signal } = new AbortController();
    expect(await breaker.run((context) => context.signal, { signal })).toBe(signal);
    const [own, other] = [
      await breaker.run((context) => [context.signal, context.signal]),
      await breaker.run((context) => context.signal),
    ];
    expect(own[0]).toBe(own[1]);
    expect(other).not.toBe(own[0]);
    expect(other.aborted).toBe(false);
  });

  test('is the first attempt', async () => {
    const { breaker } = scene();
    expect(await breaker.run(({ attempt }) => attempt)).toBe(1);
  });

  test('rejects work that cannot be called, and counts nothing', async () => {
    const { breaker } = scene();
    const nothing = JSON.parse('null') as () => string;
    await expect(breaker.run(nothing)).rejects.toThrow('work: expected a function, got null');
    expect(breaker.status().tallies.admittedCount).toBe(0);
  });

  test('rejects nobody before they can listen, and everybody who listens', async () => {
    const { breaker } = scene();
    breaker.forceOpen();
    const heard: unknown[] = [];
    process.once('unhandledRejection', (reason) => heard.push(reason));
    const runs = Array.from({ length: 10 }, () => breaker.run(() => 'fine'));
    await Promise.allSettled(runs);
    await new Promise((resolve) => setImmediate(resolve));
    process.removeAllListeners('unhandledRejection');
    expect(heard).toEqual([]);
  });
});

describe('a wrapped function', () => {
  test('takes and returns what the function does', async () => {
    const { breaker } = scene();
    const add = breaker.wrap((left: number, right: number) => left + right);
    const sum: number = await add(2, 3);
    expect(sum).toBe(5);
  });

  test('is guarded as a run is', async () => {
    const { breaker } = scene();
    const fail = breaker.wrap(() => Promise.reject(new Error('down')));
    await expect(fail()).rejects.toThrow('down');
    await expect(fail()).rejects.toThrow('down');
    await expect(fail()).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' });
  });
});

describe('a permit', () => {
  test('that leaves its block by an exception has failed', () => {
    const { breaker } = scene();
    const call = (): string => {
      using permit = breaker.tryAcquire();
      if (permit.kind === 'refused') return 'refused';
      throw new Error('down');
    };
    expect(call).toThrow('down');
    expect(call).toThrow('down');
    expect(call()).toBe('refused');
  });

  test('counts its first verdict', () => {
    const { breaker } = scene();
    {
      using permit = permitOf(breaker);
      permit.succeed();
      permit.fail();
      permit.ignore();
    }
    expect(breaker.status().tallies).toMatchObject({ successCount: 1, failureCount: 0 });
  });

  test.each(outcomes)('can say %s', (outcome) => {
    const { breaker } = scene({ trip: countWindow() });
    permitOf(breaker).settle(outcome);
    expect(breaker.status().counts).toEqual({
      total: outcome === 'ignored' ? 0 : 1,
      failed: outcome.endsWith('ailure') ? 1 : 0,
      slow: outcome.startsWith('slow') ? 1 : 0,
      slowFailed: outcome === 'slowFailure' ? 1 : 0,
    });
  });

  test('measures how long it was held when slow calls count', () => {
    const { breaker, clock } = scene({ trip: countWindow({ slowCalls: { slowerThanMs: 100 } }) });
    const permit = permitOf(breaker);
    clock.advance(101);
    permit.succeed();
    expect(breaker.status().counts.slow).toBe(1);
  });
});

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

describe('the status', () => {
  test('shows rates once there are any, of the calls or of the trial calls', async () => {
    const { breaker, calls, clock } = scene({
      name: 'inventory',
      trip: countWindow({ size: 10, minimumCalls: 4, failureThreshold: 0.75 }),
      halfOpen: { permittedCalls: 3 },
    });
    await calls('ok', 'bad', 'ok');
    expect(breaker.status()).toMatchObject({ failureRate: undefined, slowRate: undefined });
    await calls('bad');
    expect(breaker.status()).toMatchObject({
      name: 'inventory',
      state: 'closed',
      generation: 1,
      openings: 0,
      failureRate: 0.5,
      slowRate: 0,
      retryAfterMs: undefined,
    });
    breaker.trip();
    clock.advance(1_000);
    await calls('bad');
    expect(breaker.status()).toMatchObject({ state: 'halfOpen', counts: { total: 1, failed: 1 } });
    expect(breaker.status().failureRate).toBeUndefined();
  });

  test('has no rate where failures in a row are what counts', async () => {
    const { breaker, calls } = scene();
    await calls('bad');
    expect(breaker.status()).toMatchObject({ counts: { failed: 1 }, failureRate: undefined });
  });
});

describe('an update', () => {
  test('changes what it names, and keeps the state and the window', async () => {
    const { breaker, calls } = scene({ trip: countWindow({ size: 10, minimumCalls: 10 }) });
    await calls('bad', 'bad', 'bad');
    breaker.update({ trip: countWindow({ size: 10, minimumCalls: 4 }) });
    expect(breaker.status().counts.total).toBe(3);
    await calls('bad');
    // The wait was not named, and is as it was.
    expect(breaker.retryAfterMs).toBe(1_000);
  });

  test('does not take calls for slow that began before slowness counted', async () => {
    const { breaker, clock } = scene({ trip: countWindow() });
    const permit = permitOf(breaker);
    breaker.update({ trip: countWindow({ slowCalls: { slowerThanMs: 1 } }) });
    clock.advance(1_000_000);
    permit.succeed();
    expect(breaker.status().counts).toMatchObject({ total: 1, slow: 0 });
  });
});

describe('a breaker by default', () => {
  test('opens when half of twenty calls or more fail, at first for 5 s at most', async () => {
    const clock = new ManualClock();
    const breaker = new CircuitBreaker({ clock });
    for (let call = 0; call < 10; call += 1) permitOf(breaker).succeed();
    for (let call = 0; call < 9; call += 1) permitOf(breaker).fail();
    expect(breaker.state).toBe('closed');
    permitOf(breaker).fail();
    expect(breaker.state).toBe('open');
    expect(breaker.retryAfterMs).toBeLessThanOrEqual(5_000);
    expect(breaker.retryAfterMs).toBeGreaterThanOrEqual(4_000);
  });

  test('needs the system for nothing but time and chance', () => {
    const breaker = new CircuitBreaker();
    expect(breaker.name).toBe('circuit');
    expect(breaker.state).toBe('closed');
  });
});
