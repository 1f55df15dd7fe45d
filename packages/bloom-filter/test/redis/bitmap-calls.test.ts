import { expect, test } from 'vitest';

import { BitmapCalls, latin1 } from '../../src/redis/bitmap-calls.ts';
import { bitmapKeys } from '../../src/redis/bitmap-layout.ts';
import { hasScript, mergeScript, readScript } from '../../src/redis/bitmap-scripts.ts';
import {
  FilterCallError,
  FilterDamagedError,
  FilterGoneError,
  FilterMismatchError,
  RedisFilterError,
} from '../../src/redis/redis-filter-errors.ts';
import { ScriptRunner } from '../../src/redis/script-runner.ts';

/** Calls that are answered with `answer`, or fail with it. */
function callsAnswering(answer: unknown) {
  const keys: (readonly string[])[] = [];
  const evalSha = async (_sha1: string, names: readonly string[]): Promise<unknown> => {
    keys.push(names);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const runner = new ScriptRunner({ evalSha, eval: evalSha }, 10);
  const options = { runner, keys: bitmapKeys('p', 'a'), name: 'a', header: 'bloom1 bits=64 made=' };
  return { keys, calls: new BitmapCalls(options) };
}

test('what stands behind the letter is the answer', async () => {
  await expect(callsAnswering('k011').calls.text(hasScript, [])).resolves.toBe('011');
  await expect(callsAnswering('n').calls.text(hasScript, [])).resolves.toBeUndefined();
  const bytes = callsAnswering(Buffer.of(0x6b, 0xff, 0)).calls.bytes(readScript, []);
  await expect(bytes).resolves.toEqual(Buffer.of(0xff, 0));
  const none = callsAnswering(Buffer.from('n')).calls.bytes(readScript, []);
  await expect(none).resolves.toBeUndefined();
});

test('another letter says what went wrong', async () => {
  for (const [letter, kind, code] of [
    ['o', FilterMismatchError, 'BLOOM_FILTER_MISMATCH'],
    ['d', FilterDamagedError, 'BLOOM_FILTER_DAMAGED'],
    ['g', FilterGoneError, 'BLOOM_FILTER_GONE'],
    ['x', FilterCallError, 'BLOOM_FILTER_CALL_FAILED'],
    ['', FilterCallError, 'BLOOM_FILTER_CALL_FAILED'],
  ] as const) {
    for (const call of [
      () => callsAnswering(letter).calls.text(hasScript, []),
      () => callsAnswering(Buffer.from(letter)).calls.bytes(readScript, []),
    ]) {
      const failure: unknown = await call().catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(kind);
      expect(failure).toBeInstanceOf(RedisFilterError);
      expect(failure).toMatchObject({ code, name: kind.name });
    }
  }
});

test('a mismatch shows both', async () => {
  const call = callsAnswering('obloom1 bits=32').calls.text(hasScript, []);
  await expect(call).rejects.toMatchObject({
    found: '"bloom1 bits=32"',
    message: 'a: expected "bloom1 bits=64 made=", got "bloom1 bits=32"',
  });
});

test('text where bytes are expected, and bytes where text is, are no answer', async () => {
  const failure = { code: 'BLOOM_FILTER_CALL_FAILED', definite: false };
  for (const answer of [undefined, null, 7, [], Buffer.from('k')]) {
    const call = callsAnswering(answer).calls.text(hasScript, []);
    await expect(call).rejects.toMatchObject(failure);
  }
  await expect(callsAnswering('k').calls.bytes(readScript, [])).rejects.toMatchObject(failure);
});

test.each([
  'WRONGTYPE Operation against a key holding the wrong kind of value script: 1a',
  'ERR Error running script (call to f_1a): @user_script:4: WRONGTYPE Operation against a key',
])('that the key is of another type is a mismatch: %s', async (message) => {
  const call = callsAnswering(new Error(message)).calls.text(hasScript, []);
  await expect(call).rejects.toMatchObject({
    code: 'BLOOM_FILTER_MISMATCH',
    found: 'a key of another type',
  });
});

test('only what unites chunks names the keys for it', async () => {
  const { keys, calls } = callsAnswering('k');
  await calls.text(hasScript, []);
  await calls.text(mergeScript, []);
  const [head, bits, ...scratch] = ['head', 'bits', 'old', 'new'].map(
    (end) => `p:bloom1:{a}:${end}`,
  );
  expect(keys).toEqual([
    [head, bits],
    [head, bits, ...scratch],
  ]);
});

test('bytes of ASCII are text', () => {
  expect(latin1(Buffer.from('a9'))).toBe('a9');
});
