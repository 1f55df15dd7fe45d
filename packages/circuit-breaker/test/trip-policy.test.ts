import { describe, expect, test } from 'vitest';

import type { OutcomeCounts } from '../src/outcome.ts';
import {
  consecutiveFailures,
  countWindow,
  judge,
  timeWindow,
  tripSettings,
  type TripPolicy,
} from '../src/trip-policy.ts';

const counts = (total: number, failed: number, slow = 0): OutcomeCounts => ({
  total,
  failed,
  slow,
  slowFailed: 0,
});

const verdict = (policy: TripPolicy, ...given: Parameters<typeof counts>): string =>
  judge(tripSettings(policy), counts(...given));

describe('a trip policy', () => {
  test('of failures in a row asks for nothing but their number', () => {
    const policy = consecutiveFailures(3);
    expect(verdict(policy, 2, 2)).toBe('below');
    expect(verdict(policy, 3, 3)).toBe('consecutiveFailures');
    expect(verdict(policy, 4, 4)).toBe('consecutiveFailures');
  });

  test('of a rate says nothing below its minimum of calls', () => {
    const policy = timeWindow({ minimumCalls: 5 });
    expect(verdict(policy, 4, 4)).toBe('notYet');
    expect(verdict(policy, 5, 2)).toBe('below');
    expect(verdict(policy, 5, 3)).toBe('failureRate');
  });

  test('names failures first when both rates are reached', () => {
    const slowCalls = { slowerThanMs: 5, threshold: 0.5 };
    const policy = countWindow({ minimumCalls: 2, slowCalls });
    expect(verdict(policy, 4, 2, 2)).toBe('failureRate');
    expect(verdict(policy, 4, 1, 2)).toBe('slowRate');
    expect(verdict(policy, 4, 1, 1)).toBe('below');
  });

  test('that does not ask for slow calls never opens by them', () => {
    expect(verdict(countWindow({ minimumCalls: 1 }), 4, 0, 4)).toBe('below');
  });

  test('is data: what a file of configuration holds does the same', () => {
    const policy = countWindow({ size: 10, failureThreshold: 0.3 });
    const stored: unknown = JSON.parse(JSON.stringify(policy));
    expect(stored).toEqual({ kind: 'countWindow', size: 10, failureThreshold: 0.3 });
    expect(tripSettings(stored as TripPolicy)).toEqual(tripSettings(policy));
  });
});
