import {
  nodeId,
  RequestCancelledError,
  RequestDeadlineError,
  type Requester,
  RequestRefusedError,
} from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { CircuitBreakerDisposedError, CircuitOpenError } from '../../src/errors.ts';
import { guard, type GuardedRequester, type GuardOptions } from '../../src/guard/guard.ts';
import { ManualClock } from '../support/manual-clock.ts';

const [n1, n2] = [nodeId('n1'), nodeId('n2')];
const payload = Uint8Array.of(1, 2, 3);
const late = new RequestDeadlineError(n1, 'read', 100);

/** A guard around a requester that answers as told, and notes what reached it. */
function guardScene(options: GuardOptions = {}) {
  const clock = new ManualClock(1_000);
  const asked: string[] = [];
  const answers = new Map<string, () => Promise<Uint8Array>>();
  const requester: Requester = {
    request: (to, method) => {
      asked.push(`${to} ${method}`);
      return answers.get(`${to} ${method}`)?.() ?? Promise.resolve(payload);
    },
    serve: (method) => {
      asked.push(`serve ${method}`);
      return () => asked.push(`unserve ${method}`);
    },
  };
  const guarded = guard(requester, {
    optionsFor: () => ({
      clock,
      trip: { kind: 'consecutiveFailures', failureThreshold: 2 },
      openForMs: 1_000,
      halfOpen: { permittedCalls: 1 },
    }),
    ...options,
  });
  return { clock, asked, answers, guarded, requester };
}

const fails = (error: Error) => (): Promise<Uint8Array> => Promise.reject(error);

/** Asks, and returns what it rejects with. */
async function errorOf(guarded: GuardedRequester, to = n1, method = 'read'): Promise<unknown> {
  return await guarded.request(to, method, payload, { timeoutMs: 100 }).then(
    () => 'no error',
    (error: unknown) => error,
  );
}

async function open(guarded: GuardedRequester): Promise<void> {
  expect(await errorOf(guarded)).toBe(late);
  expect(await errorOf(guarded)).toBe(late);
}

describe('a guard', () => {
  test('hands requests, replies and errors through', async () => {
    const { guarded, answers, asked } = guardScene();
    expect(await guarded.request(n1, 'read', payload, { timeoutMs: 100 })).toBe(payload);
    answers.set('n1 read', fails(late));
    expect(await errorOf(guarded)).toBe(late);
    expect(asked).toEqual(['n1 read', 'n1 read']);
  });

  test('calls the requester before it returns, so that the payload is copied in time', () => {
    const { guarded, asked } = guardScene();
    void guarded.request(n1, 'read', payload, { timeoutMs: 100 });
    expect(asked).toEqual(['n1 read']);
  });

  test('refuses definitely, without asking, when a peer does not answer', async () => {
    const { guarded, answers, asked } = guardScene();
    answers.set('n1 read', fails(late));
    await open(guarded);
    const refusal = await errorOf(guarded);
    expect(refusal).toBeInstanceOf(CircuitOpenError);
    expect(refusal).toMatchObject({
      code: 'CIRCUIT_OPEN',
      definite: true,
      breakerName: 'n1 read',
      retryAfterMs: 1_000,
    });
    expect(asked).toHaveLength(2);
  });

  test('tries once when the wait is over, and recovers', async () => {
    const { guarded, answers, asked, clock } = guardScene();
    answers.set('n1 read', fails(late));
    await open(guarded);
    clock.advance(1_000);
    expect(await errorOf(guarded)).toBe(late);
    expect(await errorOf(guarded)).toBeInstanceOf(CircuitOpenError);
    clock.advance(1_000);
    answers.delete('n1 read');
    expect(await errorOf(guarded)).toBe('no error');
    expect(guarded.breakerOf(n1, 'read').state).toBe('closed');
    expect(asked).toHaveLength(4);
  });

  test('keeps peers and methods apart', async () => {
    const { guarded, answers } = guardScene();
    answers.set('n1 read', fails(late));
    await open(guarded);
    expect(await errorOf(guarded, n1, 'write')).toBe('no error');
    expect(await errorOf(guarded, n2, 'read')).toBe('no error');
  });

  test('has one breaker for all methods of a peer, if asked', async () => {
    const { guarded, answers } = guardScene({ breakerPer: 'peer' });
    answers.set('n1 read', fails(late));
    for (let call = 0; call < 100; call += 1) await errorOf(guarded);
    expect(await errorOf(guarded, n1, 'write')).toMatchObject({ breakerName: 'n1' });
    expect(await errorOf(guarded, n2, 'read')).toBe('no error');
  });

  test('names that could be confused are not', () => {
    const { guarded } = guardScene();
    const [left, right] = [nodeId('a b'), nodeId('a')];
    expect(guarded.breakerOf(left, 'c')).not.toBe(guarded.breakerOf(right, 'b c'));
    expect(guarded.breakerOf(left, 'c').name).toBe('a b c');
  });

  test('tells `optionsFor` the peer and the method', () => {
    const told: string[] = [];
    const { guarded } = guardScene({
      optionsFor: (to, method) => {
        told.push(`${to}/${method}`);
        return {};
      },
    });
    guarded.breakerOf(nodeId('7 dwarfs'), 'read all');
    expect(told).toEqual(['7 dwarfs/read all']);
  });
});

