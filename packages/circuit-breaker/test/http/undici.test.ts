import { Agent, type Dispatcher, interceptors } from 'undici';
import { describe, expect, test } from 'vitest';

import { CircuitOpenError } from '../../src/errors.ts';
import type { HttpBreakersOptions } from '../../src/http/origin-breakers.ts';
import {
  circuitInterceptor,
  type UndiciController,
  type UndiciHandler,
} from '../../src/http/undici.ts';
import { httpServer } from '../support/http-server.ts';
import { ManualClock } from '../support/manual-clock.ts';

function options(clock: ManualClock): HttpBreakersOptions {
  return {
    clock,
    optionsFor: () => ({
      trip: { kind: 'consecutiveFailures', failureThreshold: 2 },
      openForMs: 1_000,
      halfOpen: { permittedCalls: 1 },
    }),
  };
}

async function statusOf(agent: Dispatcher, origin: string, signal?: AbortSignal): Promise<unknown> {
  try {
    const asked = { origin, path: '/', method: 'GET', ...(signal && { signal }) } as const;
    const { statusCode, body } = await agent.request(asked);
    await body.dump();
    return statusCode;
  } catch (error) {
    return error;
  }
}

describe('an interceptor for undici', () => {
  test('hands answers through with their bodies', async () => {
    await using server = await httpServer((_, response) => void response.end('hello'));
    const agent = new Agent().compose(circuitInterceptor());
    const { statusCode, body } = await agent.request({
      ...{ origin: server.origin, path: '/greeting', method: 'GET' },
    });
    expect([statusCode, await body.text()]).toEqual([200, 'hello']);
    expect(server.asked).toEqual(['GET /greeting']);
    await agent.close();
  });

  test('asks no more after failures, tries again when the wait is over, and recovers', async () => {
    const clock = new ManualClock(1_000);
    let status = 500;
    await using server = await httpServer((_, response) => void response.writeHead(status).end());
    const circuit = circuitInterceptor(options(clock));
    const agent = new Agent().compose(circuit);
    expect(await statusOf(agent, server.origin)).toBe(500);
    expect(await statusOf(agent, server.origin)).toBe(500);
    expect(await statusOf(agent, server.origin)).toBeInstanceOf(CircuitOpenError);
    expect(server.asked).toHaveLength(2);
    clock.advance(1_000);
    status = 200;
    expect(await statusOf(agent, server.origin)).toBe(200);
    expect(circuit.breakers.get(server.origin).state).toBe('closed');
    await agent.close();
  });

  test('honours Retry-After', async () => {
    const clock = new ManualClock(1_000);
    await using server = await httpServer(
      (_, response) => void response.writeHead(429, { 'retry-after': '33' }).end(),
    );
    const agent = new Agent().compose(circuitInterceptor(options(clock)));
    expect(await statusOf(agent, server.origin)).toBe(429);
    expect(await statusOf(agent, server.origin)).toMatchObject({ retryAfterMs: 33_000 });
    await agent.close();
  });

  test('a connection that is refused is a failure', async () => {
    const server = await httpServer((_, response) => void response.end());
    await server[Symbol.asyncDispose]();
    const circuit = circuitInterceptor(options(new ManualClock()));
    const agent = new Agent().compose(circuit);
    for (let call = 0; call < 2; call += 1) await statusOf(agent, server.origin);
    expect(circuit.breakers.get(server.origin).state).toBe('open');
    await agent.close();
  });

  test('a caller who aborts the trial call gives its permit back', async () => {
    const clock = new ManualClock(1_000);
    let answers = false;
    let arrived = (): void => undefined;
    await using server = await httpServer((_, response) => {
      arrived();
      if (answers) response.end();
    });
    const circuit = circuitInterceptor(options(clock));
    const agent = new Agent().compose(circuit);
    circuit.breakers.get(server.origin).trip(1_000);
    clock.advance(1_000);
    const controller = new AbortController();
    const isThere = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const trial = statusOf(agent, server.origin, controller.signal);
    await isThere;
    expect(await statusOf(agent, server.origin)).toBeInstanceOf(CircuitOpenError);
    controller.abort();
    expect(await trial).toMatchObject({ name: 'AbortError' });
    answers = true;
    expect(await statusOf(agent, server.origin)).toBe(200);
    expect(circuit.breakers.get(server.origin).state).toBe('closed');
    await agent.close();
  });

  test('each try of undici counts when it is inside its retries', async () => {
    await using server = await httpServer((_, response) => void response.writeHead(503).end());
    const retry = interceptors.retry({ maxRetries: 5, minTimeout: 1, maxTimeout: 1 });
    const circuit = circuitInterceptor(options(new ManualClock()));
    const agent = new Agent().compose(circuit, retry);
    await statusOf(agent, server.origin);
    expect(server.asked).toHaveLength(2);
    expect(circuit.breakers.get(server.origin).state).toBe('open');
    await agent.close();
  });
});

