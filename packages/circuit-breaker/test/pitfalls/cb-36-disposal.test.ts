/**
 * Elsewhere: shutting down leaves callers waiting, or events arrive at listeners that are gone.
 *
 * Protection: disposal refuses what comes, lets end what runs, and drops listeners and timers
 * (`[Symbol.dispose]`, `circuit-breaker.ts`).
 */
import { describe, expect, test } from 'vitest';

import { CircuitBreakerRegistry } from '../../src/circuit-breaker-registry.ts';
import { pendingWork, permitOf, scene } from '../support/scene.ts';

describe('a breaker that is disposed of', () => {
  test('lets calls end that run, and says nothing about them', async () => {
    const { breaker, events } = scene();
    const heard: unknown[] = [];
    breaker.observeCalls((event) => heard.push(event));
    const first = pendingWork<string>();
    const second = pendingWork<string>();
    const [good, bad] = [breaker.run(first.work), breaker.run(second.work)];
    const permit = permitOf(breaker);
    breaker[Symbol.dispose]();
    first.resolve('fine');
    second.reject(new Error('down'));
    permit.fail();
    await expect(good).resolves.toBe('fine');
    await expect(bad).rejects.toThrow('down');
    breaker.trip();
    expect([...events, ...heard]).toEqual([]);
  });

  test('refuses calls, each once and at once', async () => {
    const { breaker } = scene({ name: 'inventory' });
    breaker[Symbol.dispose]();
    breaker[Symbol.dispose]();
    let started = 0;
    await expect(breaker.run(() => (started += 1))).rejects.toMatchObject({
      code: 'CIRCUIT_BREAKER_DISPOSED',
      definite: true,
      breakerName: 'inventory',
    });
    expect(breaker.tryAcquire()).toMatchObject({ kind: 'refused', reason: 'disposed' });
    expect(started).toBe(0);
  });

  test('takes no listeners', () => {
    const { breaker } = scene();
    breaker[Symbol.dispose]();
    const heard: unknown[] = [];
    breaker.observe((event) => heard.push(event))();
    breaker.observe((event) => heard.push(event));
    breaker.observeCalls((event) => heard.push(event));
    breaker.trip();
    breaker.tryAcquire();
    expect(heard).toEqual([]);
  });

  test('stops a delivery that is under way', async () => {
    const { breaker, calls } = scene();
    const heard: string[] = [];
    breaker.observe(() => breaker[Symbol.dispose]());
    breaker.observe(({ kind }) => heard.push(kind));
    await calls('bad', 'bad');
    expect(heard).toEqual([]);
  });
});

describe('a registry that is disposed of', () => {
  test('disposes of its breakers, and of those that it makes later', () => {
    const breakers = new CircuitBreakerRegistry();
    const breaker = breakers.get('a');
    breakers[Symbol.dispose]();
    expect(breaker.tryAcquire()).toMatchObject({ reason: 'disposed' });
    expect(breakers.get('b').tryAcquire()).toMatchObject({ reason: 'disposed' });
  });
});