describe('what counts', () => {
  test('a handler that declines is well', async () => {
    const { guarded, answers } = guardScene();
    answers.set('n1 read', fails(new RequestRefusedError('declined', 'not the leader')));
    for (let call = 0; call < 10; call += 1) await errorOf(guarded);
    expect(guarded.breakerOf(n1, 'read').status()).toMatchObject({ state: 'closed' });
  });

  test('callers who give up neither open nor close a circuit', async () => {
    const { guarded, answers, clock } = guardScene();
    const gaveUp = new RequestCancelledError('read', { definite: false, cause: new Error('bye') });
    answers.set('n1 read', fails(gaveUp));
    for (let call = 0; call < 10; call += 1) await errorOf(guarded);
    expect(guarded.breakerOf(n1, 'read').state).toBe('closed');
    answers.set('n1 read', fails(late));
    await open(guarded);
    clock.advance(1_000);
    answers.set('n1 read', fails(gaveUp));
    expect(await errorOf(guarded)).toBe(gaveUp);
    // Its permit is back: the next call is the trial.
    answers.delete('n1 read');
    expect(await errorOf(guarded)).toBe('no error');
    expect(guarded.breakerOf(n1, 'read').state).toBe('closed');
  });

  test('wrong arguments are the fault of nobody far away', async () => {
    const { guarded, answers } = guardScene();
    answers.set('n1 read', fails(new RangeError('timeoutMs: expected more than 0, got 0')));
    for (let call = 0; call < 10; call += 1) await errorOf(guarded);
    expect(guarded.breakerOf(n1, 'read').state).toBe('closed');
  });

  test('a classifier of the caller goes before', async () => {
    const { guarded, answers } = guardScene({
      optionsFor: () => ({ classify: () => 'success' }),
    });
    answers.set('n1 read', fails(late));
    for (let call = 0; call < 200; call += 1) await errorOf(guarded);
    expect(guarded.breakerOf(n1, 'read').state).toBe('closed');
  });
});

describe('its edges', () => {
  test('what it serves passes through', () => {
    const { guarded, asked } = guardScene();
    guarded.serve('read', () => payload)();
    expect(asked).toEqual(['serve read', 'unserve read']);
  });

  test('names that are none reach the requester, and get no breaker', async () => {
    const { guarded, asked } = guardScene();
    await guarded.request(n1, '', payload, { timeoutMs: 100 });
    await guarded.request(n1, 'x'.repeat(65), payload, { timeoutMs: 100 });
    expect(asked).toHaveLength(2);
    expect(guarded.breakers.stats().size).toBe(0);
    expect(() => guarded.breakerOf(n1, '')).toThrow(
      new RangeError('method: expected a string of 1..64 bytes, got ""'),
    );
  });

  test('methods that an attacker chooses take bounded memory', async () => {
    const { guarded } = guardScene({ capacity: 16 });
    for (let call = 0; call < 1_000; call += 1) {
      await guarded.request(n1, `method ${call}`, payload, { timeoutMs: 100 });
    }
    expect(guarded.breakers.stats().size).toBe(16);
  });

  test('refuses all once it is disposed of', async () => {
    const { guarded, asked } = guardScene();
    expect(await errorOf(guarded)).toBe('no error');
    guarded[Symbol.dispose]();
    expect(await errorOf(guarded)).toBeInstanceOf(CircuitBreakerDisposedError);
    expect(await errorOf(guarded, n2)).toMatchObject({ definite: true });
    expect(asked).toHaveLength(1);
  });

  test.each([
    [{ breakerPer: 'method' }, /^breakerPer: expected one of peerAndMethod, peer, got "method"/],
    [{ optionsFor: 7 }, /^optionsFor: expected a function, got 7/],
    [{ capacity: 0 }, /^capacity: expected an integer in 1..1000000, got 0/],
    [{ capacity: Number.NaN }, /^capacity: /],
    [{ maxOpenShare: 0 }, /^maxOpenShare: /],
  ])('refuses %o', (options, message) => {
    const { requester } = guardScene();
    const given: object = options;
    expect(() => guard(requester, given)).toThrow(message);
  });

  test('refuses to guard nothing', () => {
    expect((): unknown => Reflect.apply(guard, undefined, [undefined])).toThrow(
      new RangeError('requester: expected an object, got undefined'),
    );
  });
});
