/**
 * The limit as a hook of Fastify.
 *
 * @packageDocumentation
 */
import { httpRateLimit, type HttpRateLimitOptions } from './http-rate-limit.ts';
import {
  httpRequestOfNode,
  joined,
  type NodeRequest,
  type NodeResponse,
  responseEnd,
} from './node-message.ts';
import type { HeaderField } from './rate-limit-fields.ts';

export type { Decision } from '../decision.ts';
export type { NodeRequest, NodeResponse } from './node-message.ts';

/** What is used of Fastify's request. */
export interface FastifyRequestLike {
  readonly raw: NodeRequest;
}

/** What is used of Fastify's reply. */
export interface FastifyReplyLike {
  readonly raw: NodeResponse;
  readonly sent: boolean;
  /** What a header is to be. */
  getHeader(name: string): number | string | string[] | undefined;
  /** Sets a header. */
  header(name: string, value: string): unknown;
  /** Sets the status. */
  code(status: number): unknown;
  /** Sends the response. */
  send(body: string): unknown;
}

/** A hook for `onRequest`, or for any that comes before the handler. */
export type FastifyHook<Request extends FastifyRequestLike> = (
  request: Request,
  reply: FastifyReplyLike,
) => Promise<unknown>;

/**
 * A hook that lets requests pass or answers them: `app.addHook('onRequest', …)` for all routes, or
 * `{ onRequest: … }` for one. It never throws: what the limiter throws goes to `onError`.
 *
 * @throws RangeError if an option is out of its range.
 */
export function fastifyRateLimit<Request extends FastifyRequestLike>(
  options: HttpRateLimitOptions<Request>,
): FastifyHook<Request> {
  const limit = httpRateLimit(options);
  return async (request, reply) => {
    const onEnd = responseEnd(reply.raw);
    const decision = await limit.check(httpRequestOfNode(request.raw), request);
    if (decision.kind === 'admitted') {
      onEnd(decision.settle);
      putReplyFields(reply, decision.fields);
      return undefined;
    }
    if (!isAnswered(reply)) {
      reply.code(decision.status);
      putReplyFields(reply, decision.fields);
      reply.send(decision.body);
    }
    // Tells Fastify that the request goes no further.
    return reply;
  };
}

/** Fastify keeps headers of its own until it sends, so Node's response does not know them. */
function putReplyFields(reply: FastifyReplyLike, fields: readonly HeaderField[]): void {
  if (isAnswered(reply)) return;
  for (const { name, value, mode } of fields) {
    const before = mode === 'append' ? joined(reply.getHeader(name)) : null;
    reply.header(name, before === null ? value : `${before}, ${value}`);
  }
}

function isAnswered({ sent, raw }: FastifyReplyLike): boolean {
  return sent || raw.headersSent;
}
