import { Hono } from 'hono';
import { beforeEach, expect, test } from 'vitest';

import { eventStream } from '../../src/event-stream.ts';
import type { ClusterView, PageEvent } from '../../src/supervisor/cluster-view.ts';
import { type NodeRequest, NodeSilentError } from '../../src/supervisor/controlled-cluster.ts';
import { addNodeRoutes } from '../../src/supervisor/node-routes.ts';
import { Broadcast } from '../../src/supervisor/supervisor-events.ts';
import { nodeView } from '../support/node-view.ts';

const totals = { acknowledgedCount: 0, checkedCount: 0, violationCount: 0 };
const view: ClusterView = {
  nodes: [nodeView('n1'), nodeView('n2')],
  leaderId: 'n1',
  groups: [],
  load: { ratePerSecond: 0, totals },
  dataDirectory: '',
};

let api: Hono;
/** Streams that were ended from this side. */
let ended: string[];

beforeEach(() => {
  ended = [];
  api = new Hono();
  addNodeRoutes(api, {
    view: () => view,
    pageEvents: new Broadcast<PageEvent>(),
    administer: (id, request: NodeRequest) =>
      id === 'n1'
        ? Promise.resolve(new Response(JSON.stringify({ id, path: request.path })))
        : Promise.reject(new NodeSilentError('no answer')),
    openStream: (id, path, signal) =>
      Promise.resolve(
        eventStream(signal, (send) => {
          send({ entries: [{ node: id, path }], leftOutCount: 0 });
          return () => ended.push(id);
        }),
      ),
  });
});

test('a node is asked for its ring, without the token of the page', async () => {
  const answer = await api.request('/api/node/n1/admin/ring?board=b-1&token=secret');
  expect(await answer.json()).toEqual({ id: 'n1', path: '/admin/ring?board=b-1' });
  expect(answer.headers.get('x-asked-node')).toBe('n1');
});

test.each([
  '/api/node/n1/admin/raft',
  '/api/node/n1/admin/ring/more',
  '/api/node/n1/v1/boards',
  '/api/node/n9/admin/ring',
  '/api/node/__proto__/admin/ring',
])('nothing else can be reached: %s', async (path) => {
  expect((await api.request(path)).status).toBe(404);
});

test('a change cannot be asked for', async () => {
  expect((await api.request('/api/node/n1/admin/ring', { method: 'POST' })).status).toBe(404);
});

test('a node that is silent is said to be', async () => {
  const answer = await api.request('/api/node/n2/admin/ring');
  expect(answer.status).toBe(504);
  expect(await answer.text()).toContain('n2 did not answer');
});

test('the traces of all nodes come as one stream, and end with it', async () => {
  const answer = await api.request('/api/trace');
  const seen = new Set<string>();
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    const found = decoder.decode(chunk).matchAll(/"node":"(n\d)","path":"\/admin\/trace"/g);
    for (const [, id = ''] of found) seen.add(id);
    if (seen.size === 2) break;
  }
  expect([...seen].toSorted()).toEqual(['n1', 'n2']);
  expect([...new Set(ended)].toSorted()).toEqual(['n1', 'n2']);
});
