import { getEventListeners } from 'node:events';

import { describe, expect, test } from 'vitest';

import { SingleFlight } from '../../src/policies/single-flight.ts';
import type { CallContext } from '../../src/policy.ts';
import { type Deferred, deferred, errorOf, standingOf } from '../support/calls.ts';
import { turn } from '../support/stepping-clock.ts';

/** Loads that the test settles. */
class Loads {
  readonly begun: Deferred<string>[] = [];
  readonly signals: AbortSignal[] = [];

  readonly load = ({ signal }: CallContext): Promise<string> => {
    const answer = deferred<string>();
    this.begun.push(answer);
    this.signals.push(signal);
    return answer.promise;
  };
}

describe('a single flight', () => {
  test('is shared by all who ask for its key while it runs', async () => {
    const flights = new SingleFlight<string>();
    const loads = new Loads();
    const asked = ['a', 'a', 'b', 'a'].map((key) => flights.run(key, loads.load));
    expect([loads.begun.length, flights.size]).toEqual([2, 2]);
    loads.begun[0]!.resolve('of a');
    loads.begun[1]!.resolve('of b');
    expect(await Promise.all(asked)).toEqual(['of a', 'of a', 'of b', 'of a']);
    expect(flights.size).toBe(0);
  });

  test('is not remembered when it is over', async () => {
    const flights = new SingleFlight<number>();
    let calls = 0;
    const load = async (): Promise<number> => (calls += 1);
    expect([await flights.run('a', load), await flights.run('a', load)]).toEqual([1, 2]);
  });

  test('fails for all alike, also when it fails at once', async () => {
    const flights = new SingleFlight<string>();
    const loads = new Loads();
    const asked = [flights.run('a', loads.load), flights.run('a', loads.load)];
    const failure = new Error('no');
    loads.begun[0]!.reject(failure);
    expect(await Promise.all(asked.map(errorOf))).toEqual([failure, failure]);
    const throwing = (): never => {
      throw failure;
    };
    expect(await errorOf(flights.run('a', throwing))).toBe(failure);
    expect(flights.size).toBe(0);
  });

  test('goes on for the others when one gives up', async () => {
    const flights = new SingleFlight<string>();
    const loads = new Loads();
    const controller = new AbortController();
    const { signal } = controller;
    const impatient = flights.run('a', loads.load, { signal });
    const patient = flights.run('a', loads.load);
    controller.abort('enough');
    expect(await errorOf(impatient)).toBe('enough');
    expect(loads.signals[0]!.aborted).toBe(false);
    loads.begun[0]!.resolve('answer');
    expect(await patient).toBe('answer');
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('is stopped when nobody waits for it, and joined by nobody after', async () => {
    const flights = new SingleFlight<string>();
    const loads = new Loads();
    const controllers = [new AbortController(), new AbortController()];
    const asked = controllers.map(({ signal }) => flights.run('a', loads.load, { signal }));
    for (const controller of controllers) controller.abort('enough');
    expect(await Promise.all(asked.map(errorOf))).toEqual(['enough', 'enough']);
    await turn();
    expect(loads.signals[0]!.reason).toBe('enough');
    const next = flights.run('a', loads.load);
    loads.begun[0]!.reject(new Error('stopped'));
    expect(await standingOf(next)).toEqual({ kind: 'pending' });
    loads.begun[1]!.resolve('anew');
    expect(await next).toBe('anew');
  });

  test('does not begin for a caller who has given up', async () => {
    const flights = new SingleFlight<string>();
    const loads = new Loads();
    const signal = AbortSignal.abort('enough');
    expect(await errorOf(flights.run('a', loads.load, { signal }))).toBe('enough');
    expect([loads.begun.length, flights.size]).toEqual([0, 0]);
  });

  test('remembers a bounded number of keys; what is beyond flies alone', async () => {
    const flights = new SingleFlight<string>({ maxKeys: 1 });
    const loads = new Loads();
    const asked = ['a', 'b', 'b', 'a'].map((key) => flights.run(key, loads.load));
    expect([loads.begun.length, flights.size]).toEqual([3, 1]);
    for (const load of loads.begun) load.resolve('answer');
    expect(await Promise.all(asked)).toEqual(Array(4).fill('answer'));
  });

  test.each(['__proto__', 'constructor', '', '\ud800'])('takes %j for a key', async (key) => {
    const flights = new SingleFlight<string>();
    expect(await flights.run(key, () => 'answer')).toBe('answer');
  });
});

test.each([0, 1.5, NaN, Infinity, 2 ** 53])('refuses %d keys', (maxKeys) => {
  expect(() => new SingleFlight({ maxKeys })).toThrow(/^maxKeys: expected an integer in/);
});

test('refuses work that is no function', async () => {
  const flights = new SingleFlight<string>();
  const running: unknown = Reflect.apply(flights.run, flights, ['a', 7]);
  const error = await errorOf(Promise.resolve(running));
  expect(error).toEqual(new TypeError('work: expected a function, got 7'));
});
