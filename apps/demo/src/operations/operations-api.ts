/** What an operator asks a node: does it live, is it ready, what does it do; and faults. */
import { type Context, Hono } from 'hono';

import { eventStream } from '../event-stream.ts';
import { faultSettings, type InjectedFaults } from '../injected-faults.ts';
import type { NodeEvents } from '../observe/node-events.ts';
import type { NodeStatus } from '../observe/node-status.ts';
import type { TraceFeed } from '../observe/trace.ts';
import { openMetricsType } from '../observe/open-metrics.ts';
import { limitBody } from '../http/limit-body.ts';
import { problem } from '../http/problem.ts';
import { readBody } from '../http/read-request.ts';
import { isSameText } from '../same-text.ts';

/** What the routes show and do. */
export interface OperationsApiOptions {
  readonly events: NodeEvents;
  readonly trace: Pick<TraceFeed, 'subscribe'>;
  readonly status: () => NodeStatus;
  readonly metrics: () => string;
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
const faultBodyBytesMax = 16_384;

/** The routes beside the service itself. */
export function createOperationsApi(options: OperationsApiOptions): Hono {
  const { events, trace, status, metrics, ownersOf, boardText } = options;
  const api = new Hono();
  api.get('/healthz', (context) => {
    const { uptimeMs, loopDelayMs, raft } = status();
    // A node whose disk failed recovers by a restart, and by nothing else.
    const isHealthy = loopDelayMs < loopDelayMsMax && raft.condition !== 'failed';
    const { failure } = raft;
    return context.json({ isHealthy, uptimeMs, loopDelayMs, failure }, isHealthy ? 200 : 503);
  });
  api.get('/readyz', (context) => {
    const reasons = unreadiness(status());
    return context.json(
      { isReady: reasons.length === 0, reasons },
      reasons.length === 0 ? 200 : 503,
    );
  });
  api.get('/metrics', () => {
    return new Response(metrics(), { headers: { 'content-type': openMetricsType } });
  });
  api.get('/admin/raft', (context) => context.json(status()));
  api.get('/admin/cluster', (context) => {
    const { raft, members, boards } = status();
    const { role, term, leaderId, voters, configuration } = raft;
    const isJoint = configuration.outgoingVoters.length > 0;
    const figures = { term, leaderId, voters, learners: configuration.learners, isJoint };
    const { epoch, underReplicatedCount } = boards;
    return context.json({ role, ...figures, members, epoch, underReplicatedCount });
  });
  api.get('/admin/phi', (context) =>
    context.json(status().peers.map(({ peer, phi, isSuspected }) => ({ peer, phi, isSuspected }))),
  );
  api.get('/admin/breakers', (context) =>
    context.json(status().peers.map(({ peer, breakers }) => ({ peer, breakers }))),
  );
  api.get('/admin/ring', (context) => {
    const key = context.req.query('key');
    const { epoch, members } = status().boards;
    return context.json({
      epoch,
      members,
      ...(key !== undefined && { key, owners: ownersOf(key) }),
    });
  });
  api.get('/admin/boards/:id', (context) => {
    const text = boardText(context.req.param('id'));
    if (text === undefined) return problem('not_found', { detail: 'there is no copy here' });
    return new Response(text, { headers: { 'content-type': 'application/json' } });
  });
  api.get('/admin/events', (context) =>
    eventStream(context.req.raw.signal, (send) => {
      send({ kind: 'status', status: status() });
      return events.subscribe(send);
    }),
  );
  api.get('/admin/trace', (context) =>
    eventStream(context.req.raw.signal, (send) => trace.subscribe(send)),
  );
  const { adminToken } = options;
  if (adminToken !== undefined) {
    api.use('/admin/faults', limitBody(faultBodyBytesMax));
    api.post('/admin/faults', (context) => injectFaults(options, adminToken, context));
  }
  return api;
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

async function injectFaults(
  { faults }: OperationsApiOptions,
  adminToken: string,
  context: Context,
): Promise<Response> {
  if (!hasToken(context, adminToken)) {
    return problem('unauthorized', { detail: 'expected the token of the supervisor' });
  }
  const settings = await readBody(context, faultSettings);
  if (settings instanceof Response) return settings;
  faults.set(settings);
  return context.json(settings);
}

/** Whether a request proves that it is of whoever started the node. */
export function hasToken(context: Context, adminToken: string | undefined): boolean {
  if (adminToken === undefined) return false;
  return isSameText(context.req.header('authorization') ?? '', `Bearer ${adminToken}`);
}
