import { seededRandom } from '@quorate/transport/system';
import { afterEach, expect, test, vi } from 'vitest';

import { ConfigLoad } from '../../src/supervisor/config-load.ts';
import { PhaseFigures } from '../../src/supervisor/phase-figures.ts';
import { FakeNodes, type FakeAnswer, type FakeRequest } from '../support/fake-nodes.ts';

/** A service that has no key, and refuses all writes; or says so only. */
function answer(request: FakeRequest, refuses: boolean): FakeAnswer {
  if (request.method === 'GET') return { status: 404, document: { code: 'key_not_found' } };
  if (refuses) return { status: 503, document: { code: 'no_leader', indefinite: false } };
  const key = request.path.split('/').at(-1) ?? '';
  if (request.method === 'DELETE') return { status: 404, document: { code: 'key_not_found' } };
  return { status: 201, document: { key, revision: 1 }, etag: '"1"' };
}

let nodes: FakeNodes | undefined;
let load: ConfigLoad | undefined;

afterEach(() => {
  load?.close();
  nodes?.close();
});

async function run(refuses: boolean): Promise<{ load: ConfigLoad; figures: PhaseFigures }> {
  let askedCount = 0;
  nodes = new FakeNodes(2, (request) => {
    askedCount += 1;
    return answer(request, refuses);
  });
  const targets = await nodes.listen();
  const figures = new PhaseFigures();
  load = new ConfigLoad({ targets: () => targets, figures, random: seededRandom(1) });
  load.start(500);
  await vi.waitFor(() => expect(askedCount).toBeGreaterThan(200), 20_000);
  await load.stop();
  expect(await load.readLast(performance.now() + 60_000)).toEqual([]);
  return { load, figures };
}

test('what was seen is recorded, to the last value of every key', async () => {
  const { load: honest, figures } = await run(true);
  const verdict = await honest.judge();
  expect(verdict).toMatchObject({ verdict: 'linearizable', unpromised: [] });
  const [row] = figures.rows;
  expect(row).toMatchObject({ fault: 'calm', load: 'config', unknownCount: 0 });
  // Each key once more than it was asked for.
  expect(verdict.operationCount).toBeGreaterThan(row?.requestCount ?? Infinity);
});

test('a service that forgets what it confirmed is found out', async () => {
  const { load: forgetful } = await run(false);
  const { verdict, counterexample } = await forgetful.judge();
  expect(verdict).toBe('not-linearizable');
  expect(counterexample?.operations.map(({ input }) => input.kind)).toContain('put');
});

test('nobody to ask is told as keys that stay silent', async () => {
  const { load: left } = await run(true);
  nodes?.close();
  expect((await left.readLast(performance.now() + 100)).length).toBeGreaterThan(0);
});
