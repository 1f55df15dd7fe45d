import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

const file = fileURLToPath(new URL('under-test.ts', import.meta.url));

// Goal: no demo outlives a test that was ended in the middle, when nobody is there to stop it.
test('a process whose standard input ends is told to stop', async () => {
  const program = "setInterval(() => undefined, 1_000_000); console.log('runs');";
  const child = spawn(process.execPath, ['--import', file, '--eval', program]);
  await once(child.stdout, 'data');
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
});

test('a process that has nothing more to do ends before', async () => {
  const child = spawn(process.execPath, ['--import', file, '--eval', '0']);
  expect(await once(child, 'exit')).toEqual([0, null]);
});
