import { type Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { getRequestListener } from '@hono/node-server';
import { describe, expect, test } from 'vitest';

import { clientAddressKey } from '../../src/http/client-address.ts';
import { type HonoRateLimitOptions, honoRateLimit } from '../../src/http/hono.ts';
import type { ResponseOutcome } from '../../src/http/http-rate-limit.ts';
import { CountingLimit, failingLimit } from '../support/counting-limit.ts';
import { gate, hangUp, serve } from '../support/http-server.ts';

function optionsOf(limit: CountingLimit): HonoRateLimitOptions<Context> {
  return { limit, key: () => 'someone', onLimiterFailure: 'closed' };
}

/** Other tests of this process keep their own `Request` and `Response`. */
function listenerOf(app: Hono) {
  return getRequestListener(app.fetch, { overrideGlobalObjects: false });
}

describe('Hono', () => {
  test('passes requests on within the limit, and answers them beyond', async () => {
    const app = new Hono();
    app.use(honoRateLimit<Context>(optionsOf(new CountingLimit(1))));
    app.get('/', (context) => context.text('hello'));
    const first = await app.request('/');
    expect(await first.text()).toBe('hello');
    expect(first.headers.get('RateLimit')).toBe('"perMinute";r=0;t=60');
    const second = await app.request('/');
    expect([second.status, second.headers.get('Retry-After')]).toEqual([429, '60']);
    expect(await second.json()).toMatchObject({ 'violated-policies': ['perMinute'] });
  });

  test('adds its headers to a response that nobody may change', async () => {
    const app = new Hono();
    app.use(honoRateLimit<Context>(optionsOf(new CountingLimit(9, 'outer'))));
    app.use(honoRateLimit<Context>(optionsOf(new CountingLimit(5, 'inner'))));
    app.get('/', () => Response.redirect('https://example.com/', 302));
    const response = await app.request('/');
    expect(response.status).toBe(302);
    expect(response.headers.get('RateLimit')).toBe('"inner";r=4;t=60, "outer";r=8;t=60');
  });

  test('knows who connects, over the server of Node', async () => {
    const counting = new CountingLimit(5);
    const app = new Hono();
    const key = clientAddressKey({ trust: 'none' });
    app.use(honoRateLimit<Context>({ ...optionsOf(counting), key }));
    app.get('/', (context) => context.text('hello'));
    await using server = await serve(listenerOf(app));
    const response = await fetch(server.url, { headers: { 'x-forwarded-for': '6.6.6.6' } });
    expect(await response.text()).toBe('hello');
    expect(counting.taken).toEqual([{ key: '127.0.0.1', cost: 1 }]);
  });

  test('who connects may be told another way', async () => {
    const counting = new CountingLimit(5);
    const app = new Hono();
    const key = clientAddressKey({ trust: 'none' });
    const peerAddress = (): string => '2001:db8::1';
    app.use(honoRateLimit<Context>({ ...optionsOf(counting), key, peerAddress }));
    app.get('/', (context) => context.text('hello'));
    await app.request('/');
    expect(counting.taken).toEqual([{ key: '2001:db8::/64', cost: 1 }]);
  });

  test('answers once when the limiter fails, or goes on', async () => {
    const app = new Hono();
    const options = { limit: failingLimit('throws'), key: () => 'someone' };
    app.use('/closed', honoRateLimit<Context>({ ...options, onLimiterFailure: 'closed' }));
    app.use('/open', honoRateLimit<Context>({ ...options, onLimiterFailure: 'open' }));
    app.get('/*', (context) => context.text('hello'));
    expect((await app.request('/closed')).status).toBe(503);
    expect(await (await app.request('/open')).text()).toBe('hello');
  });

  test('the outcome is the status, of what a handler throws as well', async () => {
    const outcomes: ResponseOutcome[] = [];
    const counts = (outcome: ResponseOutcome): boolean => outcomes.push(outcome) === 0;
    const app = new Hono();
    app.use(honoRateLimit<Context>({ ...optionsOf(new CountingLimit(5)), counts }));
    app.get('/', () => {
      throw new HTTPException(401);
    });
    expect((await app.request('/')).status).toBe(401);
    expect(outcomes).toEqual([{ kind: 'answered', status: 401 }]);
  });

  test('a client that hangs up is settled once', async () => {
    const outcomes: ResponseOutcome[] = [];
    const [reached, settled, left] = [gate(), gate(), gate()];
    const counts = (outcome: ResponseOutcome): boolean => {
      outcomes.push(outcome);
      settled.open();
      return false;
    };
    const counting = new CountingLimit(5);
    const app = new Hono();
    app.use(honoRateLimit<Context>({ ...optionsOf(counting), counts }));
    app.get('/', async (context) => {
      reached.open();
      await left.opened;
      return context.text('too late');
    });
    await using server = await serve(listenerOf(app));
    await hangUp(server, '/', reached.opened);
    await settled.opened;
    left.open();
    expect(outcomes).toEqual([{ kind: 'aborted' }]);
    expect(counting.refunded).toHaveLength(1);
  });
});
