/** What an admin does to the cluster: nodes come and go, leadership moves, logs get shorter. */
import { type Context, Hono } from 'hono';
import * as v from 'valibot';

import { plain, serve } from '../http/endpoint.ts';
import { problem } from '../http/problem.ts';
import type { RaftNode } from '@quorate/raft';
import { nodeId } from '@quorate/transport';
import { nodeName } from '../partition.ts';
import { nodeAddress } from '../config/cluster-map.ts';
import { refusal, unknownOutcome } from '../config/config-api.ts';
import type { LeadershipMoves, MemberAnswer, NodeChanges } from './admin-answers.ts';

/** What the routes do. */
export interface AdminApiOptions {
  readonly changes: NodeChanges;
  readonly leadership: LeadershipMoves;
  readonly raft: Pick<RaftNode, 'status' | 'takeSnapshot'>;
}

const posted = { ...plain, method: 'POST', bodyBytesMax: 4_096 } as const;
const endpoints = {
  add: {
    ...posted,
    path: '/admin/nodes',
    body: v.strictObject({
      ...{ id: nodeName, address: nodeAddress },
      /** Without a vote it follows the log, holds boards, and counts in no majority. */
      votes: v.optional(v.boolean(), true),
    }),
  },
  remove: {
    ...plain,
    method: 'DELETE',
    path: '/admin/nodes/:id',
    params: v.object({ id: nodeName }),
  },
  transfer: {
    ...posted,
    path: '/admin/transfer-leadership',
    body: v.strictObject({ to: v.optional(nodeName) }),
  },
  snapshot: { ...plain, method: 'POST', path: '/admin/snapshot' },
} as const;

/** The routes, which are to answer nobody but admins. */
export function createAdminApi({ changes, leadership, raft }: AdminApiOptions): Hono {
  const api = new Hono();
  serve(api, endpoints.add, async ({ body: { id, address, votes } }, context) =>
    respond(context, id, await changes.add(id, address, votes)),
  );
  serve(api, endpoints.remove, async ({ params: { id } }, context) =>
    respond(context, id, await changes.remove(id)),
  );
  serve(api, endpoints.transfer, async ({ body }, context) => {
    const to = body.to === undefined ? undefined : nodeId(body.to);
    if (to !== undefined && !raft.status().voters.includes(to)) {
      return problem('not_found', { field: 'to', detail: `to: there is no voter ${to}` });
    }
    const answer = await leadership.transfer(to);
    if (answer.kind === 'leads') return context.json({ leaderId: answer.leaderId });
    if (answer.kind === 'unknown') return unknownOutcome('the transfer', answer.reason);
    return problem('conflict', { detail: `leadership stays where it is (${answer.reason})` });
  });
  serve(api, endpoints.snapshot, (_parts, context) => {
    const outcome = raft.takeSnapshot();
    const { lastApplied, firstLogIndex } = raft.status();
    if (outcome === 'stopped') return problem('conflict', { detail: 'this node has stopped' });
    return context.json({ outcome, lastApplied, firstLogIndex }, outcome === 'begun' ? 202 : 200);
  });
  return api;

  function respond(context: Context, id: string, answer: MemberAnswer): Response {
    switch (answer.kind) {
      case 'listed':
      case 'unlisted':
      case 'alreadyListed': {
        const progress = changes.progress().find((node) => node.id === id);
        const step = progress?.step ?? (answer.kind === 'unlisted' ? 'draining' : 'waiting');
        return context.json({ id, step }, answer.kind === 'alreadyListed' ? 200 : 202);
      }
      case 'refused':
        return refusal(answer.reason, 'the change did not and will not happen');
      case 'unknown':
        return unknownOutcome('the change', answer.reason);
      case 'unknownNode':
        return problem('not_found', { field: 'id', detail: `id: there is no node ${id}` });
      case 'lastMember':
        return problem('conflict', { field: 'id', detail: `id: ${id} is the last node` });
      case 'addressTaken':
        return problem('conflict', { field: 'address', detail: 'address: another node has it' });
      case 'tooManyMembers':
        return problem('conflict', { field: 'id', detail: 'id: there are too many nodes' });
      case 'contended':
        return problem('conflict', { detail: 'others change the nodes, too; ask again' });
    }
  }
}
