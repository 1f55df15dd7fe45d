/** What the routes of a node do and answer, in words and schemas: a test holds both to the node. */
import * as v from 'valibot';

import { boardView } from '../board/board.ts';
import { faultSettings } from '../injected-faults.ts';
import type { MemberFigures } from '../observe/node-status.ts';
import type { AnswerText, RouteTexts } from './openapi.ts';

const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const base64 = v.pipe(text, v.base64());
const version = base64;
const revision = count;
const quota = v.object({ limit: count, windowMs: v.number() });

const stream = (says: string): Readonly<Record<number, AnswerText>> => ({
  200: { says, type: 'text/event-stream' },
});
const written = v.object({ key: text, revision });
const nodeStatus = v.looseObject({ id: text });
const made = v.object({ id: text, version, copies: count });
const steps = [
  'waiting',
  'catchingUp',
  'caughtUp',
  'joint',
  'voter',
  'member',
  'draining',
] as const satisfies readonly MemberFigures['step'][];
const step = v.object({ id: text, step: v.picklist(steps) });
const health = v.object({
  ...{ isHealthy: v.boolean(), uptimeMs: v.number(), loopDelayMs: v.number() },
  failure: v.nullable(text),
});
const readiness = v.object({ isReady: v.boolean(), reasons: v.array(text) });
const cluster = v.object({
  ...{ role: text, term: count, leaderId: v.nullable(text) },
  ...{ voters: v.array(text), learners: v.array(text), isJoint: v.boolean() },
  members: v.array(v.object({ ...step.entries, address: v.nullable(text) })),
  ...{ epoch: count, underReplicatedCount: count },
});
const suspicion = v.object({ peer: text, phi: v.number(), isSuspected: v.boolean() });
const breakers = v.object({ peer: text, breakers: v.record(text, text) });
const ring = v.object({
  ...{ epoch: count, members: v.array(text) },
  ...{ key: v.optional(text), owners: v.optional(v.array(text)) },
});
const snapshot = v.object({
  ...{ outcome: text, lastApplied: count, firstLogIndex: count },
});

