import { nodeId } from '@quorate/transport';
import * as v from 'valibot';
import { beforeAll, describe, expect, test } from 'vitest';

import { addDocs } from '../../src/api-docs/add-docs.ts';
import { docsPage } from '../../src/api-docs/docs-page.ts';
import { nodeTexts } from '../../src/api-docs/node-texts.ts';
import { openApiOf, routesOf } from '../../src/api-docs/openapi.ts';
import { endpointOf } from '../../src/http/endpoint.ts';
import { addMetrics } from '../../src/observe/add-metrics.ts';
import { type Answer, SimulatedCluster } from '../support/simulated-cluster.ts';

const n1 = nodeId('n1');
const admin = { authorization: 'Bearer secret' };
const json = { 'content-type': 'application/json' };
let cluster: SimulatedCluster;
let boardId: string;

const problem = v.object({
  ...{ type: v.string(), title: v.string(), status: v.number(), detail: v.string() },
  ...{ code: v.string(), retryable: v.boolean(), indefinite: v.boolean() },
});

/** One request of each route that answers at once. */
const examples: readonly [
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
][] = [
  ['POST', '/v1/boards', { title: 'Board' }],
  ['POST', '/v1/boards', { title: 'Other' }, { 'idempotency-key': 'other' }],
  ['GET', '/v1/boards/:id'],
  ['POST', '/v1/boards/:id/ops', { operations: [{ kind: 'addAffected', amount: 1 }] }],
  ['GET', '/v1/boards/:id/sync'],
  ['GET', '/v1/whoami'],
  ['GET', '/v1/limits'],
  ['PUT', '/v1/config/*', { value: 'a' }],
  ['PUT', '/v1/config/*', { value: 'b' }],
  ['GET', '/v1/config/*'],
  ['DELETE', '/v1/config/*'],
  ['GET', '/healthz'],
  ['GET', '/readyz'],
  ['GET', '/metrics'],
  ['GET', '/admin/raft', undefined, admin],
  ['GET', '/admin/ring', undefined, admin],
  ['GET', '/admin/cluster', undefined, admin],
  ['GET', '/admin/phi', undefined, admin],
  ['GET', '/admin/breakers', undefined, admin],
  ['GET', '/admin/boards/:id', undefined, admin],
  ['POST', '/admin/faults', { groups: [] }, admin],
  ['POST', '/admin/snapshot', undefined, admin],
  ['POST', '/admin/transfer-leadership', {}, admin],
  ['POST', '/admin/nodes', { id: 'n9', address: 'n9:5000' }, admin],
  ['DELETE', '/admin/nodes/:id', undefined, admin],
  ['GET', '/openapi.json'],
  ['GET', '/docs'],
  ['DELETE', '/v1/boards/:id'],
];

/** The schema, and nothing that it does not name. */
function closed(schema: v.GenericSchema): v.GenericSchema {
  const isObject = schema.type === 'object' && 'entries' in schema;
  return isObject ? v.strictObject(schema.entries as v.ObjectEntries) : schema;
}

function ask(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const headers = new Headers({ ...json, 'idempotency-key': 'k' });
  new Headers(init.headers).forEach((value, name) => headers.set(name, value));
  return cluster.request(n1, path, { ...init, method, headers });
}

beforeAll(async () => {
  cluster = new SimulatedCluster({
    nodeCount: 3,
    tuning: { adminToken: 'secret', allowsFaults: true },
  });
  await cluster.elect();
  addMetrics(cluster.node(n1));
  addDocs(cluster.node(n1).app);
  const made = await ask('POST', '/v1/boards', { body: '{"title":"Board"}' });
  boardId = (made.document as { id: string }).id;
});

