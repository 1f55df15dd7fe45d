import { expect, test } from 'vitest';

import { stepsOf } from '../../src/cli/member-actions.ts';
import type { NodeStatus } from '../../src/observe/node-status.ts';
import type { ClusterView } from '../../src/supervisor/cluster-view.ts';
import { nodeView } from '../support/node-view.ts';

const totals = { acknowledgedCount: 0, checkedCount: 0, violationCount: 0 };

function view(ids: readonly string[], members: NodeStatus['members'] | undefined): ClusterView {
  const nodes = ids.map((id) => {
    const { status, ...node } = nodeView(id);
    return { ...node, status: status && { ...status, members: members ?? [] } };
  });
  const leaderId = members === undefined ? null : (ids[0] ?? null);
  const load = { ratePerSecond: 0, totals };
  return { nodes, leaderId, groups: [], load, dataDirectory: '' };
}

const member = (id: string, step: NodeStatus['members'][number]['step']) => ({
  ...{ id, address: null, step },
});

test('who is on the way is told, until nobody is', () => {
  const [n1, n2] = [member('n1', 'member'), member('n2', 'catchingUp')];
  expect(stepsOf(view(['n1', 'n2'], [n1, n2]))).toEqual(['n2 catchingUp']);
  expect(stepsOf(view(['n1', 'n2'], [n1]))).toEqual(['n2 not listed']);
  expect(stepsOf(view(['n1'], [n1]))).toEqual([]);
  const leaving = view(['n1', 'n2'], [n1, member('n2', 'member')]);
  expect(stepsOf(leaving, 'n2')).toEqual(['n2 member']);
});

test('while nobody leads nobody knows', () => {
  expect(stepsOf(view(['n1'], undefined))).toBeUndefined();
});
