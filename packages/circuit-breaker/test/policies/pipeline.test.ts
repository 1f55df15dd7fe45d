import { getEventListeners } from 'node:events';

import { describe, expect, expectTypeOf, test } from 'vitest';

import { fallback } from '../../src/policies/fallback.ts';
import { pipeline } from '../../src/policies/pipeline.ts';
import { retry } from '../../src/policies/retry.ts';
import type { CallContext, Policy, Work } from '../../src/policy.ts';
import { deferred, errorOf, standingOf } from '../support/calls.ts';

/** A layer that notes when it is entered and left. */
function noting(name: string, notes: string[]): Policy {
  return {
    async execute<Result>(work: Work<Result>, context: CallContext): Promise<Result> {
      notes.push(`${name} in`);
      try {
        return await work(context);
      } finally {
        notes.push(`${name} out`);
      }
    },
  };
}

describe('a pipeline', () => {
  test('runs the first policy outermost', async () => {
    const notes: string[] = [];
    const client = pipeline(noting('a', notes), noting('b', notes));
    expect(await client.run(() => notes.push('work'))).toBe(3);
    expect(notes).toEqual(['a in', 'b in', 'work', 'b out', 'a out']);
  });

  test('without policies runs the work', async () => {
    expect(await pipeline().run(async () => 7)).toBe(7);
    const failure = new Error('at once');
    const failing = (): never => {
      throw failure;
    };
    expect(await errorOf(pipeline().run(failing))).toBe(failure);
  });

  test('is a policy of another', async () => {
    const notes: string[] = [];
    const inner = pipeline(noting('b', notes), noting('c', notes));
    await pipeline(noting('a', notes), inner).run(() => undefined);
    expect(notes).toEqual(['a in', 'b in', 'c in', 'c out', 'b out', 'a out']);
  });

  test('counts the tries of pipelines that hand on their context through', async () => {
    const attempts: number[] = [];
    const settings = { maxAttempts: 2, baseMs: 0 };
    const inner = pipeline(retry(settings));
    const outer = pipeline(retry(settings));
    const failing = ({ attempt }: CallContext): never => {
      attempts.push(attempt);
      throw new Error('always');
    };
    await errorOf(outer.run((context) => inner.execute(failing, context)));
    expect(attempts).toEqual([1, 2, 3, 4]);
  });

  test('says what a call may resolve to', async () => {
    const client = pipeline(fallback({ answer: () => 'none' as const }), retry());
    const answer = client.run(async () => 7);
    expectTypeOf(answer).resolves.toEqualTypeOf<number | 'none'>();
    expectTypeOf(pipeline(retry()).run(async () => 7)).resolves.toEqualTypeOf<number>();
    expect(await answer).toBe(7);
  });

  test('wraps a function, arguments and all', async () => {
    const notes: string[] = [];
    const add = pipeline(noting('a', notes)).wrap((left: number, right: number) => left + right);
    expect(await add(3, 4)).toBe(7);
    expect(notes).toEqual(['a in', 'a out']);
    expectTypeOf(add).toEqualTypeOf<(left: number, right: number) => Promise<number>>();
  });

  test('is not changed by what becomes of the list that it was made from', async () => {
    const notes: string[] = [];
    const policies = [noting('a', notes)];
    const client = pipeline(...policies);
    policies.length = 0;
    await client.run(() => undefined);
    expect(notes).toEqual(['a in', 'a out']);
  });
});

describe('the signal of a caller', () => {
  test('is that of the work', async () => {
    const { signal } = new AbortController();
    expect(await pipeline(retry()).run((context) => context.signal, { signal })).toBe(signal);
  });

  test('ends the wait at once, also for work that does not listen', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const running = pipeline(retry()).run(() => new Promise(() => {}), { signal });
    expect(await standingOf(running)).toEqual({ kind: 'pending' });
    controller.abort('enough');
    expect(await standingOf(running)).toEqual({ kind: 'rejected', error: 'enough' });
  });

  test('that is aborted already keeps the work from starting', async () => {
    let isStarted = false;
    const signal = AbortSignal.abort('enough');
    const running = pipeline(retry()).run(() => (isStarted = true), { signal });
    expect(await errorOf(running)).toBe('enough');
    expect(isStarted).toBe(false);
  });

  test('drops what the work answers after it, a failure as well', async () => {
    const controller = new AbortController();
    const work = deferred<string>();
    const running = pipeline().run(() => work.promise, { signal: controller.signal });
    controller.abort('enough');
    work.reject(new Error('late'));
    expect(await standingOf(running)).toEqual({ kind: 'rejected', error: 'enough' });
  });

  test('has no listener left when the call has ended', async () => {
    const { signal } = new AbortController();
    await pipeline(retry()).run(async () => 1, { signal });
    await errorOf(pipeline().run(() => Promise.reject(new Error('no')), { signal }));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

describe('bad input', () => {
  test.each([undefined, null, 7, 'retry', {}, { execute: 1 }, retry])(
    '%o is no policy, which shows when the pipeline is made',
    (policy) => {
      const policies: readonly unknown[] = [retry(), policy];
      const make: unknown = Reflect.apply.bind(undefined, pipeline, undefined, policies);
      expect(make).toThrow(/^policies\[1\](?:\.execute: expected a function|: expected an object)/);
    },
  );

  test('what is no function cannot be wrapped', () => {
    const client = pipeline(retry());
    const wrap: unknown = Reflect.apply.bind(undefined, client.wrap, client, [7]);
    expect(wrap).toThrow(new TypeError('fn: expected a function, got 7'));
  });

  test('work that is no function is refused, not retried', async () => {
    const work: unknown = 'text';
    const client = pipeline(retry());
    const running: unknown = Reflect.apply(client.run, client, [work]);
    const error = await errorOf(Promise.resolve(running));
    expect(error).toEqual(new TypeError('work: expected a function, got "text"'));
  });
});
