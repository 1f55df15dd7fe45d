import { expect, test } from 'vitest';

import { httpRateLimit } from '../../src/http/http-rate-limit.ts';
import { limiterLimit } from '../../src/http/limiter-limit.ts';
import { gcra } from '../../src/policy.ts';
import { RateLimiter } from '../../src/rate-limiter.ts';

const clock = { nowMs: () => 0, wallTimeMs: () => 0 };
const request = { method: 'GET', url: '/', headers: new Headers() };

test('requests are held against a limiter in memory, and given back to it', async () => {
  const policy = gcra({ name: 'login', limit: 2, windowMs: 60_000 });
  const limiter = new RateLimiter({ policy, clock });
  const limit = httpRateLimit({
    limit: limiterLimit(limiter),
    key: () => 'someone',
    counts: (outcome) => outcome.kind === 'answered' && outcome.status === 401,
    onLimiterFailure: 'closed',
  });
  const first = await limit.check(request, undefined);
  expect(first.fields.map(({ value }) => value)).toEqual(['"login";q=2;w=60', '"login";r=1;t=30']);
  if (first.kind === 'admitted') first.settle({ kind: 'answered', status: 200 });
  expect(limiter.peek('someone').remaining).toBe(2);
  const second = await limit.check(request, undefined);
  if (second.kind === 'admitted') second.settle({ kind: 'answered', status: 401 });
  expect(limiter.peek('someone').remaining).toBe(1);
  await limit.check(request, undefined);
  expect(await limit.check(request, undefined)).toMatchObject({ kind: 'limited', status: 429 });
});

test('headers tell of the policy as it is now', async () => {
  const limiter = new RateLimiter({ policy: gcra({ limit: 2, windowMs: 60_000 }), clock });
  const limit = limiterLimit(limiter);
  limiter.update(gcra({ limit: 7, windowMs: 60_000 }));
  expect(limit.policies).toMatchObject([{ limit: 7 }]);
  expect(limit.take('someone', 0)).toEqual({ decisions: [limiter.peek('someone')] });
});
