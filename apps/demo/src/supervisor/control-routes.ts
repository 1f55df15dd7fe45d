/** The page's events and the actions behind its buttons, on any cluster; needs no Node. */
import type { Context, Hono } from 'hono';
import * as v from 'valibot';

import { addCheckRoutes } from '../check/check-routes.ts';
import { eventStream } from '../event-stream.ts';
import { problem } from '../http/problem.ts';
import { machineChange } from '../machine-faults.ts';
import { parseGroups } from '../partition.ts';
import { addRingRoutes } from '../placement/ring-routes.ts';
import { proxyToBoards } from './boards-proxy.ts';
import { loadPerSecondMax } from './cluster-view.ts';
import { addNodeRoutes } from './node-routes.ts';
import { ActionError, type ControlledCluster, NodeSilentError } from './controlled-cluster.ts';
import { linkFaults } from './link-faults.ts';
import { loadMixSchema } from './load-mix.ts';

/** What `POST /api/load` takes: so much, and of what; a mix that is left out stays as it is. */
const loadSchema = v.strictObject({
  ratePerSecond: v.pipe(v.number(), v.minValue(0), v.maxValue(loadPerSecondMax)),
  mix: v.optional(loadMixSchema),
});
const requestHeaders = ['if-match', 'if-none-match', 'content-type'] as const;
const answerHeaders = ['etag', 'x-served-by', 'retry-after', 'content-type'] as const;

/** Adds the routes to `api`, and what it answers to everything else and to errors. */
export function addControlRoutes(api: Hono, cluster: ControlledCluster): void {
  api.get('/api/view', (context) => context.json(cluster.view()));
  api.get('/api/events', (context) =>
    eventStream(context.req.raw.signal, (send) => {
      send(cluster.charts.history);
      send({ kind: 'view', view: cluster.view() });
      return cluster.pageEvents.subscribe(send);
    }),
  );
  if (cluster.isBreakable === false) refuseFaults(api);
  addMemberActions(api, cluster);
  addActions(api, cluster);
  if (cluster.checks !== undefined) addCheckRoutes(api, cluster.checks);
  api.all('/api/node/:id/v1/*', (context) => proxyToBoards(cluster, context));
  addNodeRoutes(api, cluster);
  addRingRoutes(api, cluster);
  api.all('/api/config/*', (context) => forward(cluster, context));
  api.notFound((context) => problem('not_found', { detail: `nothing at ${context.req.path}` }));
  api.onError((error) => {
    if (error instanceof ActionError) return problem('conflict', { detail: error.message });
    return problem('internal', { detail: error.message });
  });
}

const faultPaths = [
  /^\/api\/nodes\/[^/]+\/(machine|kill|pause|resume|restart)$/,
  /^\/api\/(resume|partition|links|heal)$/,
];

/** Nothing can be broken, and so nothing has to be mended, whoever asks. */
function refuseFaults(api: Hono): void {
  api.use('/api/*', async ({ req }, next) => {
    if (!faultPaths.some((path) => path.test(req.path))) return next();
    return problem('forbidden', { detail: 'this demo was started with --no-chaos' });
  });
}

/** Which nodes there are, and what their administrators do. */
function addMemberActions(api: Hono, cluster: ControlledCluster): void {
  api.post('/api/nodes', async (context) => {
    await cluster.addNode();
    return context.json(cluster.view());
  });
  api.delete('/api/nodes/:id', async (context) => {
    await cluster.removeNode(context.req.param('id'));
    return context.json(cluster.view());
  });
  api.post('/api/transfer-leadership', async (context) =>
    administer(
      cluster,
      cluster.anyNodeId(),
      '/admin/transfer-leadership',
      await context.req.text(),
    ),
  );
  api.post('/api/nodes/:id/snapshot', (context) =>
    administer(cluster, context.req.param('id'), '/admin/snapshot'),
  );
}

