/**
 * `/api/node/:id/v1/boards…`: the boards of one node for the page, which cannot reach nodes itself
 * and must not: nothing but boards is handed on.
 */
import type { Context } from 'hono';

import { problem } from '../http/problem.ts';
import { type ControlledCluster, NodeSilentError } from './controlled-cluster.ts';

const allowed = [
  /^(GET|POST) \/v1\/boards$/,
  /^(GET|DELETE) \/v1\/boards\/[a-z0-9-]{1,64}$/,
  /^(GET|POST) \/v1\/boards\/[a-z0-9-]{1,64}\/(ops|events|sync)$/,
];
const requestHeaders = ['content-type', 'idempotency-key'] as const;
const answerHeaders = ['content-type', 'cache-control', 'location', 'retry-after', 'x-served-by'];

/** Hands a request to a node, and its answer back as it comes: a stream of events has no end. */
export async function proxyToBoards(
  cluster: Pick<ControlledCluster, 'askNode' | 'openStream'>,
  context: Context,
): Promise<Response> {
  const url = new URL(context.req.url);
  // It is the supervisor's, and no business of a node.
  url.searchParams.delete('token');
  const [, nodeId = '', path = ''] = /^\/api\/node\/([^/]+)(\/.*)$/.exec(url.pathname) ?? [];
  const { method } = context.req;
  if (!allowed.some((pattern) => pattern.test(`${method} ${path}`))) {
    return problem('not_found', { detail: `nothing at ${url.pathname}` });
  }
  const target = `${path}${url.search}`;
  try {
    if (method === 'GET' && path.endsWith('/events')) {
      return returned(await cluster.openStream(nodeId, target, context.req.raw.signal), nodeId);
    }
    const headers: Record<string, string> = {};
    for (const name of requestHeaders) {
      const value = context.req.header(name);
      if (value !== undefined) headers[name] = value;
    }
    const request = { method, path: target, headers };
    const answer = await cluster.askNode(
      nodeId,
      method === 'GET' ? request : { ...request, body: await context.req.text() },
    );
    return returned(answer, nodeId);
  } catch (error) {
    if (!(error instanceof NodeSilentError)) throw error;
    const detail = `${nodeId} did not answer: ${error.message}`;
    return problem(method === 'GET' ? 'read_timeout' : 'outcome_unknown', { detail });
  }
}

function returned(answer: Response, nodeId: string): Response {
  const headers = new Headers({ 'x-asked-node': nodeId });
  for (const name of answerHeaders) {
    const value = answer.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const body = answer.body === null ? null : endsQuietly(answer.body);
  return new Response(body, { status: answer.status, headers });
}

/** The same bytes; a stream that breaks off ends, as readers of events come back by themselves. */
function endsQuietly(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      const chunk = await reader.read().catch(() => undefined);
      if (chunk?.value === undefined) controller.close();
      else controller.enqueue(chunk.value);
    },
    cancel: () => reader.cancel(),
  });
}
