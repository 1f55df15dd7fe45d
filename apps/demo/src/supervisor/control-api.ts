/**
 * The supervisor over HTTP: the page, its events, and the actions behind its buttons, which are the
 * actions behind the shell commands too.
 *
 * It can kill processes, so it answers to this machine only (loopback address, local `Host` header
 * against DNS rebinding) and acts only for those who know the token: the page it serves itself, and
 * whoever can read the control file.
 */
import { timingSafeEqual } from 'node:crypto';

import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';

import { eventStream } from '../event-stream.ts';
import { HttpClient, HttpClientError } from '../http-client.ts';
import { limits } from '../node/control/config-limits.ts';
import { problem } from '../node/problem.ts';
import { parseGroups } from '../partition.ts';
import type { PageFiles } from './page-files.ts';
import { loadPerSecondMax } from './load-generator.ts';
import { ActionError, type Supervisor } from './supervisor.ts';

/** What the API serves. */
export interface ControlApiOptions {
  readonly supervisor: Supervisor;
  readonly page: PageFiles;
  readonly token: string;
  /** Called when someone asks the demo to stop. */
  readonly onStop: () => void;
}

/** How long a node may take to answer for a key, in ms: a little longer than it gives itself. */
const nodeTimeoutMs = 4_000;
const forwardedHeaders = ['etag', 'x-served-by', 'retry-after', 'content-type'] as const;
const localHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** The routes of the supervisor. */
export function createControlApi(options: ControlApiOptions): Hono {
  const { supervisor, page, token } = options;
  const client = new HttpClient();
  const api = new Hono();
  api.use(async (context, next) => {
    if (localHost.test(context.req.header('host') ?? '')) return next();
    return problem('unauthorized', { field: 'Host', detail: 'Host: expected a local address' });
  });
  api.use(bodyLimit({ maxSize: limits.bodyBytesMax }));
  servePage(api, page, token);

  api.use('/api/*', requireToken(token));
  api.get('/api/view', (context) => context.json(supervisor.view()));
  api.get('/api/events', (context) =>
    eventStream(context.req.raw.signal, (send) => {
      send(supervisor.charts.history);
      send({ kind: 'view', view: supervisor.view() });
      return supervisor.pageEvents.subscribe(send);
    }),
  );
  serveActions(api, options);
  api.all('/api/config/*', (context) => forward(supervisor, client, context));
  api.notFound((context) => problem('not_found', { detail: `nothing at ${context.req.path}` }));
  api.onError((error) => {
    if (error instanceof ActionError) return problem('conflict', { detail: error.message });
    return problem('internal', { detail: error.message });
  });
  return api;
}

function servePage(api: Hono, page: PageFiles, token: string): void {
  const headers = {
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
    'x-content-type-options': 'nosniff',
  };
  api.get('/', (context) => context.html(page.html(token), 200, headers));
  api.get('/page.js', () => {
    return new Response(page.script, {
      headers: { ...headers, 'content-type': 'text/javascript' },
    });
  });
  api.get('/page.css', () => {
    return new Response(page.style, { headers: { ...headers, 'content-type': 'text/css' } });
  });
}

function serveActions(api: Hono, { supervisor, onStop }: ControlApiOptions): void {
  api.post('/api/nodes/:id/:action', async (context) => {
    const { id, action } = context.req.param();
    switch (action) {
      case 'kill':
        await supervisor.kill(id);
        break;
      case 'pause':
        supervisor.pause(id);
        break;
      case 'resume':
        supervisor.resume(id);
        break;
      case 'restart':
        await supervisor.restart(id);
        break;
      default:
        return problem('not_found', { field: 'action', detail: `there is no action ${action}` });
    }
    return context.json(supervisor.view());
  });
  api.post('/api/resume', (context) => {
    supervisor.resume();
    return context.json(supervisor.view());
  });
  api.post('/api/partition', async (context) => {
    const groups = parseGroups(await context.req.text());
    if (!groups || groups.length === 0) {
      return problem('bad_field', { field: 'groups', detail: 'groups: expected [["n1"],["n2"]]' });
    }
    await supervisor.partition(groups);
    return context.json(supervisor.view());
  });
  api.post('/api/heal', async (context) => {
    await supervisor.heal();
    return context.json(supervisor.view());
  });
  api.post('/api/load', async (context) => {
    const rate = fieldOf(await jsonBody(context), 'ratePerSecond');
    if (typeof rate !== 'number' || !(rate >= 0 && rate <= loadPerSecondMax)) {
      const detail = `ratePerSecond: expected a number 0..${loadPerSecondMax}`;
      return problem('bad_field', { field: 'ratePerSecond', detail });
    }
    supervisor.setLoad(rate);
    return context.json(supervisor.view());
  });
  api.post('/api/stop', (context) => {
    // After the answer has left: stopping ends this server too.
    setTimeout(onStop, 50);
    return context.json({ stopping: true });
  });
}

/** Hands a request for a key to one node and its answer back. */
async function forward(
  supervisor: Supervisor,
  client: HttpClient,
  context: Context,
): Promise<Response> {
  const url = new URL(context.req.url);
  const id = url.searchParams.get('node') ?? supervisor.anyNodeId();
  url.searchParams.delete('node');
  const path = url.pathname.replace(/^\/api\/config\//, '/v1/config/');
  const headers: Record<string, string> = {};
  for (const name of ['if-match', 'if-none-match', 'content-type']) {
    const value = context.req.header(name);
    if (value !== undefined) headers[name] = value;
  }
  const body = await context.req.text();
  try {
    const answer = await client.request({
      url: `${supervisor.apiOf(id)}${path}${url.search}`,
      method: context.req.method,
      headers,
      ...(body === '' ? {} : { body }),
      timeoutMs: nodeTimeoutMs,
    });
    const returned = new Headers({ 'x-asked-node': id });
    for (const name of forwardedHeaders) {
      const value = answer.headers[name];
      if (typeof value === 'string') returned.set(name, value);
    }
    return new Response(answer.body === '' ? null : answer.body, {
      status: answer.status,
      headers: returned,
    });
  } catch (error) {
    if (!(error instanceof HttpClientError)) throw error;
    const isRead = context.req.method === 'GET';
    const detail = `${id} did not answer: ${error.message}`;
    return problem(isRead ? 'read_timeout' : 'outcome_unknown', { detail });
  }
}

function requireToken(token: string): MiddlewareHandler {
  return async (context, next) => {
    const given = context.req.header('authorization')?.replace(/^Bearer /, '');
    // An EventSource cannot send headers: the page's brings the token in its address.
    const isMatch = isSameText(given ?? context.req.query('token') ?? '', token);
    if (!isMatch) return problem('unauthorized', { detail: 'expected the token of this demo' });
    await next();
    return undefined;
  };
}

/** Compares in constant time. */
function isSameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

async function jsonBody(context: Context): Promise<unknown> {
  try {
    return JSON.parse(await context.req.text());
  } catch {
    return undefined;
  }
}

function fieldOf(document: unknown, name: string): unknown {
  if (typeof document !== 'object' || document === null) return undefined;
  return Object.getOwnPropertyDescriptor(document, name)?.value;
}