describe('the description of a node', () => {
  test('has an entry for each route, and no other', () => {
    const { app } = cluster.node(n1);
    expect(routesOf(app).toSorted()).toEqual(Object.keys(nodeTexts).toSorted());
  });

  test('is made of the schemas that check requests, on all routes but its own', () => {
    const { app } = cluster.node(n1);
    const checked = app.routes.filter(({ handler }) => endpointOf(handler) !== undefined);
    const routes = new Set(checked.map(({ method, path }) => `${method} ${path}`));
    const others = routesOf(app).filter((route) => !routes.has(route));
    expect(others).toEqual(['GET /openapi.json', 'GET /docs']);
  });

  test('names the key in the path of the configuration, and what a write may ask for', async () => {
    const { document } = await ask('GET', '/openapi.json');
    const { paths } = document as { paths: Record<string, unknown> };
    expect(paths['/v1/config/{key}']).toMatchObject({
      get: {
        parameters: [{ name: 'key', in: 'path' }, { name: 'read' }, { name: 'If-None-Match' }],
      },
      put: {
        parameters: [
          { name: 'key', required: true },
          { name: 'If-Match' },
          { name: 'If-None-Match' },
        ],
        requestBody: { content: { 'application/json': { schema: { required: ['value'] } } } },
      },
      delete: { parameters: [{ name: 'key' }, { name: 'If-Match' }, { name: 'If-None-Match' }] },
    });
    const faults = JSON.stringify(paths['/admin/faults']);
    for (const name of ['groups', 'latencyMs', 'clockSkewMs']) expect(faults).toContain(name);
  });

  test('has an example of each route that does not go on and on', () => {
    const shown = new Set(examples.map(([method, path]) => `${method} ${path}`));
    const streams = Object.entries(nodeTexts)
      .filter(([, { answers }]) => answers[200]?.type === 'text/event-stream')
      .map(([route]) => route);
    expect([...shown, ...streams].toSorted()).toEqual(Object.keys(nodeTexts).toSorted());
  });

  test('says of requests what the schemas say that check them', async () => {
    const { document } = await ask('GET', '/openapi.json');
    const sync = (document as { paths: Record<string, { get: unknown }> }).paths[
      '/v1/boards/{id}/sync'
    ];
    expect(sync?.get).toMatchObject({
      parameters: [
        { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
        { name: 'since', in: 'query', required: false },
      ],
      responses: { 200: {}, default: {} },
    });
    const text = JSON.stringify(document);
    expect(text).toContain('"addAffected"');
    expect(text).toContain('"Idempotency-Key"');
  });

  test.each(examples)('%s %s answers as it says', async (method, route, body, headers = {}) => {
    const id = route.startsWith('/admin/nodes') ? 'n9' : boardId;
    const path = route.replace(':id', id).replace('*', 'key');
    const init = body === undefined ? { headers } : { headers, body: JSON.stringify(body) };
    const answer = await ask(method, path, init);
    const said = nodeTexts[`${method} ${route}`]?.answers[answer.status];
    expect(said, `${answer.status}: ${answer.text}`).toBeDefined();
    if (said?.schema !== undefined) v.parse(closed(said.schema), answer.document);
    if (said?.type !== undefined) expect(answer.headers.get('content-type')).toContain(said.type);
  });
});

describe('the page of it', () => {
  test('runs nothing, and loads nothing', async () => {
    const { headers, text } = await ask('GET', '/docs');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(text).not.toMatch(/<script|\son\w+=|src=|@import|url\(/i);
    expect(text).toContain('/v1/boards/{id}/ops');
  });

  test('shows texts as texts', () => {
    const hostile = `<img src=x onerror="alert('&')">`;
    const { app } = cluster.node(n1);
    const texts = { 'GET /healthz': { summary: hostile, answers: { 200: { says: hostile } } } };
    const info = { title: hostile, description: hostile, version: hostile };
    const page = docsPage(openApiOf(app, info, texts));
    expect(page).not.toContain('<img');
    expect(page).toContain('&#60;img');
  });
});

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const withBody = [
  ...['/v1/boards', '/v1/boards/b-1/ops', '/admin/faults', '/admin/nodes'].map(
    (path) => ['POST', path] as const,
  ),
  ['PUT', '/v1/config/key'] as const,
];

describe.each(withBody)('%s %s with a body that', (method, path) => {
  test.each<[why: string, body: BodyInit, headers?: Record<string, string>]>([
    ['is none', ''],
    ['is no JSON', '{"title":'],
    ['is no text', new Uint8Array([0xff, 0xfe, 0x7b])],
    ['is too large', `{"title":"${'x'.repeat(1_100_000)}"}`],
    ['is very deep', nested(20_000)],
    ['is a list', '[]'],
    ['is a number', '1e999'],
    ['has a prototype', '{"__proto__":{"title":"a","value":"a"}}'],
    ['names a constructor', '{"constructor":{"prototype":{}},"title":"a","value":"a"}'],
    ['has half of a letter', '{"title":"\\ud800","value":"\\ud800"}'],
    ['is empty', '{}'],
  ])('%s is refused, and nothing changes', async (_why, body, headers = {}) => {
    const before = cluster.node(n1).status();
    const answer = await ask(method, path, { body, headers: { ...admin, ...headers } });
    expect(answer.status, answer.text).toBeGreaterThanOrEqual(400);
    expect(answer.status, answer.text).toBeLessThan(500);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    v.parse(problem, answer.document);
    const after = cluster.node(n1).status();
    expect([after.store.digest, after.boards.copyCount]).toEqual([
      before.store.digest,
      before.boards.copyCount,
    ]);
  });
});

describe('requests that fit no route', () => {
  test.each([
    ['PATCH', '/v1/boards', 'POST'],
    ['PUT', '/v1/boards/b-1', 'DELETE, GET, HEAD'],
    ['DELETE', '/v1/boards/b-1/ops', 'POST'],
    ['POST', '/v1/config/a', 'DELETE, GET, HEAD, PUT'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['POST', '/v1/whoami', 'GET, HEAD'],
  ])('%s %s: the method is not allowed', async (method, path, allow) => {
    const answer = await ask(method, path);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
    expect(answer.document).toMatchObject({ code: 'method_not_allowed' });
  });

  test.each([
    ['/v1/boards/B', 400],
    ['/v1/boards/__proto__', 400],
    ['/v1/boards/%ff', 400],
    ['/v1/boards/a%2fb', 400],
    [`/v1/boards/${'a'.repeat(65)}`, 400],
    ['/v1/boards/b-1?consistency=all', 400],
    ['/v1/boards/b-1/sync?since=no%20base64', 400],
    ['/v1/boards/b-1/events?since=%ED%A0%80', 400],
    ['/v1/boards/b-1/other', 404],
    ['/v2', 404],
    ['/v1/config/__proto__', 404],
  ])('GET %s is a problem', async (path, status) => {
    const answer = await ask('GET', path);
    expect(answer.status, answer.text).toBe(status);
    v.parse(problem, answer.document);
  });

  test('a version that is forged is refused, by sync and by events', async () => {
    const made = await ask('POST', '/v1/boards', {
      body: '{"title":"Forged"}',
      headers: { 'idempotency-key': 'forged' },
    });
    const { id } = made.document as { id: string };
    for (const route of ['sync', 'events']) {
      const answer = await ask('GET', `/v1/boards/${id}/${route}?since=AAAA`);
      expect([route, answer.status]).toEqual([route, 400]);
      v.parse(problem, answer.document);
    }
  });
});
