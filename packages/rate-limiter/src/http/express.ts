/**
 * The limit as a middleware of Express, and of all that call theirs alike.
 *
 * @packageDocumentation
 */
import { type HttpRateLimit, httpRateLimit, type HttpRateLimitOptions } from './http-rate-limit.ts';
import {
  httpRequestOfNode,
  type NodeRequest,
  type NodeResponse,
  putFields,
  refuse,
  responseEnd,
} from './node-message.ts';

export type { Decision } from '../decision.ts';
export type { NodeRequest, NodeResponse } from './node-message.ts';

/** A middleware of Express, Connect and others over Node's server. */
export type ExpressMiddleware<Request extends NodeRequest> = (
  request: Request,
  response: NodeResponse,
  next: () => void,
) => void;

/**
 * A middleware that lets requests pass or answers them. It calls `next` once or not at all, and
 * never with an error: what the limiter throws goes to `onError`.
 *
 * @throws RangeError if an option is out of its range.
 */
export function expressRateLimit<Request extends NodeRequest>(
  options: HttpRateLimitOptions<Request>,
): ExpressMiddleware<Request> {
  const limit = httpRateLimit(options);
  // No promise for Express: it would call `next` again, with what a handler behind us threw.
  return (request, response, next) => void pass(limit, request, response, next);
}

async function pass<Request extends NodeRequest>(
  limit: HttpRateLimit<Request>,
  request: Request,
  response: NodeResponse,
  next: () => void,
): Promise<void> {
  const onEnd = responseEnd(response);
  const decision = await limit.check(httpRequestOfNode(request), request);
  if (decision.kind === 'limited') {
    refuse(response, decision);
    return;
  }
  onEnd(decision.settle);
  putFields(response, decision.fields);
  next();
}
