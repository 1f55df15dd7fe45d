import fastify, { type FastifyRequest } from 'fastify';
import { describe, expect, test } from 'vitest';

import { fastifyRateLimit } from '../../src/http/fastify.ts';
import type { HttpRateLimitOptions, ResponseOutcome } from '../../src/http/http-rate-limit.ts';
import { CountingLimit, failingLimit } from '../support/counting-limit.ts';
import { gate, hangUp } from '../support/http-server.ts';

function optionsOf(limit: CountingLimit): HttpRateLimitOptions<FastifyRequest> {
  return { limit, key: () => 'someone', onLimiterFailure: 'closed' };
}

describe('Fastify', () => {
  test('passes requests on within the limit, and answers them beyond', async () => {
    const app = fastify();
    const options = optionsOf(new CountingLimit(1));
    app.addHook(
      'onRequest',
      fastifyRateLimit<FastifyRequest>({ ...options, key: (_, { ip }) => ip }),
    );
    app.get('/', () => 'hello');
    const first = await app.inject('/');
    expect([first.statusCode, first.body]).toEqual([200, 'hello']);
    expect(first.headers['ratelimit']).toBe('"perMinute";r=0;t=60');
    const second = await app.inject('/');
    expect([second.statusCode, second.headers['retry-after']]).toEqual([429, '60']);
    expect(second.headers['content-type']).toContain('application/problem+json');
    expect(second.json()).toMatchObject({ 'violated-policies': ['perMinute'] });
    await app.close();
  });

  test('limits one route, and two limits append to one list', async () => {
    const app = fastify();
    const outer = fastifyRateLimit<FastifyRequest>(optionsOf(new CountingLimit(9, 'user')));
    const inner = fastifyRateLimit<FastifyRequest>(optionsOf(new CountingLimit(5, 'route')));
    app.get('/limited', { onRequest: [outer, inner] }, () => 'hello');
    app.get('/free', () => 'hello');
    const limited = await app.inject('/limited');
    expect(limited.headers['ratelimit']).toBe('"user";r=8;t=60, "route";r=4;t=60');
    expect((await app.inject('/free')).headers['ratelimit']).toBeUndefined();
    await app.close();
  });

  test('answers once when the limiter fails, or goes on', async () => {
    const app = fastify();
    const limit = failingLimit('rejects');
    const options = { limit, key: () => 'someone' };
    const closed = fastifyRateLimit<FastifyRequest>({ ...options, onLimiterFailure: 'closed' });
    const open = fastifyRateLimit<FastifyRequest>({ ...options, onLimiterFailure: 'open' });
    app.get('/closed', { onRequest: closed }, () => 'hello');
    app.get('/open', { onRequest: open }, () => 'hello');
    expect((await app.inject('/closed')).statusCode).toBe(503);
    expect((await app.inject('/open')).body).toBe('hello');
    await app.close();
  });

  test('the outcome is the status that was sent', async () => {
    const outcomes: ResponseOutcome[] = [];
    const counts = (outcome: ResponseOutcome): boolean => outcomes.push(outcome) === 0;
    const app = fastify();
    app.addHook(
      'onRequest',
      fastifyRateLimit<FastifyRequest>({ ...optionsOf(new CountingLimit(5)), counts }),
    );
    app.get('/', () => {
      throw new Error('broken');
    });
    expect((await app.inject('/')).statusCode).toBe(500);
    expect(outcomes).toEqual([{ kind: 'answered', status: 500 }]);
    await app.close();
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
    const app = fastify();
    const hook = fastifyRateLimit<FastifyRequest>({ ...optionsOf(counting), counts });
    app.get('/', { onRequest: hook }, async () => {
      reached.open();
      await left.opened;
      return 'too late';
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const [address] = app.addresses();
    if (typeof address !== 'object') throw new Error('expected a port');
    await hangUp(address, '/', reached.opened);
    await settled.opened;
    left.open();
    await app.close();
    expect(outcomes).toEqual([{ kind: 'aborted' }]);
    expect(counting.refunded).toHaveLength(1);
  });
});