/** By method and path, as the router has them. */
export const nodeTexts: RouteTexts = {
  'POST /v1/boards': {
    summary: 'Makes a board; the same key makes the same one.',
    answers: {
      201: { says: 'It is new, and on two disks', schema: made },
      200: { says: 'The same key made it before', schema: made },
    },
  },
  'GET /v1/boards/:id': {
    summary: 'Reads a board, from the first owner that answers or after hearing a second one.',
    answers: {
      200: { says: 'The board', schema: v.object({ ...boardView.entries, version }) },
    },
  },
  'DELETE /v1/boards/:id': {
    summary: 'Deletes a board, for good.',
    answers: {
      200: {
        says: 'It is deleted, on so many disks',
        schema: v.object({ copies: count, isRepeated: v.boolean() }),
      },
    },
  },
  'POST /v1/boards/:id/ops': {
    summary: 'Changes a board, by operations with a key or by an update of a copy.',
    answers: {
      202: {
        says: 'It is changed, on so many disks',
        schema: v.object({ version, copies: count, isRepeated: v.boolean() }),
      },
    },
  },
  'GET /v1/boards/:id/sync': {
    summary: 'Tells what the holder of a version lacks.',
    answers: {
      200: { says: 'The updates', schema: v.object({ updates: v.array(base64), version }) },
    },
  },
  'GET /v1/boards/:id/events': {
    summary: 'Tells of a board as it changes; ends when it is deleted.',
    answers: stream('Events of updates and versions'),
  },
  'GET /v1/whoami': {
    summary: 'Tells whose API key the request has, and what it may do.',
    answers: {
      200: {
        says: 'The caller',
        schema: v.object({
          name: text,
          role: v.picklist(['client', 'admin']),
          rights: v.array(v.picklist(['boards', 'config', 'cluster'])),
          quota,
        }),
      },
    },
  },
  'GET /v1/limits': {
    summary: 'Tells what is left of the quota of the caller, and who counts.',
    answers: {
      200: {
        says: 'The quota',
        schema: v.object({
          ...{ name: text, ...quota.entries, remaining: count, resetAfterMs: v.number() },
          countedBy: text,
          source: v.picklist(['owned', 'lease', 'redis', 'localShare']),
        }),
      },
    },
  },
  'GET /v1/config/*': {
    summary: 'Reads a key: linearizable, or as this node has it.',
    answers: {
      200: { says: 'The value', schema: v.object({ key: text, value: text, revision }) },
      304: { says: 'It is at the revision of If-None-Match' },
    },
  },
  'PUT /v1/config/*': {
    summary: 'Writes a key, if it is as the request says.',
    answers: {
      200: { says: 'It is at a new revision', schema: written },
      201: { says: 'It is new', schema: written },
    },
  },
  'DELETE /v1/config/*': {
    summary: 'Removes a key, if it is as the request says.',
    answers: { 204: { says: 'It is gone' } },
  },
  'GET /healthz': {
    summary: 'Tells whether the node lives.',
    answers: {
      200: { says: 'It does', schema: health },
      503: { says: 'It should be restarted', schema: health },
    },
  },
  'GET /readyz': {
    summary: 'Tells whether the node should be asked.',
    answers: {
      200: { says: 'Yes', schema: readiness },
      503: { says: 'No, and why', schema: readiness },
    },
  },
  'GET /metrics': {
    summary: 'Figures for Prometheus.',
    answers: { 200: { says: 'OpenMetrics', type: 'application/openmetrics-text' } },
  },
  'GET /admin/raft': {
    summary: 'The status of the node.',
    answers: { 200: { says: 'All figures', schema: nodeStatus } },
  },
  'GET /admin/cluster': {
    summary: 'Who takes part, as this node sees it.',
    answers: { 200: { says: 'The nodes', schema: cluster } },
  },
  'GET /admin/phi': {
    summary: 'How strongly this node suspects each other one.',
    answers: { 200: { says: 'The suspicions', schema: v.array(suspicion) } },
  },
  'GET /admin/breakers': {
    summary: 'The breakers of this node by node and method.',
    answers: { 200: { says: 'The breakers', schema: v.array(breakers) } },
  },
  'GET /admin/ring': {
    summary: 'Who owns boards, and one of them.',
    answers: {
      200: {
        says: 'The members',
        schema: ring,
      },
    },
  },
  'GET /admin/boards/:id': {
    summary: "This node's own copy of a board, whatever others have.",
    answers: { 200: { says: 'The copy', schema: v.looseObject({}) } },
  },
  'GET /admin/events': {
    summary: 'Status and messages as they happen.',
    answers: stream('Events'),
  },
  'GET /admin/trace': {
    summary: 'All messages of this node with their stamps.',
    answers: stream('Lines of a trace'),
  },
  'POST /admin/faults': {
    summary: 'Says what is wrong with the links and the machine of the node; for the supervisor.',
    answers: { 200: { says: 'What is wrong now', schema: faultSettings } },
  },
  'POST /admin/nodes': {
    summary: 'Lets a node join; for admins.',
    answers: {
      200: { says: 'It was listed before', schema: step },
      202: { says: 'It is on its way', schema: step },
    },
  },
  'DELETE /admin/nodes/:id': {
    summary: 'Lets a node go; for admins.',
    answers: {
      200: { says: 'It is going already', schema: step },
      202: { says: 'It is on its way', schema: step },
    },
  },
  'POST /admin/transfer-leadership': {
    summary: 'Hands leadership of Raft to another node, or to the one that is best for it.',
    answers: { 200: { says: 'Who leads now', schema: v.object({ leaderId: text }) } },
  },
  'POST /admin/snapshot': {
    summary: "Has this node take a snapshot of its log's state.",
    answers: {
      200: { says: 'There is nothing new to be in one', schema: snapshot },
      202: { says: 'It has begun', schema: snapshot },
    },
  },
  'GET /openapi.json': {
    summary: 'This description.',
    answers: { 200: { says: 'OpenAPI 3.1', schema: v.looseObject({ openapi: text }) } },
  },
  'GET /docs': {
    summary: 'This description, for reading.',
    answers: { 200: { says: 'A page', type: 'text/html' } },
  },
};
