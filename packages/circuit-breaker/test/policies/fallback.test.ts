import { expect, test } from 'vitest';

import { fallback } from '../../src/policies/fallback.ts';
import { pipeline } from '../../src/policies/pipeline.ts';
import { errorOf, standingOf } from '../support/calls.ts';

const failure = new Error('no connection');
const failing = (): Promise<number> => Promise.reject(failure);

test('answers in place of a call that failed, and knows why', async () => {
  const client = pipeline(fallback({ answer: (error) => ({ instead: error }) }));
  expect(await client.run(failing)).toEqual({ instead: failure });
  expect(await client.run(async () => 7)).toBe(7);
});

test('may answer later', async () => {
  const client = pipeline(fallback({ answer: async () => 'cached' }));
  expect(await client.run(failing)).toBe('cached');
});

test('answers undefined when that is the answer', async () => {
  const client = pipeline(fallback({ answer: () => undefined }));
  expect(await client.run(failing)).toBeUndefined();
});

test('leaves errors alone that it is not for', async () => {
  const isHandled = (error: unknown): boolean => error !== failure;
  const client = pipeline(fallback({ answer: () => 'cached', isHandled }));
  expect(await errorOf(client.run(failing))).toBe(failure);
});

test('gives no answer to a caller who has given up', async () => {
  let isAsked = false;
  const controller = new AbortController();
  const client = pipeline(fallback({ answer: () => (isAsked = true) }));
  const work = async (): Promise<never> => {
    controller.abort('enough');
    throw failure;
  };
  const running = client.run(work, { signal: controller.signal });
  expect(await standingOf(running)).toEqual({ kind: 'rejected', error: 'enough' });
  expect(isAsked).toBe(false);
});

test('that fails leaves the caller the error of the call, and tells its own', async () => {
  const told: unknown[] = [];
  const own = new Error('of the fallback');
  const throwing = (): never => {
    throw own;
  };
  const onError = (error: unknown): void => void told.push(error);
  const options = [
    { answer: throwing, onError },
    { answer: () => Promise.reject(own), onError },
    { answer: () => 1, isHandled: throwing, onError },
  ];
  for (const one of options)
    expect(await errorOf(pipeline(fallback(one)).run(failing))).toBe(failure);
  expect(told).toEqual([own, own, own]);
  const silent = fallback({ answer: throwing, onError: throwing });
  expect(await errorOf(pipeline(silent).run(failing))).toBe(failure);
});

test.each<[object, string]>([
  [{}, 'answer: expected a function, got undefined'],
  [{ answer: 'cached' }, 'answer: expected a function, got "cached"'],
  [{ answer: () => 1, isHandled: 1 }, 'isHandled: expected a function, got 1'],
  [{ answer: () => 1, onError: {} }, 'onError: expected a function, got an object'],
])('refuses %o', (options, message) => {
  const make: unknown = Reflect.apply.bind(undefined, fallback, undefined, [options]);
  expect(make).toThrow(new TypeError(message));
});
