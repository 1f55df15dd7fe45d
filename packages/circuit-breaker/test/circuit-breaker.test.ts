import { describe, expect, test } from 'vitest';

import { CircuitBreaker } from '../src/circuit-breaker.ts';
import { outcomes } from '../src/outcome.ts';
import { countWindow } from '../src/trip-policy.ts';
import { ManualClock } from './support/manual-clock.ts';
import { permitOf, scene } from './support/scene.ts';

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
