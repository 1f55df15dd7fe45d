/**
 * Elsewhere: each breaker runs timers that keep the process alive and cost memory; or a timer that
 * a reset forgot makes a transition that nobody expects.
 *
 * Protection: time is lazy; the timer that `halfOpenBy` asks for is unref'ed, and set anew or taken
 * away after every step (`#setTimer`, `circuit-breaker.ts`).
 */
import { describe, expect, test } from 'vitest';

import { CircuitBreaker } from '../../src/circuit-breaker.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { scene } from '../support/scene.ts';

describe('breakers', () => {
  test('set no timer, idle, open or half open', async () => {
    const clock = new ManualClock();
    const trip = { kind: 'consecutiveFailures', failureThreshold: 1 } as const;
    const make = (): CircuitBreaker => new CircuitBreaker({ clock, trip });
    const breakers = Array.from({ length: 10_000 }, make);
    for (const breaker of breakers.slice(0, 100)) breaker.trip();
    for (const breaker of breakers.slice(100, 200)) breaker.forceOpen();
    expect(clock.timerCount).toBe(0);
  });

  test('let the process end although they wait by timer', async () => {
    const { clock, calls } = scene({ halfOpenBy: 'timer' });
    await calls('bad', 'bad');
    expect(clock.timerCount).toBe(1);
    expect(clock.holdingCount).toBe(0);
  });
});

describe('the timer of an open circuit', () => {
  test('turns it half open, so that those who watch it see the event', async () => {
    const { clock, calls, moves, breaker } = scene({ halfOpenBy: 'timer' });
    await calls('bad', 'bad');
    clock.advance(1_000);
    expect(moves().at(-1)).toBe('open>halfOpen:waitOver');
    expect(clock.timerCount).toBe(0);
    await calls('bad');
    expect(clock.timerCount).toBe(1);
    clock.advance(1_000);
    expect(breaker.status().state).toBe('halfOpen');
  });

  test.each([
    ['a reset', 'closed', (b: CircuitBreaker): void => b.reset()],
    ['forcing', 'forcedOpen', (b: CircuitBreaker): void => void b.forceOpen()],
    ['disabling', 'disabled', (b: CircuitBreaker): void => b.disable()],
    ['watching', 'metricsOnly', (b: CircuitBreaker): void => b.metricsOnly()],
    ['closing', 'closed', (b: CircuitBreaker): void => b.transitionTo('closed')],
    ['a trial by hand', 'halfOpen', (b: CircuitBreaker): void => b.transitionTo('halfOpen')],
  ] as const)('is gone after %s', async (_, state, change) => {
    const { clock, calls, breaker, moves } = scene({ halfOpenBy: 'timer' });
    await calls('bad', 'bad');
    change(breaker);
    expect(clock.timerCount).toBe(0);
    const before = moves();
    clock.advance(100_000);
    expect(breaker.state).toBe(state);
    expect(moves()).toEqual(before);
  });

  test('is gone after the breaker was disposed of', async () => {
    const { clock, calls, breaker } = scene({ halfOpenBy: 'timer' });
    await calls('bad', 'bad');
    breaker[Symbol.dispose]();
    expect(clock.timerCount).toBe(0);
  });
});
