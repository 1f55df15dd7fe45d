/** `/v1/boards`: boards over HTTP. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Clock } from '@quorate/transport';
import { type Context, Hono } from 'hono';
import * as v from 'valibot';

import { eventStream } from '../../event-stream.ts';
import { readBody, readQuery } from '../../http/read-request.ts';
import { limitBody } from '../../http/limit-body.ts';
import { problem } from '../../http/problem.ts';
import { boardId as boardIdSchema, boardOperation, boardText } from './board.ts';
import type { BoardAnswer, BoardCommand } from './board-messages.ts';
import type { BoardOutcome, BoardService } from './board-service.ts';

/** Bytes of a request: some hundred operations, or a long day offline. */
const BODY_BYTES_MAX = 1_024 * 1_024;

const base64 = v.pipe(v.string(), v.base64());
const creation = v.strictObject({ title: v.pipe(boardText(200), v.minLength(1)) });
const change = v.union([
  v.strictObject({
    operations: v.pipe(v.array(boardOperation), v.minLength(1), v.maxLength(100)),
  }),
  v.strictObject({ update: base64 }),
]);
const consistency = v.optional(v.picklist(['one', 'quorum']), 'one');
const since = v.optional(base64, '');

/** What the routes need. */
export interface BoardsApiOptions {
  readonly boards: Pick<BoardService, 'ask' | 'isDeleted' | 'watch'>;
  readonly clock: Clock;
  /** Whether a board may exist, by what other nodes have told; see board-directory.ts. */
  readonly mayExist: (boardId: string) => boolean;
}

/** The routes of boards. */
export function createBoardsApi({ boards, clock, mayExist }: BoardsApiOptions): Hono {
  const api = new Hono();
  const limit = limitBody({
    maxSize: BODY_BYTES_MAX,
    onError: () => {
      const detail = `body: expected at most ${BODY_BYTES_MAX} bytes`;
      return problem('too_large', { field: 'body', detail });
    },
  });
  const ask = async (context: Context, command: BoardCommand): Promise<Response> => {
    const boardId = context.req.param('id') ?? '';
    if (!v.is(boardIdSchema, boardId)) {
      return problem('bad_field', { field: 'id', detail: 'id: expected 1..64 of a-z 0-9 -' });
    }
    const asksAnyway = command.kind === 'read' && command.copies > 1;
    if (!asksAnyway && !mayExist(boardId)) return answer(context, { kind: 'missing' });
    return answer(context, await boards.ask(boardId, command));
  };

  api.post('/v1/boards', limit, async (context) => {
    const key = requestKey(context);
    if (key instanceof Response) return key;
    const body = await readBody(context, creation);
    if (body instanceof Response) return body;
    // The key names the board: asked again, it is the same one.
    const boardId = `b-${key}`;
    const outcome = await boards.ask(boardId, { kind: 'create', title: body.title });
    context.header('location', `/v1/boards/${boardId}`);
    if (outcome.kind !== 'done') return answer(context, outcome);
    const { version, copies, isNew, owner } = outcome;
    context.header('x-served-by', owner);
    return context.json({ id: boardId, version, copies }, isNew ? 201 : 200);
  });
  api.get('/v1/boards/:id', (context) => {
    const mode = readQuery(context, 'consistency', consistency);
    if (mode instanceof Response) return mode;
    return ask(context, { kind: 'read', copies: mode === 'quorum' ? 2 : 1 });
  });
  api.delete('/v1/boards/:id', (context) => {
    const key = requestKey(context);
    if (key instanceof Response) return key;
    return ask(context, { kind: 'delete', stamp: { key, atMs: clock.wallTimeMs() } });
  });
  api.post('/v1/boards/:id/ops', limit, async (context) => {
    const body = await readBody(context, change);
    if (body instanceof Response) return body;
    if ('update' in body) return await ask(context, { kind: 'merge', update: body.update });
    const key = requestKey(context);
    if (key instanceof Response) return key;
    const stamp = { key, atMs: clock.wallTimeMs() };
    return await ask(context, { kind: 'change', operations: body.operations, stamp });
  });
  api.get('/v1/boards/:id/sync', (context) => {
    const version = readQuery(context, 'since', since);
    if (version instanceof Response) return version;
    return ask(context, { kind: 'sync', since: version });
  });
  api.get('/v1/boards/:id/events', (context) => {
    const version = readQuery(context, 'since', since);
    if (version instanceof Response) return version;
    const boardId = context.req.param('id');
    if (!v.is(boardIdSchema, boardId) || !mayExist(boardId))
      return answer(context, { kind: 'missing' });
    if (boards.isDeleted(boardId)) return answer(context, { kind: 'deleted' });
    return eventStream(context.req.raw.signal, (send, end) =>
      boards.watch(boardId, version, send, end),
    );
  });
  return api;
}

/** The request's key, hashed: clients choose what they like, of any length. */
function requestKey(context: Context): string | Response {
  const header = 'Idempotency-Key';
  const given = context.req.header(header);
  if (given === undefined || given === '') {
    return problem('bad_field', { field: header, detail: `${header}: expected one` });
  }
  const caller = context.req.header('authorization') ?? '';
  return bytesToHex(sha256(utf8ToBytes(`${caller}\n${given}`))).slice(0, 32);
}

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
    case 'alone':
      return problem('no_owner', { detail: 'no second owner could be asked' });
    case 'unreachable':
      return problem('no_owner', { detail: outcome.detail });
    case 'unknown':
      return problem('outcome_unknown', { detail: outcome.detail });
  }
}
