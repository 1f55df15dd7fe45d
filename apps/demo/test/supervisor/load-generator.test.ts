import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { seededRandom } from '@quorate/transport/system';
import { afterEach, expect, test, vi } from 'vitest';

import { LoadGenerator } from '../../src/supervisor/load-generator.ts';
import { loadMixes } from '../../src/supervisor/load-mix.ts';
import { FakeNodes } from '../support/fake-nodes.ts';

/** A service on one machine that counts revisions, and may be told to forget what it took. */
class Service {
  readonly server: Server;
  readonly revisions = new Map<string, number>();
  isForgetful = false;
  #revision = 0;

  constructor() {
    this.server = createServer((request, response) => {
      request.resume();
      const key = request.url ?? '';
      if (request.method === 'PUT') {
        this.#revision += 1;
        this.revisions.set(key, this.#revision);
      }
      if (this.isForgetful) this.revisions.clear();
      const revision = this.revisions.get(key) ?? (request.method === 'PUT' ? 1 : 0);
      if (revision === 0) response.writeHead(404).end();
      else response.writeHead(200, { etag: `"${revision}"` }).end();
    });
  }

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
}

let service: Service | undefined;
let load: LoadGenerator | undefined;

afterEach(() => {
  load?.close();
  service?.server.closeAllConnections();
  service?.server.close();
});

async function start(): Promise<{ service: Service; load: LoadGenerator; violations: string[] }> {
  service = new Service();
  const api = await service.listen();
  const violations: string[] = [];
  load = new LoadGenerator({
    ...{ targets: [{ id: 'n1', api }], random: seededRandom(1) },
    onViolation: (text) => violations.push(text),
  });
  return { service, load, violations };
}

test('a service that keeps everything passes the check', async () => {
  const { load: running, violations } = await start();
  running.setRate(2_000);
  await vi.waitFor(() => expect(running.totals.checkedCount).toBeGreaterThan(500), 20_000);
  running.setRate(0);
  expect(running.totals.violationCount).toBe(0);
  expect(violations).toEqual([]);
  expect(running.totals.acknowledgedCount).toBeGreaterThan(100);
  const window = running.takeWindow();
  expect(window.okCount).toBeGreaterThan(0);
  expect(window.p99Ms).toBeGreaterThanOrEqual(window.p50Ms);
  expect(running.takeWindow().okCount).toBe(0);
});

test('a service that loses an acknowledged write is found out', async () => {
  const { service: forgetful, load: running, violations } = await start();
  running.setRate(2_000);
  await vi.waitFor(() => expect(running.totals.acknowledgedCount).toBeGreaterThan(200), 20_000);
  forgetful.isForgetful = true;
  await vi.waitFor(() => expect(running.totals.violationCount).toBeGreaterThan(0), 20_000);
  expect(violations[0]).toMatch(/^load\/\d+: (read|write) answered revision \d+ after \d+ was ack/);
});

test('what cannot be answered is counted, not hidden', async () => {
  const { service: dying, load: running } = await start();
  dying.server.closeAllConnections();
  dying.server.close();
  running.setRate(500);
  let unknown = 0;
  let skipped = 0;
  await vi.waitFor(() => {
    const window = running.takeWindow();
    unknown += window.unknownCount;
    skipped += window.skippedCount;
    expect(window.okCount).toBe(0);
    // The only node does not answer, so it is left alone for a while.
    expect(unknown * skipped).toBeGreaterThan(0);
  }, 20_000);
});

test('what is asked for follows the mix, from the next request on', async () => {
  const asked = { edit: 0, read: 0, config: 0, made: 0 };
  const nodes = new FakeNodes(1, ({ method, path, key }) => {
    if (path.startsWith('/v1/config/')) asked.config += 1;
    else if (path === '/v1/boards') asked.made += 1;
    else asked[method === 'GET' ? 'read' : 'edit'] += 1;
    return { status: 200, document: { id: `b-${key}` }, etag: '"1"' };
  });
  const targets = await nodes.listen();
  load = new LoadGenerator({ targets, random: seededRandom(1), onViolation: () => undefined });
  load.setMix(loadMixes.reading);
  load.setRate(2_000);
  await vi.waitFor(() => expect(asked.read).toBeGreaterThan(500), 20_000);
  load.setRate(0);
  expect(asked.made).toBe(8);
  expect(asked.edit).toBeGreaterThan(0);
  expect(asked.config).toBeGreaterThan(0);
  expect(asked.edit + asked.config).toBeLessThan(asked.read / 3);
  expect(load.view).toMatchObject({ ratePerSecond: 0, mix: loadMixes.reading });
  nodes.close();
});
