import { Hono } from 'hono';
import { expect, test } from 'vitest';

import { eventStream } from '../../src/event-stream.ts';
import { proxyToBoards } from '../../src/supervisor/boards-proxy.ts';
import { NodeSilentError, type NodeRequest } from '../../src/supervisor/controlled-cluster.ts';

/** What a node was asked, last. */
let asked: (NodeRequest & { readonly id: string }) | undefined;
let send: (event: unknown) => void = () => undefined;
let leave: () => void = () => undefined;
const left = new Promise<void>((resolve) => (leave = resolve));

const cluster = {
  askNode: async (id: string, request: NodeRequest): Promise<Response> => {
    if (id === 'gone') throw new NodeSilentError('refused');
    asked = { ...request, id };
    const headers = { location: '/v1/boards/b-1', 'x-secret': 'kept' };
    return Response.json({ id: 'b-1' }, { status: 201, headers });
  },
  openStream: async (_id: string, _path: string, signal: AbortSignal): Promise<Response> =>
    eventStream(signal, (tell) => {
      send = tell;
      return leave;
    }),
};
const proxy = new Hono();
proxy.all('/api/node/*', (context) => proxyToBoards(cluster, context));

test('hands a request on without what is the supervisor’s', async () => {
  const answer = await proxy.request('/api/node/n1/v1/boards?token=secret&since=AA', {
    method: 'POST',
    body: '{"title":"x"}',
    headers: {
      authorization: 'Bearer secret',
      cookie: 'c',
      'content-type': 'application/json',
      'idempotency-key': 'k',
    },
  });
  expect([answer.status, await answer.json()]).toEqual([201, { id: 'b-1' }]);
  expect(answer.headers.get('location')).toBe('/v1/boards/b-1');
  expect(answer.headers.get('x-secret')).toBeNull();
  expect(asked).toEqual({
    ...{ id: 'n1', method: 'POST', path: '/v1/boards?since=AA', body: '{"title":"x"}' },
    headers: { 'content-type': 'application/json', 'idempotency-key': 'k' },
  });
});

test.each([
  ['GET', '/api/node/n1/v1/config/a'],
  ['GET', '/api/node/n1/admin/raft'],
  ['GET', '/api/node/n1/v1/boards/../config/a'],
  ['GET', '/api/node/n1/v1/boards/b-1/%2e%2e/%2e%2e/config/a'],
  ['GET', '/api/node/n1/v1/boards/b-1/other'],
  ['PUT', '/api/node/n1/v1/boards/b-1'],
  ['DELETE', '/api/node/n1/v1/boards'],
  ['DELETE', '/api/node/n1/v1/boards/b-1/ops'],
  ['POST', '/api/node/n1/admin/faults'],
])('hands on nothing but boards: %s %s', async (method, path) => {
  asked = undefined;
  const answer = await proxy.request(path, { method });
  expect(answer.status).toBe(404);
  expect(asked).toBeUndefined();
});

test('hands on that a board is to be deleted', async () => {
  const headers = { 'idempotency-key': 'k' };
  await proxy.request('/api/node/n1/v1/boards/b-1', { method: 'DELETE', headers });
  expect(asked).toMatchObject({ method: 'DELETE', path: '/v1/boards/b-1', headers });
});

test('says whether a request may have happened if no answer comes', async () => {
  const read = await proxy.request('/api/node/gone/v1/boards/b-1');
  expect(await read.json()).toMatchObject({ code: 'read_timeout', indefinite: false });
  const write = await proxy.request('/api/node/gone/v1/boards/b-1/ops', { method: 'POST' });
  expect(await write.json()).toMatchObject({ code: 'outcome_unknown', indefinite: true });
});

test('hands events on as they come, and leaves when the reader does', async () => {
  const stopping = new AbortController();
  const { signal } = stopping;
  const answer = await proxy.request('/api/node/n1/v1/boards/b-1/events?since=', { signal });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const reader = answer.body!.getReader();
  const decoder = new TextDecoder();
  const next = async () => decoder.decode((await reader.read()).value);
  expect(await next()).toBe(': open\n\n');
  send({ updates: ['AA=='] });
  expect(await next()).toBe('data: {"updates":["AA=="]}\n\n');
  stopping.abort();
  await left;
});
