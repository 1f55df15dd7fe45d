import { describe, expect, test } from 'vitest';

import type { HttpRateLimitOptions, ResponseOutcome } from '../../src/http/http-rate-limit.ts';
import { httpRateLimit } from '../../src/http/http-rate-limit.ts';
import type { HttpRequest } from '../../src/http/http-request.ts';
import { problemType } from '../../src/http/problem.ts';
import type { Verdict } from '../../src/store.ts';
import { CountingLimit, failingLimit } from '../support/counting-limit.ts';

const request: HttpRequest = { method: 'GET', url: '/', headers: new Headers() };
const key = (): string => 'someone';
const ok: ResponseOutcome = { kind: 'answered', status: 200 };

function limitOf(
  limit: number,
  options: Partial<HttpRateLimitOptions> = {},
): {
  readonly counting: CountingLimit;
  readonly check: (from?: HttpRequest) => ReturnType<ReturnType<typeof httpRateLimit>['check']>;
} {
  const counting = new CountingLimit(limit);
  const made = httpRateLimit({ limit: counting, key, onLimiterFailure: 'closed', ...options });
  return { counting, check: (from = request) => made.check(from, undefined) };
}

function textOf(fields: readonly { readonly name: string; readonly value: string }[]): string[] {
  return fields.map(({ name, value }) => `${name}: ${value}`);
}

describe('a request within its limit', () => {
  test('goes on, and its response tells what is left', async () => {
    const decision = await limitOf(2).check();
    expect(decision.kind).toBe('admitted');
    expect(textOf(decision.fields)).toEqual([
      'RateLimit-Policy: "perMinute";q=2;w=60',
      'RateLimit: "perMinute";r=1;t=60',
    ]);
  });

  test('costs what it is said to cost', async () => {
    const { counting, check } = limitOf(10, { cost: ({ url }) => url.length });
    await check({ ...request, url: '/12345' });
    expect(counting.taken).toEqual([{ key: 'someone', cost: 6 }]);
  });

  test('is told nothing where headers are off', async () => {
    expect((await limitOf(2, { headers: 'none' }).check()).fields).toEqual([]);
  });

  test('is told in the old way where that is asked for', async () => {
    const clock = { wallTimeMs: () => 1_700_000_000_000 };
    const options = { headers: 'none', legacyHeaders: 'secondsSince1970', clock } as const;
    const decision = await limitOf(2, options).check();
    expect(textOf(decision.fields)).toEqual([
      'X-RateLimit-Limit: 2',
      'X-RateLimit-Remaining: 1',
      'X-RateLimit-Reset: 1700000060',
    ]);
  });
});

describe('a request beyond its limit', () => {
  test('is answered with the whole response', async () => {
    const { check } = limitOf(1);
    await check();
    const decision = await check();
    if (decision.kind !== 'limited') throw new Error('expected a refusal');
    expect(decision.status).toBe(429);
    expect(textOf(decision.fields)).toEqual([
      'RateLimit-Policy: "perMinute";q=1;w=60',
      'RateLimit: "perMinute";r=0;t=60',
      'Retry-After: 60',
      `Content-Type: ${problemType}`,
      'Cache-Control: no-store',
    ]);
    expect(JSON.parse(decision.body)).toEqual({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      title: 'Request cannot be satisfied as assigned quota has been exceeded',
      status: 429,
      'violated-policies': ['perMinute'],
    });
  });

  test('gets no body if it asked for none', async () => {
    const decision = await limitOf(0).check({ ...request, method: 'HEAD' });
    expect(decision).toMatchObject({ kind: 'limited', body: '' });
  });

  test('is told of a later time by chance, the same in all headers', async () => {
    const random = { int: (below: number) => below - 1 };
    const decision = await limitOf(0, { retrySpreadSeconds: 5, random }).check();
    expect(textOf(decision.fields)).toContain('Retry-After: 65');
    expect(textOf(decision.fields)).toContain('RateLimit: "perMinute";r=0;t=65');
  });

  test('is told 503 where nobody could say', async () => {
    const { policies } = new CountingLimit(5);
    const state = { policyName: 'perMinute', limit: 5, remaining: 0, resetAfterMs: 0 };
    const verdict: Verdict = {
      decisions: [{ kind: 'limited', reason: 'storeFailed', ...state, retryAfterMs: 1_500 }],
    };
    const limit = { policies, take: () => verdict, refund: () => undefined };
    const decision = await limitOf(5, { limit }).check();
    expect(decision).toMatchObject({
      status: 503,
      problem: {
        type: 'https://iana.org/assignments/http-problem-types#temporary-reduced-capacity',
        'violated-policies': ['perMinute'],
      },
    });
    expect(textOf(decision.fields)).toContain('Retry-After: 2');
  });
});

