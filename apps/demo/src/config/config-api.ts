/** `GET`, `PUT` and `DELETE /v1/config/:key`: the service over HTTP. */
import { type Context, Hono } from 'hono';

import { limitBody } from '../http/limit-body.ts';
import { clusterKeyProblem, isClusterKey } from './cluster-map.ts';
import type { ConfigResult, WriteCondition } from './config-command.ts';
import { limits } from './config-limits.ts';
import { parseCondition, parseKey, parsePutBody, parseReadMode } from './config-request.ts';
import type { ConfigKeys, Refusal, WriteAnswer } from './config-answers.ts';
import { problem, type ProblemCode } from '../http/problem.ts';

const prefix = '/v1/config/';

/** Whether a request may change what the cluster itself reads. */
type MayAdminister = (context: Context) => boolean;

/**
 * The routes of the key-value service.
 *
 * @param mayAdminister - Default: everybody may.
 */
export function createConfigApi(keys: ConfigKeys, mayAdminister: MayAdminister = () => true): Hono {
  const api = new Hono();
  api.use(`${prefix}*`, limitBody(limits.bodyBytesMax));
  api.get(`${prefix}*`, (context) => getKey(keys, context));
  api.put(`${prefix}*`, (context) => putKey(keys, context, mayAdminister));
  api.delete(`${prefix}*`, (context) => deleteKey(keys, context, mayAdminister));
  api.all(`${prefix}*`, () => {
    const response = problem('method_not_allowed', { detail: 'expected GET, PUT or DELETE' });
    response.headers.set('allow', 'GET, HEAD, PUT, DELETE');
    return response;
  });
  return api;
}

async function getKey(keys: ConfigKeys, context: Context): Promise<Response> {
  const key = keyOf(context);
  if (key instanceof Response) return key;
  const mode = parseReadMode(context.req.query('read'));
  if (mode instanceof Response) return mode;

  const answer = await keys.read(key, mode);
  if (answer.kind === 'refused') return refusal(answer.reason, 'the read was not done');
  if (!answer.value) return keyNotFound(key);
  const { value, revision } = answer.value;
  context.header('etag', etagOf(revision));
  context.header('cache-control', 'no-store');
  if (context.req.header('if-none-match') === etagOf(revision)) return context.body(null, 304);
  return context.json({ key, value, revision });
}

async function putKey(
  keys: ConfigKeys,
  context: Context,
  mayAdminister: MayAdminister,
): Promise<Response> {
  const key = writableKeyOf(context, mayAdminister);
  if (key instanceof Response) return key;
  const condition = conditionOf(context);
  if (condition instanceof Response) return condition;
  const value = parsePutBody(await context.req.arrayBuffer());
  if (value instanceof Response) return value;
  const detail = clusterKeyProblem(key, value);
  if (detail !== undefined) return problem('bad_field', { field: 'value', detail });
  return writeResponse(context, key, await keys.write({ kind: 'put', key, value, condition }));
}

async function deleteKey(
  keys: ConfigKeys,
  context: Context,
  mayAdminister: MayAdminister,
): Promise<Response> {
  const key = writableKeyOf(context, mayAdminister);
  if (key instanceof Response) return key;
  const condition = conditionOf(context);
  if (condition instanceof Response) return condition;
  return writeResponse(context, key, await keys.write({ kind: 'delete', key, condition }));
}

function writeResponse(context: Context, key: string, answer: WriteAnswer): Response {
  switch (answer.kind) {
    case 'applied':
      return resultResponse(context, key, answer.result);
    case 'refused':
      return refusal(answer.reason, 'the write did not and will not happen');
    case 'unknown':
      return unknownOutcome('the write', answer.reason);
  }
}

function resultResponse(context: Context, key: string, result: ConfigResult): Response {
  switch (result.kind) {
    case 'written':
      context.header('etag', etagOf(result.revision));
      return context.json({ key, revision: result.revision }, result.isNew ? 201 : 200);
    case 'deleted':
      return context.body(null, 204);
    case 'mismatch': {
      const { currentRevision } = result;
      const state =
        currentRevision === undefined ? 'does not exist' : `is at revision ${currentRevision}`;
      const detail = `key ${key} ${state}; nothing was changed`;
      return problem('revision_mismatch', { detail, currentRevision: currentRevision ?? null });
    }
    case 'missing':
      return keyNotFound(key);
    case 'storeFull': {
      const detail = `expected at most ${limits.storeBytesMax} bytes in all keys and values`;
      return problem('store_full', { detail });
    }
    case 'malformed':
      return problem('internal', { detail: 'the command did not decode; nothing was changed' });
  }
}

const refusalCodes: Readonly<Record<Refusal['reason'], ProblemCode>> = {
  notLeader: 'no_leader',
  leadershipLost: 'no_leader',
  overwritten: 'no_leader',
  transferring: 'no_leader',
  leaderUnreachable: 'no_leader',
  stopped: 'no_leader',
  aborted: 'no_leader',
  tooManyUncommitted: 'overloaded',
  tooManyReads: 'overloaded',
  recovering: 'recovering',
  diskFull: 'disk_full',
  timeout: 'read_timeout',
};

/** Why Raft did not do what was asked. */
export function refusal(reason: Refusal['reason'], consequence: string): Response {
  return problem(refusalCodes[reason], { detail: `${consequence} (${reason})` });
}

/** Nobody can tell whether `what` was done. */
export function unknownOutcome(what: string, reason: string): Response {
  const detail = `${what} may have happened, or may still happen (${reason}); look first`;
  return problem('outcome_unknown', { detail });
}

function keyNotFound(key: string): Response {
  return problem('key_not_found', { detail: `no key ${key}` });
}

/** The key as it was sent: Hono's own decoding would let bad escapes through. */
function keyOf(context: Context): string | Response {
  const { pathname } = new URL(context.req.url);
  return parseKey(pathname.slice(prefix.length));
}

function writableKeyOf(context: Context, mayAdminister: MayAdminister): string | Response {
  const key = keyOf(context);
  if (key instanceof Response || !isClusterKey(key) || mayAdminister(context)) return key;
  return problem('forbidden', { detail: 'authorization: expected an API key of an admin' });
}

function conditionOf(context: Context): WriteCondition | Response {
  return parseCondition(context.req.header('if-match'), context.req.header('if-none-match'));
}

function etagOf(revision: number): string {
  return `"${revision}"`;
}
