import { expect, test } from 'vitest';

import { untilAborted } from '../../src/redis/until-aborted.ts';

const never = new Promise<never>(() => undefined);

test('an answer that comes first is the answer', async () => {
  const { signal } = new AbortController();
  await expect(untilAborted(Promise.resolve(7), signal)).resolves.toBe(7);
  await expect(untilAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  await expect(untilAborted(Promise.resolve(7), undefined)).resolves.toBe(7);
});

test('an abort that comes first rejects with its reason', async () => {
  const controller = new AbortController();
  const call = untilAborted(never, controller.signal);
  controller.abort(new Error('enough'));
  await expect(call).rejects.toThrow('enough');
  await expect(untilAborted(never, AbortSignal.abort('before'))).rejects.toBe('before');
});

test('a failure after the abort disturbs nobody', async () => {
  const controller = new AbortController();
  let fail = (_error: Error): void => {};
  const answer = new Promise<never>((_resolve, reject) => (fail = reject));
  const call = untilAborted(answer, controller.signal);
  controller.abort('enough');
  await expect(call).rejects.toBe('enough');
  // An unhandled rejection would fail the run.
  fail(new Error('late'));
  await new Promise(setImmediate);
});
