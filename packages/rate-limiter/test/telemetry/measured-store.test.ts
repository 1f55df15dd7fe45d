import { describe, expect, test } from 'vitest';

import type { Decision } from '../../src/decision.ts';
import { gcra } from '../../src/policy.ts';
import type { RateLimitStore } from '../../src/store.ts';
import type { LimiterTelemetry } from '../../src/telemetry/limiter-telemetry.ts';
import { measuredStore } from '../../src/telemetry/measured-store.ts';

const policy = gcra({ name: 'login', limit: 5, windowMs: 1_000 });
const decision: Decision = {
  kind: 'admitted',
  reason: 'withinLimit',
  policyName: 'login',
  limit: 5,
  remaining: 4,
  resetAfterMs: 200,
};

function scene(answer: () => Promise<void>) {
  const told: string[] = [];
  const telemetry: LimiterTelemetry = {
    decided: ({ policyName, kind }) => told.push(`${policyName} ${kind}`),
    waited: (durationMs) => told.push(`waited ${durationMs}`),
    storeAnswered: (durationMs, outcome) => told.push(`${outcome} in ${durationMs}`),
  };
  let nowMs = 100;
  const slowly = async (): Promise<void> => {
    nowMs += 7;
    await answer();
  };
  const store: RateLimitStore = {
    take: async () => {
      await slowly();
      return { decisions: [decision, decision], chargeId: 'c' };
    },
    refund: slowly,
    block: slowly,
    reset: slowly,
    close: () => Promise.resolve(),
  };
  return { told, store: measuredStore(store, telemetry, { nowMs: () => nowMs }) };
}

describe('a measured store', () => {
  test('tells of each decision, and of the time each call takes', async () => {
    const { told, store } = scene(() => Promise.resolve());
    const verdict = await store.take([{ key: 'secret', policy, cost: 1 }]);
    expect(verdict).toEqual({ decisions: [decision, decision], chargeId: 'c' });
    await store.refund('c');
    await store.block('secret', policy, 1);
    await store.reset('secret', policy);
    await store.close();
    const answered = 'answered in 7';
    const decided = 'login admitted';
    expect(told).toEqual([answered, decided, decided, answered, answered, answered]);
    expect(told.join()).not.toContain('secret');
  });

  test('tells of failures, and of callers who gave up, and lets them through', async () => {
    const error = new Error('down');
    const { told, store } = scene(() => Promise.reject(error));
    await expect(store.take([])).rejects.toBe(error);
    await expect(store.refund('c', { signal: AbortSignal.abort() })).rejects.toBe(error);
    expect(told).toEqual(['failed in 7', 'aborted in 7']);
  });
});
