import { describe, expect, test } from 'vitest';

import { httpRateLimit } from '../../src/http/http-rate-limit.ts';
import { sharedLimit, storeLimit } from '../../src/http/store-limit.ts';
import { createMemoryRateLimitStore } from '../../src/local-store.ts';
import { gcra } from '../../src/policy.ts';
import { SharedRateLimiter } from '../../src/shared-rate-limiter.ts';
import type { RateLimitStore } from '../../src/store.ts';

const second = gcra({ name: 'second', limit: 2, windowMs: 1_000 });
const day = gcra({ name: 'day', limit: 100, windowMs: 86_400_000 });
const request = { method: 'GET', url: '/', headers: new Headers() };
const key = (): string => 'someone';

function stillStore(): RateLimitStore {
  return createMemoryRateLimitStore({ nowMs: () => 0 });
}

describe('limits over a store', () => {
  test.each([
    ['a store', () => storeLimit(stillStore(), [second, day])],
    ['a shared limiter', () => sharedLimit(sharedOver(stillStore()), [second, day])],
  ])('take all policies or none, and give all back: %s', async (_name, make) => {
    const counts = (): boolean => false;
    const limit = make();
    const made = httpRateLimit({ limit, key, counts, onLimiterFailure: 'closed' });
    const first = await made.check(request, undefined);
    expect(first.fields[1]?.value).toBe('"second";r=1;t=1, "day";r=99;t=864');
    await made.check(request, undefined);
    const refused = await made.check(request, undefined);
    expect(refused).toMatchObject({ status: 429, problem: { 'violated-policies': ['second'] } });
    expect(refused.fields[1]?.value).toBe('"second";r=0;t=1, "day";r=98;t=864');
    if (first.kind === 'admitted') first.settle({ kind: 'aborted' });
    const looked = await limit.take('someone', 0);
    expect(looked.decisions.map(({ remaining }) => remaining)).toEqual([1, 99]);
  });

  test('a store that fails is answered as the shared limiter says', async () => {
    const store: RateLimitStore = {
      ...stillStore(),
      take: () => Promise.reject(new Error('down')),
    };
    const closed = new SharedRateLimiter({ store, onStoreFailure: 'closed' });
    const limit = sharedLimit(closed, [second]);
    const refused = await httpRateLimit({ limit, key, onLimiterFailure: 'open' }).check(
      request,
      undefined,
    );
    expect(refused).toMatchObject({ kind: 'limited', status: 503 });
  });

  test.each([[[]], [[second, second]]])('refuse the policies %j', (policies) => {
    const message = 'policies: expected at least one, no name twice';
    expect(() => storeLimit(stillStore(), policies)).toThrow(message);
    expect(() => sharedLimit(sharedOver(stillStore()), policies)).toThrow(message);
  });
});

function sharedOver(store: RateLimitStore): SharedRateLimiter {
  return new SharedRateLimiter({ store });
}
