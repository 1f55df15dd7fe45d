import { expect, test } from 'vitest';

import { coachSteps, type Scene, stepAfter } from '../../../src/dashboard/coach/coach-steps.ts';
import type { ClusterView } from '../../../src/supervisor/cluster-view.ts';
import { nodeView } from '../../support/node-view.ts';

const cluster: ClusterView = {
  nodes: ['n1', 'n2', 'n3'].map((id) => nodeView(id)),
  leaderId: 'n1',
  groups: [],
  load: {
    ratePerSecond: 0,
    totals: { acknowledgedCount: 0, checkedCount: 0, violationCount: 0 },
  },
  dataDirectory: '',
};

const scene = (view: Partial<ClusterView>, screenId: Scene['screenId'] = 'cluster'): Scene => ({
  view: { ...cluster, ...view },
  screenId,
});

const killed = [nodeView('n1', { process: 'stopped' }), nodeView('n2')];
const cut = { groups: [['n1'], ['n2', 'n3']] };

test('the hints go on when what they say is done, and not before', () => {
  const story: readonly (readonly [Scene, string | undefined])[] = [
    [scene({}), 'kill'],
    [scene({ nodes: killed, leaderId: null }), 'elect'],
    [scene({ nodes: killed, leaderId: null }), 'elect'],
    [scene({ nodes: killed, leaderId: 'n2' }), 'heal'],
    [scene({ leaderId: 'n2' }), 'cut'],
    [scene(cut), 'boards'],
    [scene(cut, 'boards'), 'conflict'],
    [scene(cut, 'boards'), 'conflict'],
    [scene({}, 'boards'), 'verdict'],
    [scene({}, 'boards'), 'verdict'],
  ];
  let step = coachSteps[0];
  for (const [seen, expected] of story) {
    step = step && stepAfter(step, seen);
    expect(step?.id).toBe(expected);
  }
});

test('a node that is down before the nodes have begun was not killed by the reader', () => {
  const [kill] = coachSteps;
  if (kill === undefined) throw new Error('expected a step');
  const nodes = killed.map((node) => ({ ...node, status: null }));
  expect(stepAfter(kill, scene({ nodes, leaderId: null }))).toBe(kill);
});

test('a cut in one direction is a cut', () => {
  const [, , , step] = coachSteps;
  const links = [{ kind: 'cut', from: 'n1', to: 'n2' } as const];
  expect(step && stepAfter(step, scene({ links }))?.id).toBe('boards');
});