const get = { path: '/', method: 'GET' };

/** An interceptor around a dispatcher that ends each request as told. */
function fakeScene(end: (handler: UndiciHandler) => void) {
  const clock = new ManualClock(1_000);
  const circuit = circuitInterceptor(options(clock));
  let dispatched = 0;
  const dispatch = circuit((_given, handler) => {
    dispatched += 1;
    end(handler);
    return false;
  });
  const errors: Error[] = [];
  const handler: UndiciHandler = { onResponseError: (_, error) => void errors.push(error) };
  const ask = async (origin = 'https://example.com'): Promise<void> => {
    dispatch({ origin, ...get }, handler);
    await Promise.resolve();
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  return { ...{ clock, circuit, errors, ask, dispatch, handler }, count: () => dispatched };
}

const running: UndiciController = { aborted: false, reason: null };

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}

describe('whatever a request ends with', () => {
  test.each(['ECONNRESET', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_SOCKET', 'NEVER_HEARD_OF', ''])(
    'a failure with code "%s" counts, in half-open too, and nothing is wedged',
    async (code) => {
      const { ask, circuit, clock, count } = fakeScene((handler) =>
        handler.onResponseError?.(running, coded(code)),
      );
      for (let call = 0; call < 5; call += 1) await ask();
      expect(count()).toBe(2);
      for (let round = 1; round <= 5; round += 1) {
        clock.advance(1_000);
        await ask();
        await ask();
        expect(count()).toBe(2 + round);
      }
      expect(circuit.breakers.get('https://example.com').state).toBe('open');
    },
  );

  test.each([
    ['an abort', { aborted: true, reason: new Error('bye') }, coded('')],
    ['an abort before it began', null, coded('UND_ERR_ABORTED')],
    ['an abort of a signal', null, new DOMException('gone', 'AbortError')],
    ['wrong arguments', null, coded('UND_ERR_INVALID_ARG')],
    ['a client that was closed', null, coded('UND_ERR_CLOSED')],
  ])('%s says nothing', async (_name, controller, error) => {
    const { ask, circuit, count } = fakeScene((handler) =>
      handler.onResponseError?.(controller, error),
    );
    circuit.breakers.get('https://example.com').trip(0);
    for (let call = 0; call < 5; call += 1) await ask();
    expect(count()).toBe(5);
    expect(circuit.breakers.get('https://example.com').state).toBe('halfOpen');
  });

  test('an abort by a timeout is a failure', async () => {
    const reason = new DOMException('late', 'TimeoutError');
    const { ask, circuit } = fakeScene((handler) =>
      handler.onResponseError?.({ aborted: true, reason }, reason),
    );
    for (let call = 0; call < 2; call += 1) await ask();
    expect(circuit.breakers.get('https://example.com').state).toBe('open');
  });

  test('a dispatcher that throws gives the permit back, and the handler hears of it', async () => {
    const { ask, circuit, errors } = fakeScene(() => {
      throw new RangeError('no');
    });
    circuit.breakers.get('https://example.com').trip(0);
    await ask();
    await ask();
    expect(errors.map(({ message }) => message)).toEqual(['no', 'no']);
    expect(circuit.breakers.get('https://example.com').state).toBe('halfOpen');
  });

  test('an interim answer is not the answer', async () => {
    const { ask, circuit } = fakeScene((handler) => {
      handler.onResponseStart?.(running, 103, {});
      handler.onResponseStart?.(running, 500, {});
    });
    for (let call = 0; call < 2; call += 1) await ask();
    expect(circuit.breakers.get('https://example.com').state).toBe('open');
  });

  test('an upgrade is a success', async () => {
    const { ask, circuit } = fakeScene((handler) =>
      handler.onRequestUpgrade?.(running, 101, {}, undefined),
    );
    await ask();
    expect(circuit.breakers.get('https://example.com').status().counts).toMatchObject({
      total: 0,
    });
  });

  test('hands on whether there is room, and what has no origin', () => {
    const { dispatch, handler, circuit } = fakeScene(() => undefined);
    expect(dispatch({ origin: 'https://example.com', ...get }, handler)).toBe(false);
    expect(dispatch(get, handler)).toBe(false);
    circuit.breakers.get('https://example.com').trip();
    expect(dispatch({ origin: new URL('https://example.com'), ...get }, handler)).toBe(true);
    expect(circuit.breakers.stats().size).toBe(1);
  });

  test('never forgets an open circuit for a thousand new origins', async () => {
    const { ask, circuit, count } = fakeScene((handler) =>
      handler.onResponseStart?.(running, 200, {}),
    );
    circuit.breakers.get('https://example.com').trip();
    for (let call = 0; call < 2_000; call += 1) await ask(`https://host${call}.example`);
    await ask();
    expect(count()).toBe(2_000);
  });
});