describe('whom it counts', () => {
  test('who has no key is not limited', async () => {
    const { counting, check } = limitOf(0, { key: () => undefined });
    expect(await check()).toMatchObject({ kind: 'admitted', fields: [], decisions: [] });
    expect(counting.taken).toEqual([]);
  });

  test('the limit itself may hang on the request', async () => {
    const large = new CountingLimit(100);
    const { counting, check } = limitOf(1, {
      limit: ({ url }) => (url === '/large' ? large : counting),
    });
    expect(await check({ ...request, url: '/large' })).toMatchObject({
      decisions: [{ limit: 100 }],
    });
    expect(await check()).toMatchObject({ decisions: [{ limit: 1 }] });
  });
});

describe('counting only some outcomes', () => {
  const counts = (outcome: ResponseOutcome): boolean =>
    outcome.kind === 'answered' && outcome.status === 401;

  test('gives back what does not count', async () => {
    const { counting, check } = limitOf(5, { counts });
    const [good, bad] = [await check(), await check()];
    expect(counting.used('someone')).toBe(2);
    if (good.kind === 'admitted') good.settle(ok);
    if (bad.kind === 'admitted') bad.settle({ kind: 'answered', status: 401 });
    expect(counting.used('someone')).toBe(1);
  });

  test('holds the cost while the outcome is open, so that a flood gets no further', async () => {
    const { check } = limitOf(2, { counts });
    const kinds = await Promise.all([check(), check(), check()]);
    expect(kinds.map(({ kind }) => kind)).toEqual(['admitted', 'admitted', 'limited']);
  });

  test('reports what it throws, and then it counts', async () => {
    const errors: unknown[] = [];
    const { counting, check } = limitOf(5, {
      counts: () => {
        throw new Error('no idea');
      },
      onError: (error) => errors.push(error),
    });
    const decision = await check();
    if (decision.kind === 'admitted') decision.settle(ok);
    expect(errors).toEqual([new Error('no idea')]);
    expect(counting.used('someone')).toBe(1);
  });

  test('reports a refund that fails', async () => {
    const errors: unknown[] = [];
    const counting = new CountingLimit(5);
    const limit = {
      policies: counting.policies,
      take: (of: string, cost: number) => counting.take(of, cost),
      refund: () => Promise.reject(new Error('lost')),
    };
    const onError = (error: unknown): unknown => errors.push(error);
    const decision = await limitOf(5, { limit, counts, onError }).check();
    if (decision.kind === 'admitted') decision.settle(ok);
    await Promise.resolve();
    await Promise.resolve();
    expect(errors).toEqual([new Error('lost')]);
  });
});

describe('a limiter that fails', () => {
  test.each(['throws', 'rejects'] as const)('and %s, closed: 503', async (how) => {
    const decision = await limitOf(1, { limit: failingLimit(how) }).check();
    expect(decision).toMatchObject({ kind: 'limited', status: 503, decisions: [] });
  });

  test.each(['throws', 'rejects'] as const)('and %s, open: goes on, reported', async (how) => {
    const errors: unknown[] = [];
    const decision = await limitOf(1, {
      limit: failingLimit(how),
      onLimiterFailure: 'open',
      onError: (error) => errors.push(error),
    }).check();
    expect(decision).toMatchObject({ kind: 'admitted', fields: [] });
    expect(errors).toEqual([new Error('the limiter is down')]);
  });

  test('is no worse with a key that throws, and a report that throws', async () => {
    const { check } = limitOf(1, {
      key: () => {
        throw new Error('no session');
      },
      onError: () => {
        throw new Error('no log');
      },
    });
    expect(await check()).toMatchObject({ kind: 'limited', status: 503 });
  });
});

test.each([
  [{ onLimiterFailure: 'maybe' }, "onLimiterFailure: expected 'open' or 'closed', got 'maybe'"],
  [{ headers: 'all' }, "headers: expected 'standard' or 'none', got 'all'"],
  [{ legacyHeaders: 'yes' }, 'legacyHeaders: expected'],
  [{ legacyHeaders: 'secondsSince1970' }, 'clock: expected one'],
  [{ retrySpreadSeconds: 1 }, 'random: expected one'],
  [{ retrySpreadSeconds: -1 }, 'retrySpreadSeconds: expected an integer of 0..3600, got -1'],
  [{ retrySpreadSeconds: 0.5 }, 'retrySpreadSeconds: expected an integer'],
  [{ retrySpreadSeconds: Number.NaN }, 'retrySpreadSeconds: expected an integer'],
  [{ quotaUnit: 'bytes\n' }, 'quotaUnit: expected printable ASCII'],
  [{ limit: new CountingLimit(1, 'naïve') }, 'policy.name: expected printable ASCII'],
])('options %j are refused', (options, message) => {
  const given = { limit: new CountingLimit(1), key, onLimiterFailure: 'open', ...options };
  expect(() => httpRateLimit(given as HttpRateLimitOptions)).toThrow(message);
});
