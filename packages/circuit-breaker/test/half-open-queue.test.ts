import { describe, expect, test } from 'vitest';

import type { CircuitBreakerOptions } from '../src/circuit-breaker-options.ts';
import { pendingWork, permitOf, type Scene, scene } from './support/scene.ts';

/** A half-open circuit whose one trial call is on its way. */
async function waiting(options: CircuitBreakerOptions = {}): Promise<{
  readonly it: Scene;
  readonly trial: ReturnType<typeof pendingWork<string>>;
  readonly trialRun: Promise<string>;
}> {
  const it = scene({ halfOpenQueue: { maxQueue: 2, maxWaitMs: 100 }, ...options });
  await it.calls('bad', 'bad');
  it.clock.advance(1_000);
  const trial = pendingWork<string>();
  return { it, trial, trialRun: it.breaker.run(trial.work) };
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('callers who may wait while trial calls are on their way', () => {
  test('run in their order when the circuit closes', async () => {
    const { it, trial } = await waiting();
    const order: string[] = [];
    const runs = ['a', 'b'].map((name) => it.breaker.run(() => order.push(name)));
    await turn();
    expect(order).toEqual([]);
    trial.resolve('back');
    await Promise.all(runs);
    expect(order).toEqual(['a', 'b']);
    expect(it.breaker.state).toBe('closed');
    expect(it.breaker.status().tallies.refusedCount).toBe(0);
    expect(it.clock.timerCount).toBe(0);
  });

  test('are refused when the circuit opens', async () => {
    const { it, trial, trialRun } = await waiting();
    const run = it.breaker.run(() => 'fine');
    trial.reject(new Error('still down'));
    await expect(trialRun).rejects.toThrow('still down');
    await expect(run).rejects.toMatchObject({ code: 'CIRCUIT_OPEN', reason: 'open' });
  });

  test('are refused at once when as many wait as may', async () => {
    const { it } = await waiting();
    const runs = [1, 2].map(() => it.breaker.run(() => 'fine'));
    await expect(it.breaker.run(() => 'fine')).rejects.toMatchObject({ reason: 'halfOpen' });
    it.breaker[Symbol.dispose]();
    await Promise.allSettled(runs);
  });

  test('are refused when they have waited for as long as they may', async () => {
    const { it } = await waiting();
    const run = it.breaker.run(() => 'fine');
    expect(it.clock.timerCount).toBe(1);
    expect(it.clock.holdingCount).toBe(0);
    it.clock.advance(100);
    await expect(run).rejects.toMatchObject({ code: 'CIRCUIT_OPEN', reason: 'halfOpen' });
    expect(it.clock.timerCount).toBe(0);
  });

  test('get the permit that a trial call gives back, before any newcomer', async () => {
    const it = scene({ halfOpenQueue: { maxQueue: 2 } });
    await it.calls('bad', 'bad');
    it.clock.advance(1_000);
    const trial = permitOf(it.breaker);
    const started: string[] = [];
    const first = it.breaker.run(() => started.push('first'));
    trial.ignore();
    expect(it.breaker.tryAcquire().kind).toBe('refused');
    await first;
    expect(started).toEqual(['first']);
    expect(it.breaker.state).toBe('closed');
  });

  test('leave when their caller gives up, and their permit goes on', async () => {
    const it = scene({ halfOpenQueue: { maxQueue: 3 } });
    await it.calls('bad', 'bad');
    it.clock.advance(1_000);
    const trial = permitOf(it.breaker);
    const controller = new AbortController();
    const gone = it.breaker.run(() => 'gone', { signal: controller.signal });
    const granted = new AbortController();
    const late = it.breaker.run(() => 'late', { signal: granted.signal });
    const last = it.breaker.run(() => 'last');
    controller.abort(new Error('no longer needed'));
    await expect(gone).rejects.toThrow('no longer needed');
    trial.ignore();
    // It has its permit, and gives up before it goes on.
    granted.abort(new Error('too late'));
    await expect(late).rejects.toThrow('too late');
    await last.catch(() => undefined);
    await turn();
    expect(it.breaker.state).toBe('closed');
  });

  test('are rejected once when the breaker is disposed of', async () => {
    const { it } = await waiting();
    const runs = [1, 2].map(() => it.breaker.run(() => 'fine'));
    it.breaker[Symbol.dispose]();
    const settled = await Promise.allSettled(runs);
    expect(settled).toMatchObject(
      runs.map(() => ({ status: 'rejected', reason: { code: 'CIRCUIT_BREAKER_DISPOSED' } })),
    );
    expect(it.clock.timerCount).toBe(0);
  });

  test('go on when the circuit is set by hand', async () => {
    const { it } = await waiting();
    const run = it.breaker.run(() => 'fine');
    it.breaker.reset();
    await expect(run).resolves.toBe('fine');
    const held = await waiting();
    const refused = held.it.breaker.run(() => 'fine');
    held.it.breaker.forceOpen();
    await expect(refused).rejects.toMatchObject({ reason: 'forcedOpen' });
  });

  test('do not wait behind trial calls that were lost', async () => {
    const { it } = await waiting();
    it.clock.advance(10_000);
    await expect(it.breaker.run(() => 'fine')).rejects.toMatchObject({ reason: 'open' });
  });

  test.each([
    ['halfOpenQueue', 5],
    ['halfOpenQueue.maxQueue', { maxQueue: -1 }],
    ['halfOpenQueue.maxWaitMs', { maxQueue: 1, maxWaitMs: 0 }],
  ])('wait by options in their range: %s is refused of %j', (field, halfOpenQueue) => {
    const options = JSON.parse(JSON.stringify({ halfOpenQueue })) as CircuitBreakerOptions;
    expect(() => scene(options)).toThrow(`${field}: expected `);
  });
});
