/** `/v1/boards`: boards over HTTP. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { CrdtsError } from '@quorate/crdts';
import type { Clock } from '@quorate/transport';
import { type Context, Hono } from 'hono';
import * as v from 'valibot';

import { eventStream } from '../event-stream.ts';
import { plain, serve } from '../http/endpoint.ts';
import { problem } from '../http/problem.ts';
import { boardId, boardOperation, boardText, type RequestStamp } from './board.ts';
import type { BoardAnswer, BoardCommand } from './board-messages.ts';
import type { BoardAccess, BoardOutcome, KnownBoards } from './board-access.ts';

const base64 = v.pipe(v.string(), v.base64());
const params = v.object({ id: boardId });
const keyed = v.object({ 'Idempotency-Key': v.pipe(v.string(), v.minLength(1)) });
const since = v.object({ since: v.optional(base64, '') });
/** Some hundred operations, or a long day offline. */
const bodyBytesMax = 1_024 * 1_024;

const board = { ...plain, method: 'GET', path: '/v1/boards/:id', params } as const;
const endpoints = {
  create: {
    ...plain,
    method: 'POST',
    path: '/v1/boards',
    headers: keyed,
    bodyBytesMax,
    body: v.strictObject({ title: v.pipe(boardText(200), v.minLength(1)) }),
  },
  read: {
    ...board,
    query: v.object({ consistency: v.optional(v.picklist(['one', 'quorum']), 'one') }),
  },
  remove: { ...board, method: 'DELETE', headers: keyed },
  change: {
    ...board,
    method: 'POST',
    path: '/v1/boards/:id/ops',
    bodyBytesMax,
    headers: v.partial(keyed),
    body: v.union([
      v.strictObject({
        operations: v.pipe(v.array(boardOperation), v.minLength(1), v.maxLength(100)),
      }),
      v.strictObject({ update: base64 }),
    ]),
  },
  sync: { ...board, path: '/v1/boards/:id/sync', query: since },
  events: { ...board, path: '/v1/boards/:id/events', query: since },
} as const;

/** What the routes need. */
export interface BoardsApiOptions {
  readonly boards: BoardAccess;
  readonly clock: Clock;
  readonly directory: KnownBoards;
}

/** The routes of boards. */
export function createBoardsApi({ boards, clock, directory }: BoardsApiOptions): Hono {
  const { mayExist, noteMissing } = directory;
  const api = new Hono();
  const ask = async (context: Context, id: string, command: BoardCommand): Promise<Response> => {
    const asksAnyway = command.kind === 'read' && command.copies > 1;
    if (!asksAnyway && !mayExist(id)) return answer(context, { kind: 'missing' });
    const outcome = await boards.ask(id, command);
    if (outcome.kind === 'missing' && !asksAnyway) noteMissing();
    return answer(context, outcome);
  };
  const stampOf = ({ req }: Context, key: string, body: object): RequestStamp => ({
    // Clients choose keys as they like, of any length, and need not know of each other.
    key: digestOf([req.header('authorization') ?? '', req.method, req.path, key].join('\n')),
    digest: digestOf(JSON.stringify(body)),
    atMs: clock.wallTimeMs(),
  });

  serve(api, endpoints.create, async ({ headers, body }, context) => {
    const stamp = stampOf(context, headers['Idempotency-Key'], body);
    // The key names the board: asked again, it is the same one.
    const id = `b-${stamp.key}`;
    const outcome = await boards.ask(id, { kind: 'create', title: body.title, stamp });
    context.header('location', `/v1/boards/${id}`);
    if (outcome.kind !== 'done') return answer(context, outcome);
    const { version, copies, isNew, owner } = outcome;
    context.header('x-served-by', owner);
    return context.json({ id, version, copies }, isNew ? 201 : 200);
  });
  serve(api, endpoints.read, ({ params: { id }, query }, context) =>
    ask(context, id, { kind: 'read', copies: query.consistency === 'quorum' ? 2 : 1 }),
  );
  serve(api, endpoints.remove, ({ params: { id }, headers }, context) =>
    ask(context, id, { kind: 'delete', stamp: stampOf(context, headers['Idempotency-Key'], {}) }),
  );
  serve(api, endpoints.change, ({ params: { id }, headers, body }, context) => {
    if ('update' in body) return ask(context, id, { kind: 'merge', update: body.update });
    const { operations } = body;
    const key = headers['Idempotency-Key'];
    if (key === undefined) {
      const detail = 'Idempotency-Key: expected one beside operations';
      return problem('bad_field', { field: 'Idempotency-Key', detail });
    }
    const stamp = stampOf(context, key, operations);
    return ask(context, id, { kind: 'change', operations, stamp });
  });
  serve(api, endpoints.sync, ({ params: { id }, query }, context) =>
    ask(context, id, { kind: 'sync', since: query.since }),
  );
  serve(api, endpoints.events, ({ params: { id }, query }, context) => {
    if (!mayExist(id)) return answer(context, { kind: 'missing' });
    if (boards.isDeleted(id)) return answer(context, { kind: 'deleted' });
    try {
      return eventStream(
        context.req.raw.signal,
        (send, end) => boards.watch(id, query.since, send, end),
        // Nothing is told twice: who lags behind begins anew where it is.
        { whenBehind: 'ends' },
      );
    } catch (error) {
      if (!(error instanceof CrdtsError)) throw error;
      return problem('bad_field', { field: 'since', detail: `since: ${error.message}` });
    }
  });
  return api;
}

function digestOf(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text))).slice(0, 32);
}

const reused = 'Idempotency-Key: expected a new one for another body; nothing was changed';

function answer(context: Context, outcome: BoardOutcome | BoardAnswer): Response {
  if ('owner' in outcome) context.header('x-served-by', outcome.owner);
  switch (outcome.kind) {
    case 'board':
      context.header('cache-control', 'no-store');
      return context.json({ ...outcome.view, version: outcome.version });
    case 'done': {
      const { version, copies, isNew } = outcome;
      return context.json({ version, copies, isRepeated: !isNew }, 202);
    }
    case 'updates':
      return context.json({ updates: outcome.updates, version: outcome.version });
    case 'buried':
      return context.json({ copies: outcome.copies, isRepeated: !outcome.isNew });
    case 'deleted':
      return problem('deleted', { detail: 'the board was deleted; what it held is gone' });
    case 'missing':
      return problem('not_found', { detail: 'there is no such board' });
    case 'refused':
      return problem(outcome.reason === 'misfit' ? 'conflict' : 'bad_field', {
        detail: outcome.detail,
      });
    case 'unconfirmed':
      return problem('unconfirmed', {
        detail: 'the change is on one disk; other owners get it when they can be reached',
      });
    case 'reused':
      return problem('key_reused', { field: 'Idempotency-Key', detail: reused });
    case 'alone':
      return problem('no_owner', { detail: 'no second owner could be asked' });
    case 'unreachable':
      return problem('no_owner', { detail: outcome.detail });
    case 'unknown':
      return problem('outcome_unknown', { detail: outcome.detail });
  }
}
