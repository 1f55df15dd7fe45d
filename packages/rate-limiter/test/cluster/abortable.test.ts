import { expect, test } from 'vitest';

import { abortable } from '../../src/cluster/abortable.ts';

const never = new Promise<never>(() => undefined);

test('what is not aborted is as it was', async () => {
  const { signal } = new AbortController();
  await expect(abortable(Promise.resolve(7), undefined)).resolves.toBe(7);
  await expect(abortable(Promise.resolve(7), signal)).resolves.toBe(7);
  const error = new Error('broken');
  await expect(abortable(Promise.reject(error), signal)).rejects.toBe(error);
});

test('what is aborted rejects with the reason, at once or before it began', async () => {
  const client = new AbortController();
  const reason = new Error('gone');
  const waiting = abortable(never, client.signal);
  client.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(abortable(never, client.signal)).rejects.toBe(reason);
  await expect(abortable(never, AbortSignal.abort('text'))).rejects.toThrow('text');
});
