import { describe, expect, test } from 'vitest';

import type { ScriptCaller } from '../../src/redis/redis-client.ts';
import { ScriptRunner } from '../../src/redis/script-runner.ts';

const script = { sha1: 'digest', source: 'return 1' };

/** A caller that answers as told, and notes what it was asked. */
function caller(answers: readonly (() => Promise<unknown>)[], isReady = true) {
  const asked: string[] = [];
  const next = (what: string): Promise<unknown> => {
    asked.push(what);
    return answers[asked.length - 1]?.() ?? Promise.reject(new Error('nothing left to answer'));
  };
  const port: ScriptCaller = {
    isReady: () => isReady,
    evalSha: (sha1) => next(`sha ${sha1}`),
    eval: (source) => next(`source ${source}`),
  };
  return { asked, port };
}

const value = (result: unknown) => () => Promise.resolve(result);
const failure = (message: string) => () => Promise.reject(new Error(message));
const never = () => new Promise<never>(() => {});

test('a known script is one call', async () => {
  const { asked, port } = caller([value(7)]);
  await expect(new ScriptRunner(port, 10).run(script, [], [])).resolves.toBe(7);
  expect(asked).toEqual(['sha digest']);
});

test('a call knows whether another one is under way', async () => {
  const alone: boolean[] = [];
  const answers: (() => void)[] = [];
  const evalSha: ScriptCaller['evalSha'] = (_sha1, _keys, _args, isAlone) => {
    alone.push(isAlone);
    return new Promise((resolve) => answers.push(() => resolve(7)));
  };
  const runner = new ScriptRunner({ ...caller([]).port, evalSha }, 10);
  const calls = [runner.run(script, [], []), runner.run(script, [], [])];
  for (const answer of answers.splice(0)) answer();
  await Promise.all(calls);
  const last = runner.run(script, [], []);
  for (const answer of answers.splice(0)) answer();
  await last;
  expect(alone).toEqual([true, false, true]);
});

test('an unknown script is sent once', async () => {
  const { asked, port } = caller([failure('NOSCRIPT No matching script.'), value(7)]);
  await expect(new ScriptRunner(port, 10).run(script, [], [])).resolves.toBe(7);
  expect(asked).toEqual(['sha digest', 'source return 1']);
});

describe('what fails is never sent again', () => {
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
    const call = new ScriptRunner(port, 10).run(script, [], []);
    await expect(call).rejects.toMatchObject({ code: 'RATE_LIMIT_STORE_FAILED', definite });
    expect(asked).toHaveLength(1);
  });

  test('nor is the source, whatever the server says to it', async () => {
    const { asked, port } = caller([failure('NOSCRIPT'), failure('NOSCRIPT')]);
    await expect(new ScriptRunner(port, 10).run(script, [], [])).rejects.toThrow('NOSCRIPT');
    expect(asked).toHaveLength(2);
  });
});

test('a client without a connection is not asked, and its queue stays empty', async () => {
  const { asked, port } = caller([], false);
  const call = new ScriptRunner(port, 10).run(script, [], []);
  await expect(call).rejects.toMatchObject({ definite: true });
  expect(asked).toEqual([]);
});

test('at most so many calls are without an answer', async () => {
  const { asked, port } = caller([never, never]);
  const runner = new ScriptRunner(port, 2);
  void runner.run(script, [], []);
  void runner.run(script, [], []);
  await expect(runner.run(script, [], [])).rejects.toMatchObject({ definite: true });
  expect(asked).toHaveLength(2);
  expect(runner.pendingCount).toBe(2);
});

describe('a caller that gives up', () => {
  test('is not waited for, and the late answer is dropped', async () => {
    let answer = (_value: unknown): void => {};
    const promise = new Promise<unknown>((resolve) => (answer = resolve));
    const { port } = caller([() => promise]);
    const runner = new ScriptRunner(port, 10);
    const controller = new AbortController();
    const call = runner.run(script, [], [], controller.signal);
    controller.abort('late');
    await expect(call).rejects.toBe('late');
    expect(runner.pendingCount).toBe(1);
    answer(1);
    await new Promise(setImmediate);
    expect(runner.pendingCount).toBe(0);
  });

  test('before it asked has asked nobody', async () => {
    const { asked, port } = caller([]);
    const call = new ScriptRunner(port, 10).run(script, [], [], AbortSignal.abort('early'));
    await expect(call).rejects.toBe('early');
    expect(asked).toEqual([]);
  });

  test('leaves no listener behind after an answer', async () => {
    const { port } = caller([value(1), failure('READONLY')]);
    const runner = new ScriptRunner(port, 10);
    const { signal } = new AbortController();
    let listenerCount = 0;
    const { addEventListener, removeEventListener } = AbortSignal.prototype;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listenerCount += 1;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listenerCount -= 1;
      removeEventListener.apply(signal, args);
    };
    await runner.run(script, [], [], signal);
    await runner.run(script, [], [], signal).catch(() => undefined);
    expect(listenerCount).toBe(0);
  });
});
