/**
 * OpenAPI 3.1 of the routes that an API really has.
 *
 * Paths come from the router and requests from the schemas that check them, so neither is written
 * twice; what cannot be read off the code, words and answers, is in a table by route.
 */
import { toJsonSchema } from '@valibot/to-json-schema';
import type { Hono } from 'hono';
import * as v from 'valibot';

import { type AnyEndpoint, endpointOf, plain } from '../http/endpoint.ts';

type Schema = v.GenericSchema;

/** One answer that is no problem. */
export interface AnswerText {
  readonly says: string;
  /** Of its body, if that is JSON. */
  readonly schema?: Schema;
  /** Of its body, if that is something else. */
  readonly type?: string;
}

/** What is said of one route. */
export interface RouteText {
  readonly summary: string;
  readonly answers: Readonly<Record<number, AnswerText>>;
}

/** Texts by method and path of the router, such as 'GET /v1/boards/:id'. */
export type RouteTexts = Readonly<Record<string, RouteText>>;

/** A problem as RFC 9457 has it, with what a client needs to decide on a retry. */
const problemSchema = v.object({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  detail: v.string(),
  code: v.string(),
  retryable: v.boolean(),
  indefinite: v.boolean(),
  field: v.optional(v.string()),
});

/** The routes of an app, as keys of texts: those that answer, without what stands before them. */
export function routesOf(app: Hono): readonly string[] {
  const answering = app.routes.filter(({ method }) => method !== 'ALL');
  return [...new Set(answering.map(({ method, path }) => `${method} ${path}`))];
}

/** The description of an app as JSON. */
export function openApiOf(
  app: Hono,
  info: { readonly title: string; readonly description: string; readonly version: string },
  texts: RouteTexts,
): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routesOf(app)) {
    const text = texts[route];
    if (text === undefined) continue;
    const [method = '', path = ''] = route.split(' ');
    const found = app.routes
      .filter((each) => each.method === method && each.path === path)
      .map(({ handler }) => endpointOf(handler))
      .find((endpoint) => endpoint !== undefined);
    const shown = path.replaceAll(/:(\w+)/g, '{$1}').replace('*', `{${found?.rest ?? ''}}`);
    const operation = operationOf({ ...plain, ...found }, text);
    paths[shown] = { ...paths[shown], [method.toLowerCase()]: operation };
  }
  return {
    openapi: '3.1.0',
    info,
    servers: [{ url: '/' }],
    security: [{ apiKey: [] }, {}],
    paths,
    components: {
      schemas: { Problem: jsonSchema(problemSchema, 'output') },
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operationOf(
  endpoint: Pick<AnyEndpoint, 'params' | 'query' | 'headers' | 'body'>,
  { summary, answers }: RouteText,
): Readonly<Record<string, unknown>> {
  const parameters = [
    ...parametersIn('path', endpoint.params),
    ...parametersIn('query', endpoint.query),
    ...parametersIn('header', endpoint.headers),
  ];
  const hasBody = endpoint.body.type !== 'unknown';
  const schema = jsonSchema(endpoint.body, 'input');
  const responses = Object.entries(answers).map(([status, { says, schema: of, type }]) => {
    const json = of && { 'application/json': { schema: jsonSchema(of, 'output') } };
    const content = json ?? (type === undefined ? undefined : { [type]: {} });
    return [status, { description: says, ...(content && { content }) }];
  });
  const problem = { schema: { $ref: '#/components/schemas/Problem' } };
  return {
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(hasBody && {
      requestBody: { required: true, content: { 'application/json': { schema } } },
    }),
    responses: {
      ...Object.fromEntries(responses),
      default: { description: 'A problem', content: { 'application/problem+json': problem } },
    },
  };
}

function parametersIn(place: 'header' | 'path' | 'query', schema: Schema): readonly unknown[] {
  const { properties = {}, required = [] } = jsonSchema(schema, 'input');
  return Object.entries(properties).map(([name, of]) => ({
    ...{ name, in: place, required: required.includes(name), schema: of },
  }));
}

function jsonSchema(schema: Schema, typeMode: 'input' | 'output'): ReturnType<typeof toJsonSchema> {
  // What JSON Schema cannot say, such as that a text is well-formed, is left out.
  const { $schema: _, ...json } = toJsonSchema(schema, {
    ...{ typeMode, errorMode: 'ignore', target: 'draft-2020-12' },
  });
  return json;
}
