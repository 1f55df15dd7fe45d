import { describe, expect, test } from 'vitest';

import { CircuitBreakerDisposedError, CircuitOpenError } from '../../src/errors.ts';
import { type Fetch, guardFetch, type HttpBreakersOptions } from '../../src/http/fetch.ts';
import { httpServer } from '../support/http-server.ts';
import { ManualClock } from '../support/manual-clock.ts';

const url = 'https://example.com/stock';
const origin = 'https://example.com';

/** A guard that opens after two failures in a row, around what answers as told. */
function fetchScene(answer: Fetch, options: HttpBreakersOptions = {}) {
  const clock = new ManualClock(1_000);
  const asked: string[] = [];
  const perform: Fetch = (input, init) => {
    asked.push(urlOf(input));
    return answer(input, init);
  };
  const guarded = guardFetch(perform, {
    clock,
    optionsFor: () => ({
      trip: { kind: 'consecutiveFailures', failureThreshold: 2 },
      openForMs: 1_000,
      halfOpen: { permittedCalls: 1 },
    }),
    ...options,
  });
  return { clock, asked, guarded };
}

function urlOf(input: string | URL | Request): string {
  return input instanceof Request ? input.url : input.toString();
}

/** What undici throws for networks that fail. */
function networkError(): TypeError {
  return new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') });
}

const errorOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no error',
    (error: unknown) => error,
  );

describe('a guarded fetch', () => {
  test('hands on the answer itself, those that are failures too', async () => {
    const answers = [new Response('fine'), new Response('down', { status: 503 })];
    const [fine, down] = answers;
    const { guarded } = fetchScene(() => Promise.resolve(answers.shift() ?? Response.error()));
    expect(await guarded(url)).toBe(fine);
    expect(await guarded(url)).toBe(down);
    expect(await fine?.text()).toBe('fine');
    expect(down?.bodyUsed).toBe(false);
  });

  test('asks no more after failures, and again once the wait is over', async () => {
    const { guarded, asked, clock } = fetchScene(() => Promise.reject(networkError()));
    expect(await errorOf(guarded(url))).toBeInstanceOf(TypeError);
    expect(await errorOf(guarded(new URL(url)))).toBeInstanceOf(TypeError);
    const refusal = await errorOf(guarded(new Request(url)));
    expect(refusal).toBeInstanceOf(CircuitOpenError);
    expect(refusal).toMatchObject({ breakerName: origin, retryAfterMs: 1_000, definite: true });
    expect(asked).toHaveLength(2);
    clock.advance(1_000);
    expect(await errorOf(guarded(url))).toBeInstanceOf(TypeError);
    expect(asked).toHaveLength(3);
  });

  test('keeps origins apart', async () => {
    const { guarded } = fetchScene((input) =>
      urlOf(input) === url ? Promise.reject(networkError()) : Promise.resolve(new Response()),
    );
    for (let call = 0; call < 3; call += 1) await errorOf(guarded(url));
    expect(await errorOf(guarded('https://example.com:8443/'))).toBe('no error');
    expect(await errorOf(guarded(url))).toBeInstanceOf(CircuitOpenError);
  });

  test('stays away as long as an answer asks for', async () => {
    const headers = { 'retry-after': '20' };
    const { guarded } = fetchScene(() =>
      Promise.resolve(new Response(null, { status: 429, headers })),
    );
    expect((await guarded(url)).status).toBe(429);
    expect(await errorOf(guarded(url))).toMatchObject({ retryAfterMs: 20_000 });
  });

  test('reads a date by the wall clock', async () => {
    const { guarded, clock } = fetchScene(() => {
      const date = new Date(clock.wallTimeMs() + 90_000).toUTCString();
      return Promise.resolve(new Response(null, { status: 503, headers: { 'retry-after': date } }));
    });
    await guarded(url);
    expect(guarded.breakers.get(origin).retryAfterMs).toBeGreaterThan(88_999);
    expect(guarded.breakers.get(origin).retryAfterMs).toBeLessThanOrEqual(90_000);
  });

  test('what is not HTTP passes, and has no breaker', async () => {
    const { guarded } = fetchScene(() => Promise.reject(networkError()));
    for (let call = 0; call < 5; call += 1) {
      expect(await errorOf(guarded('data:text/plain,x'))).toBeInstanceOf(TypeError);
    }
    expect(guarded.breakers.stats().size).toBe(0);
  });

  test('origins that an attacker chooses take bounded memory', async () => {
    const { guarded } = fetchScene(() => Promise.resolve(new Response()), { capacity: 8 });
    for (let call = 0; call < 200; call += 1) await guarded(`https://host${call}.example/`);
    expect(guarded.breakers.stats().size).toBe(8);
  });

  test('an open circuit is not forgotten for new origins', async () => {
    const { guarded, asked } = fetchScene(
      (input) =>
        urlOf(input) === url ? Promise.reject(networkError()) : Promise.resolve(new Response()),
      { capacity: 8 },
    );
    for (let call = 0; call < 2; call += 1) await errorOf(guarded(url));
    for (let call = 0; call < 2_000; call += 1) await guarded(`https://host${call}.example/`);
    const before = asked.length;
    expect(await errorOf(guarded(url))).toBeInstanceOf(CircuitOpenError);
    expect(asked).toHaveLength(before);
  });

  test('refuses all once it is disposed of', async () => {
    const { guarded } = fetchScene(() => Promise.resolve(new Response()));
    guarded[Symbol.dispose]();
    expect(await errorOf(guarded(url))).toBeInstanceOf(CircuitBreakerDisposedError);
  });

  test('refuses what cannot fetch', () => {
    expect((): unknown => Reflect.apply(guardFetch, undefined, ['curl'])).toThrow(
      /^perform: expected a function, got "curl"/,
    );
  });
});

