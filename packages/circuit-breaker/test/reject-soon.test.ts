import { expect, test } from 'vitest';

import { rejectSoon } from '../src/reject-soon.ts';

test('the promise rejects with the error, not before one can listen', async () => {
  const error = new Error('refused');
  const heard: unknown[] = [];
  process.on('unhandledRejection', (reason) => heard.push(reason));
  await expect(rejectSoon(error)).rejects.toBe(error);
  await new Promise((resolve) => setImmediate(resolve));
  process.removeAllListeners('unhandledRejection');
  expect(heard).toEqual([]);
});
