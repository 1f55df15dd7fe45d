import { expect, test } from 'vitest';

import { isPlayable, requestsOf } from '../../src/scenarios/step-requests.ts';
import { scenarios } from '../../src/scenarios/index.ts';
import type { ClusterView } from '../../src/supervisor/cluster-view.ts';
import { nodeView } from '../support/node-view.ts';

const view: ClusterView = {
  nodes: ['n1', 'n2', 'n3'].map((id) => nodeView(id)),
  leaderId: 'n2',
  groups: [],
  links: [{ kind: 'slow', from: 'n1', to: 'n2', latencyMs: 5, jitterMs: 0 }],
  machines: { n1: { isDiskFull: false, syncDelayMs: 0, clockSkewMs: 100 } },
  load: {
    ratePerSecond: 0,
    totals: { acknowledgedCount: 0, checkedCount: 0, violationCount: 0 },
  },
  dataDirectory: '',
};

test('nodes are found by their part at that moment', () => {
  const kill = { atMs: 0, kind: 'kill' } as const;
  expect(requestsOf({ ...kill, node: 'leader' }, view)).toEqual([{ path: '/api/nodes/n2/kill' }]);
  expect(requestsOf({ ...kill, node: 'follower' }, view)).toEqual([{ path: '/api/nodes/n1/kill' }]);
});

test('a node that runs is not started again', () => {
  const restart = { atMs: 0, kind: 'restart', node: 'n3' } as const;
  expect(requestsOf(restart, view)).toEqual([]);
  const nodes = [nodeView('n3', { process: 'stopped' })];
  expect(requestsOf(restart, { ...view, nodes })).toEqual([{ path: '/api/nodes/n3/restart' }]);
});

test('a partition in one direction cuts links; other faults of links stay', () => {
  const step = { atMs: 0, kind: 'partition', left: ['n1'], right: 'others' } as const;
  expect(requestsOf({ ...step, left: ['n1'], isOneWay: false }, view)[0]?.body).toEqual({
    groups: [['n1'], ['n2', 'n3']],
  });
  const links = [...view.links!, { kind: 'cut', from: 'n3', to: 'n1' }] as const;
  expect(
    requestsOf({ ...step, left: ['n1'], isOneWay: true }, { ...view, links })[0]?.body,
  ).toEqual({
    links: [...view.links!, ...['n2', 'n3'].map((to) => ({ kind: 'cut', from: 'n1', to }))],
  });
});

test('loss everywhere leaves what else is wrong with links, and wall clocks add up', () => {
  const [lose] = requestsOf({ atMs: 0, kind: 'lose', share: 0.1 }, view);
  const { links = [] } = lose?.body as Pick<ClusterView, 'links'>;
  expect(links.map(({ kind }) => kind)).toEqual(['slow', ...Array<string>(6).fill('drop')]);
  const [skew] = requestsOf({ atMs: 0, kind: 'skew', node: 'n1', byMs: 50 }, view);
  expect(skew?.body).toEqual({ clockSkewMs: 150 });
});

test('a load asks for boards and keys as the story does, and for nothing of nothing', () => {
  const load = { atMs: 0, kind: 'load', edits: 5, config: 3 } as const;
  const bodyOf = (step: Parameters<typeof requestsOf>[0]) => requestsOf(step, view)[0]?.body;
  const mix = { edit: 5, read: 0, config: 3 };
  expect(bodyOf(load)).toEqual({ ratePerSecond: 8, mix });
  expect(bodyOf({ ...load, reads: 2 })).toEqual({ ratePerSecond: 10, mix: { ...mix, read: 2 } });
  expect(bodyOf({ ...load, edits: 0, config: 0 })).toEqual({ ratePerSecond: 0 });
});

test('a status is set to every board of which a node says that it has a copy', () => {
  const step = { atMs: 0, kind: 'status', node: 'leader', status: 'resolved' } as const;
  expect(requestsOf(step, view)).toEqual([]);
  const [n1] = view.nodes;
  const digests = { 'b-1': '00000000', 'b-2': '00000000' };
  const nodes = [n1!, nodeView('n2', { boards: { digests } })];
  const requests = requestsOf(step, { ...view, nodes });
  expect(requests.map(({ path }) => path)).toEqual([
    '/api/node/n2/v1/boards/b-1/ops',
    '/api/node/n2/v1/boards/b-2/ops',
  ]);
  expect(requests[0]).toMatchObject({
    body: { operations: [{ kind: 'setStatus', status: 'resolved' }] },
    headers: { 'idempotency-key': expect.stringMatching(/^leader-resolved-\d+$/) as string },
  });
});

test('all scenarios can be played on processes, but for the one that wipes a disk', () => {
  const not = scenarios.filter(({ steps }) => !isPlayable(steps)).map(({ name }) => name);
  expect(not).toEqual(['lost-node']);
});
