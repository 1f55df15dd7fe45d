import { Hono } from 'hono';
import { beforeEach, expect, test } from 'vitest';

import type { ClusterView, PageEvent } from '../../src/supervisor/cluster-view.ts';
import {
  ActionError,
  type ControlledCluster,
  type NodeRequest,
  NodeSilentError,
} from '../../src/supervisor/controlled-cluster.ts';
import { addControlRoutes } from '../../src/supervisor/control-routes.ts';
import type { LoadMix } from '../../src/supervisor/load-mix.ts';
import { Broadcast } from '../../src/supervisor/supervisor-events.ts';

const view: ClusterView = {
  nodes: [],
  leaderId: 'n2',
  groups: [],
  load: {
    ratePerSecond: 0,
    totals: { acknowledgedCount: 0, checkedCount: 0, violationCount: 0 },
  },
  dataDirectory: '',
};

/** Writes down what it is told. */
class WrittenDown implements ControlledCluster {
  isBreakable = true;
  readonly pageEvents = new Broadcast<PageEvent>();
  readonly charts = { history: { kind: 'history', points: [], marks: [] } as const };
  readonly told: unknown[] = [];
  view = (): ClusterView => view;
  anyNodeId = (): string => 'n2';
  kill = (id: string): void => void this.told.push(['kill', id]);
  pause = (id: string): void => void this.told.push(['pause', id]);
  resume = (id?: string): void => void this.told.push(['resume', id]);
  addNode = (): string => {
    this.told.push(['add']);
    return 'n4';
  };
  removeNode = (id: string): void => void this.told.push(['remove', id]);
  administer(id: string, request: NodeRequest): Promise<Response> {
    if (id === 'n9') return Promise.reject(new NodeSilentError('no answer'));
    this.told.push(['administer', id, request]);
    return Promise.resolve(Response.json({ leaderId: 'n3' }));
  }
  partition = (groups: unknown): void => void this.told.push(['partition', groups]);
  setLinks = (links: unknown): void => void this.told.push(['links', links]);
  changeMachine = (id: string, change: unknown): void =>
    void this.told.push(['machine', id, change]);
  heal = (): void => void this.told.push(['heal']);
  setLoad = (rate: number, mix?: LoadMix): void => void this.told.push(['load', rate, mix]);
  restart = (id: string): void => {
    throw new ActionError(`${id} is already starting`);
  };
  askNode(id: string, request: NodeRequest): Promise<Response> {
    if (id === 'n9') return Promise.reject(new NodeSilentError('no answer'));
    this.told.push([id, request]);
    const headers = { etag: '"7"', 'x-served-by': 'n2', 'x-secret': '1' };
    return Promise.resolve(new Response('{"revision":7}', { headers }));
  }
  openStream = (): Promise<Response> => Promise.resolve(new Response(''));
}

let cluster: WrittenDown;
let api: Hono;

beforeEach(() => {
  cluster = new WrittenDown();
  api = new Hono();
  addControlRoutes(api, cluster);
});

