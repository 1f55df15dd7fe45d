import { describe, expect, test } from 'vitest';

import { httpOriginOf, type HttpEnd, originBreakers } from '../../src/http/origin-breakers.ts';
import { ManualClock } from '../support/manual-clock.ts';

const clock = new ManualClock(1_000);

/** The state, and the wait, of a circuit after one call that ended so. */
async function after(end: HttpEnd): Promise<readonly [string, number | undefined]> {
  const breakers = originBreakers(
    { clock, optionsFor: () => ({ trip: { kind: 'consecutiveFailures', failureThreshold: 1 } }) },
    () => end,
  );
  const breaker = breakers.get('https://example.com');
  await breaker.run(() => 'whatever');
  return [breaker.state, breaker.retryAfterMs];
}

function answer(status: number, retryAfter?: string): HttpEnd {
  return { kind: 'answer', status, retryAfter };
}

describe('what an answer says about a server', () => {
  test.each([101, 200, 204, 301, 400, 401, 404, 409, 418, 428, 430, 499, 600])(
    '%i: it is well',
    async (status) => {
      expect(await after(answer(status, '30'))).toEqual(['closed', undefined]);
    },
  );

  test.each([429, 500, 501, 502, 503, 504, 599])('%i: it is not', async (status) => {
    expect((await after(answer(status)))[0]).toBe('open');
  });

  test('an answer that names a time opens for as long', async () => {
    expect(await after(answer(503, '17'))).toEqual(['open', 17_000]);
    const inOneMinute = new Date(clock.wallTimeMs() + 60_000).toUTCString();
    const [state, waitMs = 0] = await after(answer(429, inOneMinute));
    expect(state).toBe('open');
    expect(waitMs).toBeGreaterThan(58_999);
    expect(waitMs).toBeLessThanOrEqual(60_000);
  });

  test('a time that is absurd is cut to what is allowed', async () => {
    expect(await after(answer(503, '99999999'))).toEqual(['open', 300_000]);
  });

  test('no answer is a failure; what callers do says nothing', async () => {
    expect((await after({ kind: 'failed' }))[0]).toBe('open');
    expect((await after({ kind: 'callers' }))[0]).toBe('closed');
  });

  test('the caller may say what a failure is', async () => {
    const breakers = originBreakers(
      {
        clock,
        isFailure: (status) => status === 404,
        optionsFor: () => ({ trip: { kind: 'consecutiveFailures', failureThreshold: 1 } }),
      },
      () => answer(404),
    );
    await breakers.get('a').run(() => 'whatever');
    expect(breakers.get('a').state).toBe('open');
  });
});

describe('origins', () => {
  test.each([
    ['https://Example.com:443/path?query', 'https://example.com'],
    ['http://example.com:8080', 'http://example.com:8080'],
    [new URL('http://[::1]:80/'), 'http://[::1]'],
    ['data:text/plain,hello', undefined],
    ['blob:https://example.com/1', undefined],
    ['file:///etc/hosts', undefined],
    ['/relative', undefined],
    ['', undefined],
    ['https://', undefined],
  ])('%s', (url, origin) => {
    expect(httpOriginOf(url)).toBe(origin);
  });

  test('a relative address belongs to the page', () => {
    expect(httpOriginOf('/x', 'https://page.example/y')).toBe('https://page.example');
  });
});

describe('options', () => {
  test.each([
    [{ capacity: 0 }, /^capacity: /],
    [{ capacity: 1.5 }, /^capacity: /],
    [{ maxOpenShare: 2 }, /^maxOpenShare: /],
    [{ optionsFor: 'x' }, /^optionsFor: expected a function, got "x"/],
    [{ isFailure: 500 }, /^isFailure: expected a function, got 500/],
  ])('%o is refused', (options, message) => {
    const given: object = options;
    expect(() => originBreakers(given, () => answer(200))).toThrow(message);
  });
});
