import { describe, expect, test } from 'vitest';

import { repairsOf, requestsOf } from '../../src/cli/play-on-demo.ts';
import { scenarios } from '../../src/scenarios/index.ts';
import type { ClusterView } from '../../src/supervisor/cluster-view.ts';
import { nodeView } from '../support/node-view.ts';

const view: ClusterView = {
  nodes: ['n1', 'n2', 'n3', 'n4', 'n5'].map((id) => nodeView(id)),
  leaderId: 'n2',
  groups: [],
  load: {
    ratePerSecond: 0,
    totals: { acknowledgedCount: 0, checkedCount: 0, violationCount: 0 },
  },
  dataDirectory: '',
};

describe('a step on processes', () => {
  test('finds its node by what it is now', () => {
    expect(requestsOf({ atMs: 0, kind: 'kill', node: 'leader' }, view)).toEqual([
      { path: '/api/nodes/n2/kill', method: 'POST' },
    ]);
    expect(requestsOf({ atMs: 0, kind: 'pause', node: 'otherFollower' }, view)).toEqual([
      { path: '/api/nodes/n3/pause', method: 'POST' },
    ]);
  });

  test('of one way cuts links, of both ways makes groups', () => {
    const step = { atMs: 0, kind: 'partition', left: ['leader'], right: 'others' } as const;
    const [groups] = requestsOf({ ...step, left: ['leader'], isOneWay: false }, view);
    expect(groups?.document).toEqual({ groups: [['n2'], ['n1', 'n3', 'n4', 'n5']] });
    const [links] = requestsOf({ ...step, left: ['leader'], isOneWay: true }, view);
    const to = ['n1', 'n3', 'n4', 'n5'];
    expect(links?.document).toEqual({
      links: to.map((id) => ({ kind: 'cut', from: 'n2', to: id })),
    });
  });

  test('that no process can do is refused by name', () => {
    expect(() => requestsOf({ atMs: 0, kind: 'wipe', node: 'n4' }, view)).toThrow('wipe');
  });
});

test('every story but that of a lost disk can be told on processes', () => {
  const refused = scenarios.filter(({ steps }) => {
    try {
      for (const step of steps) requestsOf(step, view);
      return false;
    } catch {
      return true;
    }
  });
  expect(refused.map(({ name }) => name)).toEqual(['lost-node']);
});

test('a repair restarts, resumes, heals, and mends machines', () => {
  const broken: ClusterView = {
    ...view,
    nodes: [nodeView('n1', { process: 'stopped' }), nodeView('n2')],
    machines: { n2: { isDiskFull: true, syncDelayMs: 0, clockSkewMs: 0 } },
  };
  expect(repairsOf(broken).map(({ path }) => path)).toEqual([
    '/api/resume',
    '/api/heal',
    '/api/nodes/n2/machine',
    '/api/nodes/n1/restart',
  ]);
});
