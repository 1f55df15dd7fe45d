import { describe, expect, test } from 'vitest';

import { type CircuitOptions, circuitSettings } from '../src/circuit-options.ts';
import { TrialCalls } from '../src/trial-calls.ts';
import { consecutiveFailures, countWindow } from '../src/trip-policy.ts';

function trialsOf(permittedCalls: number, options: CircuitOptions = {}): TrialCalls {
  const halfOpen = { permittedCalls, waitMsMax: 1_000 };
  return new TrialCalls(circuitSettings({ ...options, halfOpen }));
}

describe('trial calls', () => {
  test('are admitted as far as they are permitted', () => {
    const trials = trialsOf(2);
    expect([trials.tryAdmit(0), trials.isFull, trials.tryAdmit(0)]).toEqual([true, false, true]);
    expect([trials.isFull, trials.tryAdmit(0)]).toEqual([true, false]);
  });

  test('that say nothing make room for others, never for more than are missing', () => {
    const trials = trialsOf(2);
    trials.tryAdmit(0);
    trials.record('success');
    trials.giveBack();
    // One came back, so one is missing, whatever else gives back a permit.
    expect([trials.tryAdmit(0), trials.tryAdmit(0)]).toEqual([true, false]);
  });

  test('are lost when the last was admitted too long ago, not while one is left', () => {
    const trials = trialsOf(2);
    trials.tryAdmit(10);
    expect(trials.lostAtMs).toBe(Number.POSITIVE_INFINITY);
    trials.tryAdmit(500);
    expect(trials.lostAtMs).toBe(1_500);
  });

  test('pass once enough have gone well', () => {
    const trials = trialsOf(3);
    trials.record('success');
    trials.record('failure');
    expect(trials.verdict()).toBe('notYet');
    trials.record('success');
    expect(trials.verdict()).toBe('passed');
  });

  test.each([
    ['failureRate', countWindow(), ['failure', 'failure']],
    ['slowRate', countWindow({ slowCalls: { slowerThanMs: 1, threshold: 0.3 } }), ['slowSuccess']],
    ['consecutiveFailures', consecutiveFailures(9), ['failure']],
  ] as const)('say %s as soon as no success can make up for it', (verdict, trip, outcomes) => {
    const trials = trialsOf(3, { trip });
    for (const outcome of outcomes) trials.record(outcome);
    expect(trials.verdict()).toBe(verdict);
  });

  test('go on under other settings, by the number that were admitted and came back', () => {
    const trials = trialsOf(3);
    trials.tryAdmit(5);
    trials.tryAdmit(7);
    trials.record('failure');
    const fewer = trials.with(circuitSettings({ halfOpen: { permittedCalls: 2, waitMsMax: 50 } }));
    expect([fewer.isFull, fewer.lostAtMs, fewer.counts.failed]).toEqual([true, 57, 1]);
    const more = trials.with(circuitSettings({ halfOpen: { permittedCalls: 4 } }));
    expect([more.tryAdmit(8), more.tryAdmit(8), more.tryAdmit(8)]).toEqual([true, true, false]);
  });
});
