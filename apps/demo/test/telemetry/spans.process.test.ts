/** Spans of real processes, each with an SDK of its own that `--import` loads. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, expect, test } from 'vitest';

import { confirmed } from '../support/confirmed.ts';
import { RealDemo } from '../support/real-demo.ts';
import type { WrittenSpan } from '../support/span-file.ts';

const sdk = fileURLToPath(new URL('../support/span-file.ts', import.meta.url));
const variable = 'QUORATE_TEST_SPANS';

let demo: RealDemo | undefined;
afterEach(async () => {
  Reflect.deleteProperty(process.env, variable);
  await demo?.dispose();
  demo = undefined;
});

test('a request over three processes is one trace', { timeout: 180_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'quorate-spans-'));
  const file = join(directory, 'spans.jsonl');
  writeFileSync(file, '');
  process.env[variable] = file;
  demo = await RealDemo.start(undefined, '--import', sdk);
  await demo.leader();
  const traceIds = ['a', 'b', 'c'].map((digit) => digit.repeat(32));
  for (const [index, node] of demo.nodes.entries()) {
    const headers = { traceparent: `00-${traceIds[index] ?? ''}-b7ad6b7169203331-01` };
    await confirmed(demo, node, '/v1/boards', { title: 'Traced' }, headers);
  }
  await demo.stop();
  const text = readFileSync(file, 'utf8');
  rmSync(directory, { recursive: true });
  const spans = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as WrittenSpan);
  for (const [index, { id, pid }] of demo.nodes.entries()) {
    const all = spans.filter(({ traceId }) => traceId === traceIds[index]);
    // More than one if it had to be sent again.
    const roots = all.filter(({ parentId }) => parentId === 'b7ad6b7169203331');
    expect(roots).not.toEqual([]);
    for (const root of roots) {
      expect(root).toMatchObject({ node: id, pid, name: 'POST /v1/boards' });
    }
    // The second owner is never the process that the client asked and the first one at once.
    expect(new Set(all.map((span) => span.pid)).size).toBeGreaterThanOrEqual(2);
    const known = new Set(all.map(({ spanId }) => spanId));
    for (const span of all) {
      if (!roots.includes(span)) expect(known.has(span.parentId ?? ''), span.name).toBe(true);
    }
  }
});
