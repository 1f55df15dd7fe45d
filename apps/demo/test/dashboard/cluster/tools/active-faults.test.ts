import { expect, test } from 'vitest';

import { activeFaults } from '../../../../src/dashboard/cluster/tools/active-faults.ts';
import type { ClusterView } from '../../../../src/supervisor/cluster-view.ts';
import type { LinkFault } from '../../../../src/supervisor/link-faults.ts';
import { nodeView } from '../../../support/node-view.ts';

const view = (parts: Partial<ClusterView>): ClusterView => ({
  nodes: ['n1', 'n2', 'n3'].map((id) => nodeView(id)),
  leaderId: 'n1',
  groups: [],
  load: {
    ratePerSecond: 0,
    totals: { acknowledgedCount: 0, checkedCount: 0, violationCount: 0 },
  },
  dataDirectory: '',
  ...parts,
});

const textsOf = (parts: Partial<ClusterView>): readonly string[] =>
  activeFaults(view(parts)).map(({ text }) => text);

test('nothing is wrong with a cluster that nobody touched', () => {
  expect(activeFaults(view({}))).toEqual([]);
});

test('nodes that are down or paused are faults that end by a start', () => {
  const nodes = [nodeView('n1', { process: 'stopped' }), nodeView('n2', { process: 'paused' })];
  expect(activeFaults(view({ nodes }))).toEqual([
    { text: 'n1 down', end: { path: '/api/nodes/n1/restart' } },
    { text: 'n2 paused', end: { path: '/api/nodes/n2/resume' } },
  ]);
});

test('a partition ends alone, and so does each trouble of a machine', () => {
  const machine = { isDiskFull: true, syncDelayMs: 0, clockSkewMs: -500 };
  expect(activeFaults(view({ groups: [['n1'], ['n2', 'n3']], machines: { n2: machine } }))).toEqual(
    [
      { text: 'n1 | n2 n3', end: { path: '/api/partition', method: 'DELETE' } },
      { text: 'n2 disk full', end: { path: '/api/nodes/n2/machine', body: { isDiskFull: false } } },
      {
        text: 'n2 clock −500 ms',
        end: { path: '/api/nodes/n2/machine', body: { clockSkewMs: 0 } },
      },
    ],
  );
});

test('links of the same trouble are one fault; what is not of it stays when it ends', () => {
  const slow = { kind: 'slow', latencyMs: 300, jitterMs: 100 } as const;
  const links: readonly LinkFault[] = [
    { ...slow, from: 'n1', to: 'n2' },
    { ...slow, from: 'n2', to: 'n1' },
    { kind: 'drop', from: 'n1', to: 'n2', share: 0.2 },
    { kind: 'cut', from: 'n1', to: 'n3' },
    { kind: 'cut', from: 'n2', to: 'n3' },
  ];
  expect(textsOf({ links })).toEqual([
    'slow 300–400 ms n1 ↔ n2',
    'drop 20 % n1 → n2',
    'cut n1 n2 → n3',
  ]);
  const [first] = activeFaults(view({ links }));
  expect(first?.end).toEqual({ path: '/api/links', body: { links: links.slice(2) } });
});
