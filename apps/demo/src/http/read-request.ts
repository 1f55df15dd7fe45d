/** Parts of a request as values, or the problem that names the part that is wrong. */
import type { Context } from 'hono';
import * as v from 'valibot';

import { problem } from './problem.ts';

/** The body as JSON of a schema. Media types other than JSON are refused. */
export async function readBody<Value>(
  context: Context,
  schema: v.GenericSchema<unknown, Value>,
): Promise<Value | Response> {
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== undefined && type !== 'application/json') {
    const detail = `content-type: expected application/json, got ${type}`;
    return problem('unsupported_media_type', { field: 'content-type', detail });
  }
  let body: unknown;
  try {
    const bytes = await context.req.arrayBuffer();
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return problem('bad_json', { field: 'body', detail: `body: expected JSON: ${reason}` });
  }
  const hidden = hiddenName(body);
  if (hidden !== undefined) {
    return problem('bad_field', { field: hidden, detail: `${hidden}: expected no such field` });
  }
  return checked(schema, body, 'body');
}

/** A field that every object has, so that no schema sees when it was sent. */
function hiddenName(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  return Object.keys(body).find((name) => name in Object.prototype);
}

/** `value` as a schema says, or the problem with the part of it that is wrong. */
export function checked<Value>(
  schema: v.GenericSchema<unknown, Value>,
  value: unknown,
  name: string,
): Value | Response {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue) ?? name;
  return problem('bad_field', { field, detail: `${field}: ${issue.message}` });
}
