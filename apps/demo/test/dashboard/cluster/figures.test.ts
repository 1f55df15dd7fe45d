import { describe, expect, test } from 'vitest';

import {
  answered,
  copiesWanted,
  isLive,
  underReplicated,
} from '../../../src/dashboard/cluster/figures.ts';
import type { ChartPoint } from '../../../src/supervisor/cluster-view.ts';
import { nodeView } from '../../support/node-view.ts';

const silent = { process: 'paused', statusAgeMs: 9_000 } as const;

describe('live nodes', () => {
  test('run, and have just said so', () => {
    expect(isLive(nodeView('n1'))).toBe(true);
    expect(isLive(nodeView('n1', silent))).toBe(false);
    expect(isLive(nodeView('n1', { statusAgeMs: 2_000 }))).toBe(false);
    expect(isLive(nodeView('n1', { status: null }))).toBe(false);
  });
});

describe('boards under-replicated', () => {
  const all = { members: ['n1', 'n2', 'n3', 'n4'] };
  const having = (id: string, ...boards: readonly string[]): ReturnType<typeof nodeView> =>
    nodeView(id, {
      boards: {
        ...all,
        copyCount: boards.length,
        digests: Object.fromEntries(boards.map((board) => [board, 'aa'])),
      },
    });

  test('are those with fewer than three copies on live nodes', () => {
    const nodes = [having('n1', 'x', 'y'), having('n2', 'x', 'y'), having('n3', 'x')];
    expect(underReplicated(nodes)).toEqual({ count: 1, isAtLeast: false, boardCount: 2 });
    const lost = nodes.map((node) => (node.id === 'n3' ? { ...node, ...silent } : node));
    expect(underReplicated(lost).count).toBe(2);
  });

  test('are those with fewer copies than nodes say that they keep', () => {
    const two = { copyCount: 1, digests: { x: 'aa' }, ...all };
    const nodes = ['n1', 'n2'].map((id) => nodeView(id, { boards: { ...two, replicaCount: 2 } }));
    expect([copiesWanted(nodes), underReplicated(nodes).count]).toEqual([2, 0]);
    const five = ['n1', 'n2', 'n3'].map((id) =>
      nodeView(id, { boards: { ...two, replicaCount: 5 } }),
    );
    expect([copiesWanted(five), underReplicated(five).count]).toEqual([5, 1]);
    expect([copiesWanted([]), copiesWanted([nodeView('n1')])]).toEqual([3, 3]);
  });

  test('two nodes cannot have three copies', () => {
    const pair = { members: ['n1', 'n2'], copyCount: 1, digests: { x: 'aa' } };
    expect(
      underReplicated([nodeView('n1', { boards: pair }), nodeView('n2', { boards: pair })]).count,
    ).toBe(0);
  });

  test('with more boards than a node names, the nodes are believed', () => {
    const many = nodeView('n1', { boards: { ...all, copyCount: 65, underReplicatedCount: 7 } });
    expect(underReplicated([many])).toMatchObject({ count: 7, isAtLeast: true });
  });

  test('there are none without nodes', () => {
    expect(underReplicated([])).toEqual({ count: 0, isAtLeast: false, boardCount: 0 });
  });
});

describe('what clients got', () => {
  const point = (atMs: number, ok: number, unknown: number): ChartPoint => ({
    atMs,
    messagesPerSecond: 0,
    okPerSecond: ok,
    failedPerSecond: 0,
    unknownPerSecond: unknown,
    p50Ms: 1,
    p99Ms: atMs,
  });

  test('is a share of the last seconds only', () => {
    const points = [point(1_000, 0, 100), point(9_000, 30, 0), point(12_000, 30, 20)];
    expect(answered(points, 10_000)).toEqual({ okShare: 0.75, p99Ms: 12_000 });
  });

  test('is nothing where nothing was asked', () => {
    expect(answered([point(1, 0, 0)], 10_000).okShare).toBeUndefined();
    expect(answered([], 10_000)).toEqual({ okShare: undefined, p99Ms: 0 });
  });
});
