import { expect, test } from 'vitest';

import { memberRows } from '../../../src/dashboard/control/member-steps.ts';
import type { MemberFigures } from '../../../src/observe/node-status.ts';
import type { ClusterView, NodeView } from '../../../src/supervisor/cluster-view.ts';
import { nodeView } from '../../support/node-view.ts';

function clusterOf(nodes: readonly NodeView[], leaderId: string | null): ClusterView {
  const totals = { acknowledgedCount: 0, checkedCount: 0, violationCount: 0 };
  const load = { ratePerSecond: 0, totals };
  return { nodes, leaderId, groups: [], load, dataDirectory: '' };
}

function leaderOf(members: readonly MemberFigures[]): NodeView {
  const peers = { n4: { matchIndex: 1_200, nextIndex: 1_201, state: 'probe' } };
  const leader = nodeView('n1', { figures: { lastLogIndex: 3_000, peers } });
  return { ...leader, status: leader.status && { ...leader.status, members } };
}

test('says how far a node is, as the leader sees it', () => {
  const steps = ['member', 'catchingUp', 'draining'] as const;
  const members = steps.map((step, index) => ({
    id: ['n1', 'n4', 'n2'][index]!,
    address: null,
    step,
  }));
  const leaving = nodeView('n2', { boards: { copyCount: 7 } });
  const rows = memberRows(clusterOf([leaderOf(members), leaving], 'n1'));
  expect(rows.map(({ id, text }) => [id, text])).toEqual([
    ['n1', 'member, 0 copies'],
    ['n4', 'learner, 1,200 of 3,000 entries'],
    ['n2', 'leaves; 7 copies still to hand over'],
  ]);
});

test('says nothing while nobody leads', () => {
  expect(memberRows(clusterOf([leaderOf([])], null))).toEqual([]);
});
