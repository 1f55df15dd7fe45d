/*
 * What goes wrong elsewhere: the loser of a hedge is aborted, and its abort is counted as a
 * failure, so that hedging opens the circuit of a service that answered; or a hedge that an open
 * circuit refuses fails the call. When both fail, the caller learns of one of them by chance.
 *
 * The protection: a loser's end is swallowed and counts for nothing; a refused hedge is no try; if
 * all fail, the first error is the call's, with the second as its cause.
 */
import { describe, expect, test } from 'vitest';

import { CircuitBreaker } from '../../src/circuit-breaker.ts';
import { hedge } from '../../src/policies/hedge.ts';
import { pipeline } from '../../src/policies/pipeline.ts';
import type { CallContext } from '../../src/policy.ts';
import { consecutiveFailures } from '../../src/trip-policy.ts';
import { type Deferred, deferred, errorOf, watched } from '../support/calls.ts';
import { SteppingClock, turn } from '../support/stepping-clock.ts';

/** A hedged call, its breaker inside or outside, with both tries running. */
async function raced(where: 'inside' | 'outside') {
  const clock = new SteppingClock();
  const breaker = new CircuitBreaker({ trip: consecutiveFailures(1), clock });
  const beside = hedge({ delayMs: 10, clock });
  const client = where === 'inside' ? pipeline(beside, breaker) : pipeline(breaker, beside);
  const tries: Deferred<string>[] = [];
  const signals: AbortSignal[] = [];
  const work = ({ signal }: CallContext): Promise<string> => {
    const answer = deferred<string>();
    signal.addEventListener('abort', () => answer.reject(signal.reason), { once: true });
    tries.push(answer);
    signals.push(signal);
    return answer.promise;
  };
  const running = watched(client.run(work));
  await clock.pass(10);
  expect(tries).toHaveLength(2);
  return { breaker, running, signals, first: tries[0]!, second: tries[1]! };
}

describe.each(['inside', 'outside'] as const)('with a circuit breaker %s', (where) => {
  test('the loser’s end counts for nothing', async () => {
    const { breaker, running, signals, second } = await raced(where);
    second.resolve('second');
    expect(await running).toBe('second');
    await turn();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    const { total, failed } = breaker.status().counts;
    expect([breaker.state, total, failed]).toEqual(['closed', total, 0]);
  });
});

test('a hedge that an open circuit refuses leaves the first try to itself', async () => {
  const clock = new SteppingClock();
  const breaker = new CircuitBreaker({ trip: consecutiveFailures(1), clock });
  const client = pipeline(hedge({ delayMs: 10, clock }), breaker);
  const work = deferred<string>();
  const running = client.run(() => work.promise);
  await errorOf(breaker.run(() => Promise.reject(new Error('of another call'))));
  expect(breaker.state).toBe('open');
  await clock.pass(10);
  work.resolve('first');
  expect(await running).toBe('first');
});

test('a refused hedge is not what a caller hears of when the first try fails', async () => {
  const clock = new SteppingClock();
  const breaker = new CircuitBreaker({ trip: consecutiveFailures(1), clock });
  const client = pipeline(hedge({ delayMs: 10, clock }), breaker);
  const work = deferred<string>();
  const running = client.run(() => work.promise);
  await errorOf(breaker.run(() => Promise.reject(new Error('of another call'))));
  await clock.pass(10);
  const failure = new Error('first');
  work.reject(failure);
  expect(await errorOf(running)).toBe(failure);
  expect(Object.hasOwn(failure, 'cause')).toBe(false);
});

describe('when both fail', () => {
  test.each([
    ['the first before the second', true],
    ['the second before the first', false],
  ])('%s, the first try’s error is the call’s, caused by the second’s', async (_name, inOrder) => {
    const { running, first, second } = await raced('outside');
    const errors = [new Error('first'), new Error('second')] as const;
    const fail = [() => first.reject(errors[0]), () => second.reject(errors[1])];
    for (const one of inOrder ? fail : fail.toReversed()) {
      one();
      await turn();
    }
    const error = await errorOf(running);
    expect(error).toBe(errors[0]);
    expect(errors[0].cause).toBe(errors[1]);
  });

  test('an error that tells of a cause keeps it', async () => {
    const { running, first, second } = await raced('outside');
    const error = new Error('first', { cause: 'its own' });
    second.reject(new Error('second'));
    first.reject(error);
    expect(await errorOf(running)).toBe(error);
    expect(error.cause).toBe('its own');
  });

  test('what cannot be told more is left as it is', async () => {
    for (const error of ['a text', Object.freeze(new Error('frozen'))]) {
      const { running, first, second } = await raced('outside');
      second.reject(error);
      first.reject(error);
      expect(await errorOf(running)).toBe(error);
    }
  });
});
