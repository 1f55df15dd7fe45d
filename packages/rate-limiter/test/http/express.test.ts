import express, { type ErrorRequestHandler, type Request } from 'express';
import { describe, expect, test } from 'vitest';

import { expressRateLimit } from '../../src/http/express.ts';
import type { HttpRateLimitOptions, ResponseOutcome } from '../../src/http/http-rate-limit.ts';
import { CountingLimit } from '../support/counting-limit.ts';
import { gate, hangUp, serve } from '../support/http-server.ts';

function optionsOf(limit: CountingLimit): HttpRateLimitOptions<Request> {
  return { limit, key: () => 'someone', onLimiterFailure: 'closed' };
}

describe('Express', () => {
  test('passes requests on within the limit, and answers them beyond', async () => {
    const app = express();
    const options = optionsOf(new CountingLimit(1));
    app.use(expressRateLimit<Request>({ ...options, key: (_, { ip }) => ip }));
    app.get('/', (_request, response) => void response.send('hello'));
    await using server = await serve(app);
    const first = await fetch(server.url);
    expect(await first.text()).toBe('hello');
    expect(first.headers.get('RateLimit-Policy')).toBe('"perMinute";q=1;w=60');
    expect(first.headers.get('RateLimit')).toBe('"perMinute";r=0;t=60');
    const second = await fetch(server.url);
    expect([second.status, second.headers.get('Retry-After')]).toEqual([429, '60']);
    expect(second.headers.get('Content-Type')).toBe('application/problem+json');
    expect(await second.json()).toMatchObject({ status: 429 });
  });

  test('limits a part of the paths, by the whole path', async () => {
    const urls: string[] = [];
    const app = express();
    const key = ({ url }: { readonly url: string }): string => {
      urls.push(url);
      return url;
    };
    app.use('/api', expressRateLimit<Request>({ ...optionsOf(new CountingLimit(1)), key }));
    app.use((_request, response) => void response.send('hello'));
    await using server = await serve(app);
    await (await fetch(`${server.url}/other`)).text();
    const response = await fetch(`${server.url}/api/users?page=2`);
    expect(response.headers.has('RateLimit')).toBe(true);
    expect(urls).toEqual(['/api/users?page=2']);
  });

  test('several limits append to one list', async () => {
    const app = express();
    app.use(expressRateLimit<Request>(optionsOf(new CountingLimit(9, 'user'))));
    app.use(expressRateLimit<Request>(optionsOf(new CountingLimit(5, 'say "please"'))));
    app.get('/', (_request, response) => void response.send('hello'));
    await using server = await serve(app);
    const { headers } = await fetch(server.url);
    const list = String.raw`"user";r=8;t=60, "say \"please\"";r=4;t=60`;
    expect(headers.get('RateLimit')).toBe(list);
  });

  test('the outcome of a handler that throws is the answer Express makes of it', async () => {
    const outcomes: ResponseOutcome[] = [];
    const counts = (outcome: ResponseOutcome): boolean => outcomes.push(outcome) === 0;
    const app = express();
    app.use(expressRateLimit<Request>({ ...optionsOf(new CountingLimit(5)), counts }));
    app.get('/', () => {
      throw new Error('broken');
    });
    const onError: ErrorRequestHandler = (_error, _request, response, _next) => {
      response.status(500).end();
    };
    app.use(onError);
    await using server = await serve(app);
    expect((await fetch(server.url)).status).toBe(500);
    expect(outcomes).toEqual([{ kind: 'answered', status: 500 }]);
  });

  test('a client that hangs up is settled once', async () => {
    const outcomes: ResponseOutcome[] = [];
    const [reached, settled] = [gate(), gate()];
    const counting = new CountingLimit(5);
    const counts = (outcome: ResponseOutcome): boolean => {
      outcomes.push(outcome);
      settled.open();
      return false;
    };
    const app = express();
    app.use(expressRateLimit<Request>({ ...optionsOf(counting), counts }));
    app.get('/', (_request, response) => {
      reached.open();
      response.once('close', () => response.send('too late'));
    });
    await using server = await serve(app);
    await hangUp(server, '/', reached.opened);
    await settled.opened;
    expect(outcomes).toEqual([{ kind: 'aborted' }]);
    expect(counting.refunded).toHaveLength(1);
  });
});
