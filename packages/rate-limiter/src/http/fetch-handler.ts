import type { AdmittedRequest, HttpRateLimit, RefusedRequest } from './http-rate-limit.ts';
import { httpRateLimit, type HttpRateLimitOptions } from './http-rate-limit.ts';
import { httpRequestOf } from './http-request.ts';
import type { HeaderField } from './rate-limit-fields.ts';

/** Answers requests of the web. `Info` is what the server tells besides, as its second argument. */
export type FetchHandler<Info> = (request: Request, info: Info) => Response | Promise<Response>;

/** How to limit a fetch handler. */
export interface FetchRateLimitOptions<Info> extends HttpRateLimitOptions<Info> {
  /** The address of whoever holds the connection, which servers tell in different ways. */
  readonly peerAddress?: (request: Request, info: Info) => string | undefined;
}

/**
 * Puts a limit before a fetch handler, as Bun, Deno, Cloudflare Workers and others run them.
 *
 * @returns A handler that answers those who are limited itself, and adds to the others' responses.
 * @throws RangeError if an option is out of its range.
 */
export function limitFetch<Info>(
  handler: FetchHandler<Info>,
  options: FetchRateLimitOptions<Info>,
): (request: Request, info: Info) => Promise<Response> {
  const limit: HttpRateLimit<Info> = httpRateLimit(options);
  return async (request, info) => {
    const peerAddress = options.peerAddress?.(request, info);
    const decision = await limit.check(httpRequestOf(request, peerAddress), info);
    if (decision.kind === 'limited') return refusedResponse(decision);
    try {
      return withFields(await handled(handler, request, info, decision), decision.fields);
    } catch (error) {
      decision.settle({ kind: 'failed', error });
      throw error;
    }
  };
}

/** The response for a request that was refused. */
export function refusedResponse({ status, body, fields }: RefusedRequest): Response {
  const response = new Response(body === '' ? null : body, { status });
  for (const field of fields) put(response.headers, field);
  return response;
}

async function handled<Info>(
  handler: FetchHandler<Info>,
  request: Request,
  info: Info,
  { settle }: AdmittedRequest,
): Promise<Response> {
  const onAbort = (): void => settle({ kind: 'aborted' });
  request.signal.addEventListener('abort', onAbort, { once: true });
  try {
    // The signal does not tell those who listen too late.
    if (request.signal.aborted) onAbort();
    const response = await handler(request, info);
    settle({ kind: 'answered', status: response.status });
    return response;
  } finally {
    request.signal.removeEventListener('abort', onAbort);
  }
}

function withFields(response: Response, fields: readonly HeaderField[]): Response {
  if (fields.length === 0) return response;
  try {
    for (const field of fields) put(response.headers, field);
    return response;
  } catch (error) {
    // What came from another server has headers that nobody may change; nor has a switched
    // protocol.
    if (!(error instanceof TypeError) || response.status < 200) return response;
    const copy = new Response(response.body, response);
    for (const field of fields) put(copy.headers, field);
    return copy;
  }
}

function put(headers: Headers, { name, value, mode }: HeaderField): void {
  if (mode === 'append') headers.append(name, value);
  else headers.set(name, value);
}
