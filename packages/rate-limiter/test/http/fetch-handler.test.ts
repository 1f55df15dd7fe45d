import { describe, expect, test } from 'vitest';

import { type FetchRateLimitOptions, limitFetch } from '../../src/http/fetch-handler.ts';
import type { ResponseOutcome } from '../../src/http/http-rate-limit.ts';
import { CountingLimit } from '../support/counting-limit.ts';

interface Info {
  readonly address?: string;
}

function optionsOf(limit: CountingLimit): FetchRateLimitOptions<Info> {
  return {
    limit,
    key: ({ peerAddress }) => peerAddress ?? 'nobody',
    peerAddress: (_request, { address }) => address,
    onLimiterFailure: 'closed',
  };
}

const request = new Request('https://example.com/');

describe('a fetch handler', () => {
  test('answers within the limit, with headers, and is not asked beyond it', async () => {
    let handledCount = 0;
    const limited = limitFetch(
      () => {
        handledCount += 1;
        return new Response('hello');
      },
      optionsOf(new CountingLimit(1)),
    );
    const first = await limited(request, { address: '1.2.3.4' });
    expect(await first.text()).toBe('hello');
    expect(first.headers.get('RateLimit')).toBe('"perMinute";r=0;t=60');
    const second = await limited(request, { address: '1.2.3.4' });
    expect(second.status).toBe(429);
    expect(second.headers.get('Content-Type')).toBe('application/problem+json');
    expect(await second.json()).toMatchObject({ 'violated-policies': ['perMinute'] });
    expect(handledCount).toBe(1);
    expect((await limited(request, { address: '1.2.3.5' })).status).toBe(200);
  });

  test('passes on a response whose headers nobody may change', async () => {
    const foreign = Response.redirect('https://example.com/elsewhere', 302);
    expect(() => foreign.headers.set('x', 'y')).toThrow(TypeError);
    const limited = limitFetch(() => foreign, optionsOf(new CountingLimit(1)));
    const response = await limited(request, {});
    expect(response.status).toBe(302);
    expect(response.headers.get('Location')).toBe('https://example.com/elsewhere');
    expect(response.headers.get('RateLimit')).toBe('"perMinute";r=0;t=60');
  });

  test('adds to the list of a limit within', async () => {
    const inner = limitFetch(() => new Response(), optionsOf(new CountingLimit(9, 'inner')));
    const outer = limitFetch(inner, optionsOf(new CountingLimit(5, 'outer')));
    const response = await outer(request, {});
    expect(response.headers.get('RateLimit')).toBe('"inner";r=8;t=60, "outer";r=4;t=60');
  });

  test('answers HEAD without a body', async () => {
    const limited = limitFetch(() => new Response(), optionsOf(new CountingLimit(0)));
    const response = await limited(new Request('https://example.com/', { method: 'HEAD' }), {});
    expect([response.status, await response.text()]).toEqual([429, '']);
  });
});

describe('outcomes of a fetch handler', () => {
  const outcomesOf = async (
    handler: () => Response | Promise<Response>,
    { signal = AbortSignal.any([]) }: { readonly signal?: AbortSignal } = {},
  ): Promise<readonly ResponseOutcome[]> => {
    const outcomes: ResponseOutcome[] = [];
    const counts = (outcome: ResponseOutcome): boolean => outcomes.push(outcome) > 0;
    const limited = limitFetch(handler, { ...optionsOf(new CountingLimit(5)), counts });
    await limited(new Request(request, { signal }), {}).catch(() => undefined);
    return outcomes;
  };

  test('are the status of its response', async () => {
    const outcomes = await outcomesOf(() => new Response(null, { status: 204 }));
    expect(outcomes).toEqual([{ kind: 'answered', status: 204 }]);
  });

  test('are what it threw', async () => {
    const error = new Error('broken');
    const outcomes = await outcomesOf(() => {
      throw error;
    });
    expect(outcomes).toEqual([{ kind: 'failed', error }]);
  });

  test('are that the client hung up, and then nothing else', async () => {
    const client = new AbortController();
    const outcomes = await outcomesOf(
      () => {
        client.abort();
        return new Response();
      },
      { signal: client.signal },
    );
    expect(outcomes).toEqual([{ kind: 'aborted' }]);
    const gone = await outcomesOf(() => new Response(), { signal: AbortSignal.abort() });
    expect(gone).toEqual([{ kind: 'aborted' }]);
  });
});
