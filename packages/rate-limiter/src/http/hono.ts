/**
 * The limit as a middleware of Hono.
 *
 * @packageDocumentation
 */
import { refusedResponse } from './fetch-handler.ts';
import {
  type AdmittedRequest,
  httpRateLimit,
  type HttpRateLimitOptions,
} from './http-rate-limit.ts';
import { httpRequestOf } from './http-request.ts';

export type { Decision } from '../decision.ts';

/** What is used of Hono's context. */
export interface HonoContext {
  readonly req: { readonly raw: Request };
  readonly res: Response;
  readonly env: unknown;
  /** Sets a header of the response, or adds to it. */
  header(name: string, value: string, options?: { readonly append?: boolean }): void;
}

/** How to limit requests to Hono. */
export interface HonoRateLimitOptions<
  Context extends HonoContext,
> extends HttpRateLimitOptions<Context> {
  /**
   * The address of whoever holds the connection. Default: as `@hono/node-server` tells it. On other
   * servers, `getConnInfo` of their adapter knows.
   */
  readonly peerAddress?: (context: Context) => string | undefined;
}

/** A middleware of Hono. */
export type HonoMiddleware<Context extends HonoContext> = (
  context: Context,
  next: () => Promise<void>,
) => Promise<Response | undefined>;

/**
 * A middleware that lets requests pass or answers them. It never throws what the limiter throws:
 * that goes to `onError`.
 *
 * @throws RangeError if an option is out of its range.
 */
export function honoRateLimit<Context extends HonoContext>(
  options: HonoRateLimitOptions<Context>,
): HonoMiddleware<Context> {
  const limit = httpRateLimit(options);
  const { peerAddress = nodePeerAddress } = options;
  return async (context, next) => {
    const request = httpRequestOf(context.req.raw, peerAddress(context));
    const decision = await limit.check(request, context);
    if (decision.kind === 'limited') return refusedResponse(decision);
    await passOn(context, next, decision);
    addFields(context, decision.fields);
    return undefined;
  };
}

/**
 * Adds fields to the response there is. Hono's `header` makes a new one around it for every field;
 * that is needed only where headers cannot change, as in a response of `fetch`.
 */
function addFields(context: HonoContext, fields: AdmittedRequest['fields']): void {
  const { headers } = context.res;
  try {
    for (const { name, value, mode } of fields) headers[mode](name, value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    for (const { name, value, mode } of fields) {
      context.header(name, value, { append: mode === 'append' });
    }
  }
}

async function passOn(
  context: HonoContext,
  next: () => Promise<void>,
  { settle }: AdmittedRequest,
): Promise<void> {
  const { signal } = context.req.raw;
  const onAbort = (): void => settle({ kind: 'aborted' });
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) onAbort();
    await next();
    // What a handler throws, Hono has made a response of.
    settle({ kind: 'answered', status: context.res.status });
  } catch (error) {
    settle({ kind: 'failed', error });
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function nodePeerAddress({ env }: HonoContext): string | undefined {
  const address = memberOf(memberOf(memberOf(env, 'incoming'), 'socket'), 'remoteAddress');
  return typeof address === 'string' ? address : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Reflect.get(value, name);
}
