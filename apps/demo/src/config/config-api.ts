/** `/v1/config`: keys over HTTP. */
import { type Context, Hono } from 'hono';

import { plain, serve } from '../http/endpoint.ts';
import { problem, type ProblemCode } from '../http/problem.ts';
import { clusterKeyProblem, isClusterKey } from './cluster-map.ts';
import type { ConfigKeys, Refusal, WriteAnswer } from './config-answers.ts';
import type { ConfigResult } from './config-command.ts';
import { limits, utf8Bytes } from './config-limits.ts';
import { keyParams, putBody, readHeaders, readQuery, writeHeaders } from './config-request.ts';

const key = { ...plain, path: '/v1/config/*', rest: 'key', params: keyParams } as const;
const endpoints = {
  read: { ...key, method: 'GET', query: readQuery, headers: readHeaders },
  write: {
    ...key,
    method: 'PUT',
    headers: writeHeaders,
    body: putBody,
    bodyBytesMax: limits.bodyBytesMax,
  },
  remove: { ...key, method: 'DELETE', headers: writeHeaders },
} as const;

/**
 * The routes of the key-value service.
 *
 * @param mayAdminister - Whether a request may change what the cluster itself reads.
 */
export function createConfigApi(
  keys: ConfigKeys,
  mayAdminister: (context: Context) => boolean,
): Hono {
  const api = new Hono();
  serve(api, endpoints.read, async ({ params: { key }, query, headers }, context) => {
    const answer = await keys.read(key, query.read);
    if (answer.kind === 'refused') return refusal(answer.reason, 'the read was not done');
    if (!answer.value) return keyNotFound(key);
    const { value, revision } = answer.value;
    context.header('etag', etagOf(revision));
    context.header('cache-control', 'no-store');
    if (headers['If-None-Match'] === etagOf(revision)) return context.body(null, 304);
    return context.json({ key, value, revision });
  });
  serve(api, endpoints.write, async ({ params: { key }, headers: condition, body }, context) => {
    const { value } = body;
    const refused = closedProblem(key, context) ?? valueProblem(key, value);
    if (refused !== undefined) return refused;
    return writeResponse(context, key, await keys.write({ kind: 'put', key, value, condition }));
  });
  serve(api, endpoints.remove, async ({ params: { key }, headers: condition }, context) => {
    const refused = closedProblem(key, context);
    if (refused !== undefined) return refused;
    return writeResponse(context, key, await keys.write({ kind: 'delete', key, condition }));
  });
  return api;

  /** The problem of who may not change a key. */
  function closedProblem(key: string, context: Context): Response | undefined {
    if (!isClusterKey(key) || mayAdminister(context)) return undefined;
    return problem('forbidden', { detail: 'authorization: expected an API key of an admin' });
  }
}

function valueProblem(key: string, value: string): Response | undefined {
  const sizeBytes = utf8Bytes(value);
  if (sizeBytes > limits.valueBytesMax) {
    const most = `expected at most ${limits.valueBytesMax} bytes of UTF-8, got ${sizeBytes}`;
    return problem('too_large', { field: 'value', detail: `value: ${most}` });
  }
  const detail = clusterKeyProblem(key, value);
  return detail === undefined ? undefined : problem('bad_field', { field: 'value', detail });
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

function etagOf(revision: number): string {
  return `"${revision}"`;
}