describe('callers', () => {
  const hang: Fetch = (_input, init) =>
    new Promise((_, reject) => {
      const signal = init?.signal;
      signal?.addEventListener('abort', () => reject(new DOMException('gone', 'AbortError')));
      if (signal?.aborted === true) reject(new DOMException('gone', 'AbortError'));
    });

  test('who give up count for nothing', async () => {
    const { guarded } = fetchScene(hang);
    for (let call = 0; call < 5; call += 1) {
      const controller = new AbortController();
      const asked = errorOf(guarded(url, { signal: controller.signal }));
      controller.abort();
      expect(await asked).toMatchObject({ name: 'AbortError' });
    }
    expect(guarded.breakers.get(origin).status().counts.total).toBe(0);
  });

  test('who give up in the trial call give its permit back', async () => {
    let answer: Fetch = () => Promise.reject(networkError());
    const { guarded, clock } = fetchScene((input, init) => answer(input, init));
    for (let call = 0; call < 2; call += 1) await errorOf(guarded(url));
    clock.advance(1_000);
    answer = hang;
    await errorOf(guarded(url, { signal: AbortSignal.abort() }));
    answer = () => Promise.resolve(new Response());
    expect(await errorOf(guarded(url))).toBe('no error');
    expect(guarded.breakers.get(origin).state).toBe('closed');
  });

  test('whose timeouts pass do count', async () => {
    const { guarded } = fetchScene(hang);
    const late = AbortSignal.abort(new DOMException('late', 'TimeoutError'));
    for (let call = 0; call < 2; call += 1) await errorOf(guarded(url, { signal: late }));
    expect(guarded.breakers.get(origin).state).toBe('open');
  });

  test.each<readonly [string, RequestInit]>([
    ['a method that is none', { method: 'NOT A METHOD' }],
    ['a body where none may be', { body: 'x' }],
    ['a header that cannot be', { headers: { 'bad header': 'x' } }],
  ])('%s is not the fault of the server, and the error is that of fetch', async (_name, init) => {
    const { guarded } = fetchScene(fetch);
    for (let call = 0; call < 5; call += 1) {
      expect(await errorOf(guarded('http://127.0.0.1:9/', init))).toBeInstanceOf(TypeError);
    }
    expect(guarded.breakers.get('http://127.0.0.1:9').state).toBe('closed');
  });
});

describe('over a network', () => {
  test('bodies stream through, in both directions', async () => {
    await using server = await httpServer((request, response) => void request.pipe(response));
    const guarded = guardFetch(fetch);
    const body = new Blob(['a', 'b']).stream();
    const init: RequestInit & { readonly duplex: 'half' } = {
      method: 'POST',
      body,
      duplex: 'half',
    };
    const response = await guarded(`${server.origin}/echo`, init);
    expect(await response.text()).toBe('ab');
  });

  test('a server that is gone is found out, and found again', async () => {
    const clock = new ManualClock(1_000);
    const guarded = guardFetch(fetch, {
      clock,
      optionsFor: () => ({ trip: { kind: 'consecutiveFailures', failureThreshold: 2 } }),
    });
    let status = 503;
    await using server = await httpServer((_, response) => void response.writeHead(status).end());
    for (let call = 0; call < 2; call += 1) await (await guarded(server.origin)).text();
    expect(await errorOf(guarded(server.origin))).toBeInstanceOf(CircuitOpenError);
    expect(server.asked).toHaveLength(2);
    status = 200;
    clock.advance(5_000);
    for (let call = 0; call < 10; call += 1) await (await guarded(server.origin)).text();
    expect(guarded.breakers.get(server.origin).state).toBe('closed');
  });
});
