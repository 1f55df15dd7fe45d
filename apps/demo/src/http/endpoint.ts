/**
 * What a request to a route must look like, as schemas: they check every request, and OpenAPI is
 * made of them, so that the two cannot differ.
 */
import type { Context, Handler, Hono } from 'hono';
import * as v from 'valibot';

import { limitBody } from './limit-body.ts';
import { checked, readBody } from './read-request.ts';

/** The parts of a request, checked. */
export interface Parts<Params, Query, Headers, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: Body;
}

type Schema<Value> = v.GenericSchema<unknown, Value>;

/** One route. */
export interface Endpoint<Params, Query, Headers, Body> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As Hono has it: '/v1/boards/:id'. */
  readonly path: string;
  /** The parameter that a `*` at the end of `path` stands for. It comes as it was sent, encoded. */
  readonly rest?: string;
  readonly params: Schema<Params>;
  readonly query: Schema<Query>;
  /** Only those that it reads, as they are written: 'Idempotency-Key'. */
  readonly headers: Schema<Headers>;
  readonly body: Schema<Body>;
  /** 0 if no body is read. */
  readonly bodyBytesMax: number;
}

/** An endpoint of which only the schemas matter. */
export type AnyEndpoint = Endpoint<unknown, unknown, unknown, unknown>;

const nothing = v.object({});

/** What an endpoint is that asks for nothing. */
export const plain = {
  ...{ params: nothing, query: nothing, headers: nothing },
  ...{ body: v.unknown(), bodyBytesMax: 0 },
} as const;

const endpoints = new WeakMap<Handler, AnyEndpoint>();

/** The endpoint that a handler of `app.routes` serves. */
export function endpointOf(handler: Handler): AnyEndpoint | undefined {
  return endpoints.get(handler);
}

/** Serves requests that are as `endpoint` says, and answers others with the problem they have. */
export function serve<Params, Query, Headers, Body>(
  api: Hono,
  endpoint: Endpoint<Params, Query, Headers, Body>,
  handle: (
    parts: Parts<Params, Query, Headers, Body>,
    context: Context,
  ) => Response | Promise<Response>,
): void {
  const { method, path, bodyBytesMax } = endpoint;
  const handler = async (context: Context): Promise<Response> => {
    const parts = await readParts(context, endpoint);
    return parts instanceof Response ? parts : await handle(parts, context);
  };
  endpoints.set(handler, endpoint);
  if (bodyBytesMax > 0) api.on(method, path, limitBody(bodyBytesMax));
  api.on(method, path, handler);
}

async function readParts<Params, Query, Headers, Body>(
  context: Context,
  endpoint: Endpoint<Params, Query, Headers, Body>,
): Promise<Parts<Params, Query, Headers, Body> | Response> {
  const { req } = context;
  const params = checked(endpoint.params, paramsOf(context, endpoint), 'path');
  if (params instanceof Response) return params;
  const query = checked(endpoint.query, req.query(), 'query');
  if (query instanceof Response) return query;
  const headers = checked(endpoint.headers, headersOf(req.header()), 'headers');
  if (headers instanceof Response) return headers;
  const body =
    endpoint.bodyBytesMax > 0
      ? await readBody(context, endpoint.body)
      : checked(endpoint.body, undefined, 'body');
  return body instanceof Response ? body : { params, query, headers, body };
}

function paramsOf({ req }: Context, { path, rest }: Pick<AnyEndpoint, 'path' | 'rest'>): unknown {
  const params = req.param();
  if (rest === undefined) return params;
  return { ...params, [rest]: new URL(req.url).pathname.slice(path.length - 1) };
}

/** With their names as they are written: Idempotency-Key. */
function headersOf(headers: Readonly<Record<string, string>>): unknown {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.replaceAll(/(?:^|-)[a-z]/g, (start) => start.toUpperCase()),
      value,
    ]),
  );
}
