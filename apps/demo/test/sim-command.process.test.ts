/** `demo sim` in its worker threads. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { runDemo } from './support/real-demo.ts';

// Goal: a broken rule is found by workers as by one thread, and written down.
test('the first seed that fails is in the file, whoever played it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'quorate-sim-'));
  const out = join(directory, 'failing.json');
  const line = 'sim --seeds 5..6 --faults radioactive --for 20s --reads stale --workers 2 --json';
  const { code, stdout } = await runDemo(...line.split(' '), '--out', out);
  const results = stdout
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as { seed: number });
  expect([code, results.map(({ seed }) => seed).toSorted()]).toEqual([1, [5, 6]]);
  expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({
    job: { seed: 6 },
    broken: [{ claim: 'linearizable' }],
  });
  rmSync(directory, { recursive: true });
}, 180_000);