/** What breaks the cluster, and mends it. */
function addActions(api: Hono, cluster: ControlledCluster): void {
  api.post('/api/nodes/:id/machine', async (context) => {
    const change = v.safeParse(machineChange, await jsonBody(context));
    if (!change.success) return problem('bad_field', refusalOf(change.issues[0]));
    await cluster.changeMachine(context.req.param('id'), change.output);
    return context.json(cluster.view());
  });
  api.post('/api/nodes/:id/:action', async (context) => {
    const { id, action } = context.req.param();
    switch (action) {
      case 'kill':
        await cluster.kill(id);
        break;
      case 'pause':
        await cluster.pause(id);
        break;
      case 'resume':
        await cluster.resume(id);
        break;
      case 'restart':
        await cluster.restart(id);
        break;
      default:
        return problem('not_found', { field: 'action', detail: `there is no action ${action}` });
    }
    return context.json(cluster.view());
  });
  api.post('/api/resume', async (context) => {
    await cluster.resume();
    return context.json(cluster.view());
  });
  api.post('/api/partition', async (context) => {
    const groups = parseGroups(await context.req.text());
    if (!groups || groups.length === 0) {
      return problem('bad_field', { field: 'groups', detail: 'groups: expected [["n1"],["n2"]]' });
    }
    await cluster.partition(groups);
    return context.json(cluster.view());
  });
  api.delete('/api/partition', async (context) => {
    await cluster.partition([]);
    return context.json(cluster.view());
  });
  api.post('/api/links', async (context) => {
    const body = v.safeParse(linkFaults, await jsonBody(context));
    if (!body.success) return problem('bad_field', refusalOf(body.issues[0]));
    await cluster.setLinks(body.output.links);
    return context.json(cluster.view());
  });
  api.post('/api/heal', async (context) => {
    await cluster.heal();
    return context.json(cluster.view());
  });
  api.post('/api/load', async (context) => {
    const wish = v.safeParse(loadSchema, await jsonBody(context));
    if (!wish.success) return problem('bad_field', refusalOf(wish.issues[0]));
    await cluster.setLoad(wish.output.ratePerSecond, wish.output.mix);
    return context.json(cluster.view());
  });
}

/** Asks a node for something that is for admins, and hands its answer back. */
async function administer(
  cluster: ControlledCluster,
  id: string,
  path: string,
  body?: string,
): Promise<Response> {
  const request = { method: 'POST', path, headers: {}, ...(body !== undefined && { body }) };
  try {
    const answer = await cluster.administer(id, request);
    const type = answer.headers.get('content-type') ?? 'application/json';
    const headers = { 'content-type': type, 'x-asked-node': id };
    return new Response(answer.body, { status: answer.status, headers });
  } catch (error) {
    if (!(error instanceof NodeSilentError)) throw error;
    return problem('outcome_unknown', { detail: `${id} did not answer: ${error.message}` });
  }
}

/** Hands a request for a key to one node and its answer back. */
async function forward(cluster: ControlledCluster, context: Context): Promise<Response> {
  const url = new URL(context.req.url);
  const id = url.searchParams.get('node') ?? cluster.anyNodeId();
  url.searchParams.delete('node');
  const path = url.pathname.replace(/^\/api\/config\//, '/v1/config/');
  const headers: Record<string, string> = {};
  for (const name of requestHeaders) {
    const value = context.req.header(name);
    if (value !== undefined) headers[name] = value;
  }
  const { method } = context.req;
  const body = await context.req.text();
  const request = { method, path: `${path}${url.search}`, headers };
  try {
    const answer = await cluster.askNode(id, body === '' ? request : { ...request, body });
    const returned = new Headers({ 'x-asked-node': id });
    for (const name of answerHeaders) {
      const value = answer.headers.get(name);
      if (value !== null) returned.set(name, value);
    }
    return new Response(answer.body, { status: answer.status, headers: returned });
  } catch (error) {
    if (!(error instanceof NodeSilentError)) throw error;
    const detail = `${id} did not answer: ${error.message}`;
    return problem(method === 'GET' ? 'read_timeout' : 'outcome_unknown', { detail });
  }
}

function refusalOf(issue: v.BaseIssue<unknown>): {
  readonly field: string;
  readonly detail: string;
} {
  const field = v.getDotPath(issue) ?? 'body';
  return { field, detail: `${field}: ${issue.message}` };
}

async function jsonBody(context: Context): Promise<unknown> {
  try {
    return JSON.parse(await context.req.text());
  } catch {
    return undefined;
  }
}
