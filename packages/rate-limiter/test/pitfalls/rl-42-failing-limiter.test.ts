/*
 * What goes wrong elsewhere: the limiter throws, the middleware answers and calls `next` as well,
 * or calls `next` twice because what a handler threw came back as a rejection: two responses, and a
 * process that ends with "headers have left".
 *
 * Protection: `check` of src/http/http-rate-limit.ts never rejects, and src/http/express.ts calls
 * `next` outside of it, returning no promise.
 */
import express, { type ErrorRequestHandler, type Request } from 'express';
import { describe, expect, test } from 'vitest';

import { expressRateLimit } from '../../src/http/express.ts';
import { failingLimit } from '../support/counting-limit.ts';
import { serve } from '../support/http-server.ts';

describe.each(['throws', 'rejects'] as const)('a limiter that %s', (how) => {
  const options = { limit: failingLimit(how), key: () => 'someone' };

  test('closed, answers once and calls nobody', async () => {
    let nextCount = 0;
    const app = express();
    const limit = expressRateLimit<Request>({ ...options, onLimiterFailure: 'closed' });
    app.use((request, response, next) => {
      limit(request, response, () => {
        nextCount += 1;
        next();
      });
    });
    app.use((_request, response) => void response.send('hello'));
    await using server = await serve(app);
    const response = await fetch(server.url);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ status: 503, 'violated-policies': [] });
    expect(nextCount).toBe(0);
  });

  test('open, calls the next one once, and what that throws comes back to Express', async () => {
    const seen: string[] = [];
    const app = express();
    app.use(expressRateLimit<Request>({ ...options, onLimiterFailure: 'open' }));
    app.use((_request, _response, _next) => {
      seen.push('handler');
      throw new Error('the handler is broken');
    });
    const onError: ErrorRequestHandler = (error: Error, _request, response, _next) => {
      seen.push(error.message);
      response.status(500).send('one answer');
    };
    app.use(onError);
    await using server = await serve(app);
    const response = await fetch(server.url);
    expect([response.status, await response.text()]).toEqual([500, 'one answer']);
    expect(seen).toEqual(['handler', 'the handler is broken']);
  });
});
