/** What an operator asks a node: does it live, is it ready, what does it do; and faults. */
import { type Context, Hono } from 'hono';
import * as v from 'valibot';

import { boardId } from '../board/board.ts';
import { eventStream } from '../event-stream.ts';
import { faultSettings, type InjectedFaults } from '../injected-faults.ts';
import type { NodeEvents } from '../observe/node-events.ts';
import type { NodeStatus } from '../observe/node-status.ts';
import type { TraceFeed } from '../observe/trace.ts';
import { plain, serve } from '../http/endpoint.ts';
import { problem } from '../http/problem.ts';
import { isSameText } from '../same-text.ts';

/** What the routes show and do. */
export interface OperationsApiOptions {
  readonly events: NodeEvents;
  readonly trace: Pick<TraceFeed, 'subscribe'>;
  readonly status: () => NodeStatus;
  /** The owners of a board, the first in charge first. */
  readonly ownersOf: (boardId: string) => readonly string[];
  /** All that this node's own copy of a board says, as JSON; undefined if it has none. */
  readonly boardText: (boardId: string) => string | undefined;
  readonly faults: Pick<InjectedFaults, 'set'>;
  /** Proves the right to inject faults. `undefined`: nobody may. */
  readonly adminToken: string | undefined;
}

/** A loop delay from which a node is not called healthy, in ms. */
const loopDelayMsMax = 5_000;

const get = { ...plain, method: 'GET' } as const;
const endpoints = {
  health: { ...get, path: '/healthz' },
  readiness: { ...get, path: '/readyz' },
  status: { ...get, path: '/admin/raft' },
  cluster: { ...get, path: '/admin/cluster' },
  suspicions: { ...get, path: '/admin/phi' },
  breakers: { ...get, path: '/admin/breakers' },
  ring: { ...get, path: '/admin/ring', query: v.object({ key: v.optional(v.string()) }) },
  board: { ...get, path: '/admin/boards/:id', params: v.object({ id: boardId }) },
  events: { ...get, path: '/admin/events' },
  trace: { ...get, path: '/admin/trace' },
  faults: {
    ...plain,
    method: 'POST',
    path: '/admin/faults',
    body: faultSettings,
    bodyBytesMax: 16_384,
  },
} as const;

/** The routes beside the service itself. */
export function createOperationsApi(options: OperationsApiOptions): Hono {
  const api = new Hono();
  serveHealth(api, options);
  serveFigures(api, options);
  serveStreams(api, options);
  if (options.adminToken !== undefined) serveFaults(api, options, options.adminToken);
  return api;
}

function serveHealth(api: Hono, { status }: OperationsApiOptions): void {
  serve(api, endpoints.health, (_parts, context) => {
    const { uptimeMs, loopDelayMs, raft } = status();
    // A node whose disk failed recovers by a restart, and by nothing else.
    const isHealthy = loopDelayMs < loopDelayMsMax && raft.condition !== 'failed';
    const { failure } = raft;
    return context.json({ isHealthy, uptimeMs, loopDelayMs, failure }, isHealthy ? 200 : 503);
  });
  serve(api, endpoints.readiness, (_parts, context) => {
    const reasons = unreadiness(status());
    const isReady = reasons.length === 0;
    return context.json({ isReady, reasons }, isReady ? 200 : 503);
  });
}

function serveFigures(api: Hono, { status, ownersOf, boardText }: OperationsApiOptions): void {
  serve(api, endpoints.status, (_parts, context) => context.json(status()));
  serve(api, endpoints.cluster, (_parts, context) => {
    const { raft, members, boards } = status();
    const { role, term, leaderId, voters, configuration } = raft;
    const isJoint = configuration.outgoingVoters.length > 0;
    const figures = { term, leaderId, voters, learners: configuration.learners, isJoint };
    const { epoch, underReplicatedCount } = boards;
    return context.json({ role, ...figures, members, epoch, underReplicatedCount });
  });
  serve(api, endpoints.suspicions, (_parts, context) =>
    context.json(status().peers.map(({ peer, phi, isSuspected }) => ({ peer, phi, isSuspected }))),
  );
  serve(api, endpoints.breakers, (_parts, context) =>
    context.json(status().peers.map(({ peer, breakers }) => ({ peer, breakers }))),
  );
  serve(api, endpoints.ring, ({ query: { key } }, context) => {
    const { epoch, members } = status().boards;
    const found = key === undefined ? {} : { key, owners: ownersOf(key) };
    return context.json({ epoch, members, ...found });
  });
  serve(api, endpoints.board, ({ params: { id } }) => {
    const text = boardText(id);
    if (text === undefined) return problem('not_found', { detail: 'there is no copy here' });
    return new Response(text, { headers: { 'content-type': 'application/json' } });
  });
}

function serveStreams(api: Hono, { status, events, trace }: OperationsApiOptions): void {
  serve(api, endpoints.events, (_parts, { req }) =>
    eventStream(req.raw.signal, (send) => {
      send({ kind: 'status', status: status() });
      return events.subscribe(send);
    }),
  );
  serve(api, endpoints.trace, (_parts, { req }) =>
    eventStream(req.raw.signal, (send) => trace.subscribe(send)),
  );
}

function serveFaults(api: Hono, { faults }: OperationsApiOptions, adminToken: string): void {
  api.use(endpoints.faults.path, async (context: Context, next) => {
    if (hasToken(context, adminToken)) return next();
    return problem('unauthorized', { detail: 'expected the token of the supervisor' });
  });
  serve(api, endpoints.faults, ({ body: settings }, context) => {
    faults.set(settings);
    return context.json(settings);
  });
}

/** Why a load balancer should send clients elsewhere. */
function unreadiness({ raft }: NodeStatus): readonly string[] {
  const reasons: string[] = [];
  if (raft.leaderId === null) reasons.push('no leader is known');
  if (raft.damaged.length > 0) {
    const indexes = raft.damaged.map(({ logIndex }) => String(logIndex)).join(', ');
    reasons.push(`log entries ${indexes} are damaged and not yet repaired`);
  }
  if (raft.isDiskFull) reasons.push('the disk is full');
  if (raft.failure !== null) reasons.push(`stopped for good: ${raft.failure}`);
  return reasons;
}

/** Whether a request proves that it is of whoever started the node. */
export function hasToken(context: Context, adminToken: string | undefined): boolean {
  if (adminToken === undefined || adminToken === '') return false;
  return isSameText(context.req.header('authorization') ?? '', `Bearer ${adminToken}`);
}
