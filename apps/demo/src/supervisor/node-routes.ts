/** What the page asks of nodes, which it cannot reach itself: their addresses are not its own. */
import type { Hono } from 'hono';

import { eventStream } from '../event-stream.ts';
import { problem } from '../http/problem.ts';
import type { TraceWindow } from '../observe/trace.ts';
import { type ControlledCluster, NodeSilentError } from './controlled-cluster.ts';
import { followTraces, type TracedCluster } from './follow-traces.ts';

/** What may be asked of a node. All of it only reads. */
const paths: readonly string[] = ['/admin/ring'];

/** What the routes need of a cluster. */
type Asked = TracedCluster & Pick<ControlledCluster, 'administer'>;

/** Adds `/api/node/:id/…` for what one node says, and `/api/trace` for what all of them trace. */
export function addNodeRoutes(api: Hono, cluster: Asked): void {
  api.get('/api/node/:id/*', async (context) => {
    const { id } = context.req.param();
    const url = new URL(context.req.url);
    const path = url.pathname.slice(`/api/node/${id}`.length);
    const isKnown = cluster.view().nodes.some((node) => node.id === id) && paths.includes(path);
    if (!isKnown) return problem('not_found', { detail: `nothing at ${url.pathname}` });
    url.searchParams.delete('token');
    try {
      const request = { method: 'GET', path: `${path}${url.search}`, headers: {} };
      const { status, body } = await cluster.administer(id, request);
      const headers = { 'content-type': 'application/json', 'x-asked-node': id };
      return new Response(body, { status, headers });
    } catch (error) {
      if (!(error instanceof NodeSilentError)) throw error;
      return problem('read_timeout', { detail: `${id} did not answer: ${error.message}` });
    }
  });
  api.get('/api/trace', (context) =>
    eventStream(context.req.raw.signal, (send) =>
      followTraces(cluster, (text) => send(JSON.parse(text) as TraceWindow)),
    ),
  );
}