const post = async (path: string, body?: unknown): Promise<Response> =>
  api.request(path, {
    method: 'POST',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

test('says to the cluster what was asked, and answers with its view', async () => {
  const answers = [
    await post('/api/nodes/n1/kill'),
    await post('/api/nodes/n1/pause'),
    await post('/api/nodes/n1/resume'),
    await post('/api/resume'),
    await post('/api/partition', { groups: [['n1'], ['n2', 'n3']] }),
    await api.request('/api/partition', { method: 'DELETE' }),
    await post('/api/links', { links: [{ kind: 'cut', from: 'n1', to: 'n2' }] }),
    await post('/api/nodes/n3/machine', { clockSkewMs: -500 }),
    await post('/api/heal'),
    await post('/api/nodes'),
    await api.request('/api/nodes/n4', { method: 'DELETE' }),
    await post('/api/load', { ratePerSecond: 20 }),
    await post('/api/load', { ratePerSecond: 9, mix: { edit: 1, read: 0, config: 0.5 } }),
  ];
  for (const answer of answers) expect(await answer.json()).toEqual(view);
  expect(cluster.told).toEqual([
    ['kill', 'n1'],
    ['pause', 'n1'],
    ['resume', 'n1'],
    ['resume', undefined],
    ['partition', [['n1'], ['n2', 'n3']]],
    ['partition', []],
    ['links', [{ kind: 'cut', from: 'n1', to: 'n2' }]],
    ['machine', 'n3', { clockSkewMs: -500 }],
    ['heal'],
    ['add'],
    ['remove', 'n4'],
    ['load', 20, undefined],
    ['load', 9, { edit: 1, read: 0, config: 0.5 }],
  ]);
});

test('asks for what is for admins on behalf of the page', async () => {
  const transfer = await post('/api/transfer-leadership', { to: 'n3' });
  expect([transfer.headers.get('x-asked-node'), await transfer.json()]).toEqual([
    'n2',
    { leaderId: 'n3' },
  ]);
  await post('/api/nodes/n1/snapshot');
  const request = { method: 'POST', headers: {} };
  const body = '{"to":"n3"}';
  expect(cluster.told).toEqual([
    ['administer', 'n2', { ...request, path: '/admin/transfer-leadership', body }],
    ['administer', 'n1', { ...request, path: '/admin/snapshot' }],
  ]);
  expect((await post('/api/nodes/n9/snapshot')).status).toBe(504);
});

test('refuses what makes no sense, and says what the cluster refuses', async () => {
  expect((await post('/api/nodes/n1/burn')).status).toBe(404);
  expect((await post('/api/partition', { groups: [] })).status).toBe(400);
  expect((await post('/api/load', { ratePerSecond: -1 })).status).toBe(400);
  expect((await post('/api/load')).status).toBe(400);
  for (const mix of [
    { edit: 1 },
    { edit: 0, read: 0, config: 0 },
    'boards',
    { edit: -1, read: 9, config: 0 },
  ]) {
    const answer = await post('/api/load', { ratePerSecond: 1, mix });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('mix')]);
  }
  expect((await post('/api/links', { links: [{ kind: 'melt' }] })).status).toBe(400);
  expect((await post('/api/links')).status).toBe(400);
  for (const change of [
    {},
    { isDiskFull: 1 },
    { syncDelayMs: -1 },
    { clockSkewMs: 0.5 },
    { x: 1 },
  ]) {
    expect((await post('/api/nodes/n1/machine', change)).status).toBe(400);
  }
  expect((await api.request('/api/nothing')).status).toBe(404);
  const refused = await post('/api/nodes/n1/restart');
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({ detail: 'n1 is already starting' });
  expect(cluster.told).toEqual([]);
});

test('a cluster that is not to be broken is not, whoever asks, and lives on', async () => {
  cluster.isBreakable = false;
  api = new Hono();
  addControlRoutes(api, cluster);
  const refused = [
    await post('/api/nodes/n1/kill'),
    await post('/api/nodes/n1/pause'),
    await post('/api/nodes/n1/restart'),
    await post('/api/nodes/n1/machine', { isDiskFull: true }),
    await post('/api/partition', { groups: [['n1'], ['n2']] }),
    await api.request('/api/partition', { method: 'DELETE' }),
    await post('/api/links', { links: [] }),
    await post('/api/heal'),
    await post('/api/resume'),
  ];
  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 403));
  expect(cluster.told).toEqual([]);
  expect((await post('/api/load', { ratePerSecond: 1 })).status).toBe(200);
  expect((await post('/api/nodes/n1/snapshot')).status).toBe(200);
});

test('hands requests for keys to one node, and back only what is meant', async () => {
  const headers = { 'if-match': '"6"', authorization: 'Bearer secret' };
  const answer = await api.request('/api/config/a%2Fb?read=stale&node=n3', { headers });
  expect(cluster.told).toEqual([
    ['n3', { method: 'GET', path: '/v1/config/a%2Fb?read=stale', headers: { 'if-match': '"6"' } }],
  ]);
  expect(await answer.json()).toEqual({ revision: 7 });
  expect(answer.headers.get('etag')).toBe('"7"');
  expect(answer.headers.get('x-asked-node')).toBe('n3');
  expect(answer.headers.get('x-secret')).toBeNull();
});

test('a node that does not answer leaves a write in doubt, and a read undone', async () => {
  const put = await api.request('/api/config/a?node=n9', { method: 'PUT', body: '{}' });
  expect(await put.json()).toMatchObject({ code: 'outcome_unknown', indefinite: true });
  const get = await api.request('/api/config/a?node=n9');
  expect(await get.json()).toMatchObject({ code: 'read_timeout' });
});

test('streams what happens after what has happened', async () => {
  const stop = new AbortController();
  const request = new Request('http://demo/api/events', { signal: stop.signal });
  const { body } = await api.request(request);
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  const next = async (): Promise<string> => (await reader?.read())?.value ?? '';
  expect(await next()).toContain(': open');
  expect(await next()).toContain('"kind":"history"');
  expect(await next()).toContain('"kind":"view"');
  cluster.pageEvents.publish({ kind: 'mark', mark: { atMs: 1, kind: 'fault', text: 'kill n1' } });
  expect(await next()).toContain('kill n1');
  stop.abort();
  expect(cluster.pageEvents.audienceCount).toBe(0);
});
