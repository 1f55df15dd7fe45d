/**
 * The supervisor over HTTP: the page, its events, and the actions behind its buttons, which are the
 * actions behind the shell commands too.
 *
 * It can kill processes, so it answers to this machine only (loopback address, local `Host` header
 * against DNS rebinding) and acts only for those who know the token: the page it serves itself, and
 * whoever can read the control file.
 */
import { Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';

import { limits } from '../config/config-limits.ts';
import { problem } from '../http/problem.ts';
import { isSameText } from '../same-text.ts';
import { addControlRoutes } from './control-routes.ts';
import type { ControlledCluster } from './controlled-cluster.ts';
import type { PageFiles } from './page-files.ts';
import type { TraceRecorder } from './trace-recorder.ts';

/** What the API serves. */
export interface ControlApiOptions {
  readonly supervisor: ControlledCluster;
  readonly page: PageFiles;
  readonly token: string;
  /** What nodes traced lately, if that is recorded. */
  readonly recorder?: Pick<TraceRecorder, 'keepMs' | 'lines'>;
  /** Called when someone asks the demo to stop. */
  readonly onStop: () => void;
}

const localHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** The routes of the supervisor. */
export function createControlApi(options: ControlApiOptions): Hono {
  const { supervisor, page, token, onStop } = options;
  const api = new Hono();
  api.use(async (context, next) => {
    if (localHost.test(context.req.header('host') ?? '')) return next();
    return problem('unauthorized', { field: 'Host', detail: 'Host: expected a local address' });
  });
  api.use(bodyLimit({ maxSize: limits.bodyBytesMax }));
  servePage(api, page, token);

  api.use('/api/*', requireToken(token));
  api.post('/api/stop', (context) => {
    // After the answer has left: stopping ends this server too.
    setTimeout(onStop, 50);
    return context.json({ stopping: true });
  });
  addRecordedTrace(api, options.recorder);
  addControlRoutes(api, supervisor);
  return api;
}

/** What nodes sent each other lately, as JSON lines of `TraceWindow`. */
function addRecordedTrace(api: Hono, recorder: ControlApiOptions['recorder']): void {
  api.get('/api/trace/recorded', (context) => {
    if (recorder === undefined) {
      const detail =
        'nothing is recorded: start the demo with --trace 60s, or export with --for, from now on';
      return problem('conflict', { detail });
    }
    const forMs = Number(context.req.query('forMs') ?? recorder.keepMs);
    if (!(forMs > 0 && forMs <= recorder.keepMs)) {
      const detail = `forMs: expected 1..${recorder.keepMs}, which is as far back as is recorded`;
      return problem('bad_field', { field: 'forMs', detail });
    }
    return new Response(recorder.lines(forMs), {
      headers: { 'content-type': 'application/x-ndjson' },
    });
  });
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
  api.get('/node-source.js', () => {
    return new Response(page.nodeSource, {
      headers: { ...headers, 'content-type': 'text/javascript' },
    });
  });
  api.get('/page.css', () => {
    return new Response(page.style, { headers: { ...headers, 'content-type': 'text/css' } });
  });
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
