import { describe, expect, test } from 'vitest';

import type { ScriptCaller } from '../../src/redis/redis-client.ts';
import { ScriptRunner } from '../../src/redis/script-runner.ts';

const script = { sha1: 'digest', source: 'return 1' };

/** A caller that answers as told, and notes what it was asked. */
function caller(answers: readonly (() => Promise<unknown>)[]) {
  const asked: unknown[] = [];
  const next = (...what: unknown[]): Promise<unknown> => {
    asked.push(what);
    return answers[asked.length - 1]?.() ?? Promise.reject(new Error('nothing left to answer'));
  };
  const port: ScriptCaller = {
    evalSha: (...args) => next('sha', ...args),
    eval: (...args) => next('source', ...args),
  };
  return { asked, port };
}

const value = (result: unknown) => () => Promise.resolve(result);
const failure = (message: string) => () => Promise.reject(new Error(message));

test('a known script is one call', async () => {
  const { asked, port } = caller([value(7)]);
  await expect(new ScriptRunner(port, 10).run(script, ['k'], ['a'], 'text')).resolves.toBe(7);
  expect(asked).toEqual([['sha', 'digest', ['k'], ['a'], 'text']]);
});

test('an unknown script is sent once, with the same arguments', async () => {
  const { asked, port } = caller([failure('NOSCRIPT No matching script.'), value(7)]);
  await expect(new ScriptRunner(port, 10).run(script, ['k'], ['a'], 'bytes')).resolves.toBe(7);
  expect(asked).toEqual([
    ['sha', 'digest', ['k'], ['a'], 'bytes'],
    ['source', 'return 1', ['k'], ['a'], 'bytes'],
  ]);
});

describe('what fails is never sent again by itself', () => {
  test.each([
    ['Connection is closed.', false],
    ['ERR Error running script: @user_script:3', false],
    ['NOSCRIPTS are like this', false],
    ['READONLY You can not write against a read only replica.', true],
    ['LOADING Redis is loading the dataset in memory', true],
    ['OOM command not allowed when used memory > maxmemory', true],
    ['CROSSSLOT Keys in request do not hash to the same slot', true],
    ['BUSY Redis is busy running a script.', true],
  ])('%s: definite %s', async (message, definite) => {
    const { asked, port } = caller([failure(message)]);
    const call = new ScriptRunner(port, 10).run(script, [], [], 'text');
    await expect(call).rejects.toMatchObject({ code: 'BLOOM_FILTER_CALL_FAILED', definite });
    expect(asked).toHaveLength(1);
  });

  test('nor is the source, whatever the server says to it', async () => {
    const { asked, port } = caller([failure('NOSCRIPT'), failure('NOSCRIPT')]);
    const call = new ScriptRunner(port, 10).run(script, [], [], 'text');
    await expect(call).rejects.toThrow('NOSCRIPT');
    expect(asked).toHaveLength(2);
  });

  test('and the cause is told', async () => {
    const cause = new Error('Connection is closed.');
    const { port } = caller([() => Promise.reject(cause)]);
    const call = new ScriptRunner(port, 10).run(script, [], [], 'text');
    await expect(call).rejects.toMatchObject({ cause, definite: false });
  });
});

test('at most so many calls are without an answer', async () => {
  let answer = (_value: unknown): void => undefined;
  const open = () => new Promise((resolve) => (answer = resolve));
  const { asked, port } = caller([open, value(2)]);
  const runner = new ScriptRunner(port, 1);
  const first = runner.run(script, [], [], 'text');
  await expect(runner.run(script, [], [], 'text')).rejects.toMatchObject({ definite: true });
  expect(asked).toHaveLength(1);
  answer(1);
  await expect(first).resolves.toBe(1);
  await expect(runner.run(script, [], [], 'text')).resolves.toBe(2);
});
