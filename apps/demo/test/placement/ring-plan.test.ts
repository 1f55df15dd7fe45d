import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';

import { ringPlan } from '../../src/placement/ring-plan.ts';
import { addRingRoutes } from '../../src/placement/ring-routes.ts';
import type { ClusterView } from '../../src/supervisor/cluster-view.ts';
import { nodeView } from '../support/node-view.ts';

const members = ['n1', 'n2', 'n3', 'n4', 'n5'];
const boardIds = Array.from({ length: 200 }, (_, index) => `b-${index}`);
const plain = { epoch: 7, members, boardIds };

describe('a ring', () => {
  const plan = ringPlan(plain);

  test('is a whole circle of arcs, no two neighbours of one owner', () => {
    const ends = plan.arcs.map(({ end }) => end);
    expect(ends).toEqual(ends.toSorted((left, right) => left - right));
    expect(plan.arcs.length).toBeGreaterThan(100);
    for (const [index, { owner }] of plan.arcs.entries()) {
      if (index > 0) expect(owner).not.toBe(plan.arcs[index - 1]?.owner);
    }
    expect(plan.members.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
  });

  test('has three copies of each board, and a bound of 1.25 times the mean', () => {
    expect(plan.members.reduce((sum, { copyCount }) => sum + copyCount, 0)).toBe(600);
    expect(plan.copiesMax).toBe(150);
    expect(plan.preview).toBeNull();
  });

  test('has as many copies as are wanted, if there are as many nodes', () => {
    for (const [replicaCount, copies] of [
      [1, 200],
      [5, 1_000],
      [6, 1_000],
    ] as const) {
      const { members: loads } = ringPlan({ ...plain, replicaCount });
      expect(loads.reduce((sum, { copyCount }) => sum + copyCount, 0)).toBe(copies);
    }
  });

  test('moves little more than must be when a node comes or goes', () => {
    const added = ringPlan({ ...plain, change: { kind: 'add', node: 'n6' } }).preview;
    expect(added?.idealShare).toBeCloseTo(1 / 6, 9);
    expect(added?.movedShare).toBeGreaterThan(0.12);
    expect(added?.movedShare).toBeLessThan(0.22);
    expect(added?.movedBoards.length).toBeGreaterThan(60);
    const removed = ringPlan({ ...plain, change: { kind: 'remove', node: 'n2' } }).preview;
    expect(removed?.idealShare).toBe(0.2);
    expect(removed?.movedShare).toBeGreaterThan(0.15);
    expect(removed?.movedShare).toBeLessThan(0.25);
  });

  test('of three loses copies, and moves none', () => {
    const few = {
      ...plain,
      members: ['a', 'b', 'c'],
      change: { kind: 'remove', node: 'c' },
    } as const;
    expect(ringPlan(few).preview).toMatchObject({ movedShare: 0, idealShare: 0, movedBoards: [] });
  });

  test('refuses who is there already, who is not, and to be empty', () => {
    expect(() => ringPlan({ ...plain, change: { kind: 'add', node: 'n1' } })).toThrow(RangeError);
    expect(() => ringPlan({ ...plain, change: { kind: 'remove', node: 'x' } })).toThrow(RangeError);
    const alone = { ...plain, members: ['a'], change: { kind: 'remove', node: 'a' } } as const;
    expect(() => ringPlan(alone)).toThrow('expected another member to stay');
  });
});

describe('its route', () => {
  const view = (nodes: ClusterView['nodes']): ClusterView => ({
    ...{ nodes, leaderId: null, groups: [], dataDirectory: '' },
    load: {
      ratePerSecond: 0,
      totals: { acknowledgedCount: 0, checkedCount: 0, violationCount: 0 },
    },
  });
  const api = (nodes: ClusterView['nodes']): Hono => {
    const hono = new Hono();
    addRingRoutes(hono, { view: () => view(nodes) });
    return hono;
  };
  const filter = { sizeBytes: 0, falsePositiveRate: 0 };
  const told = (id: string, epoch: number, of: readonly string[]) => {
    const digests = { [`b-${id}`]: 'x' };
    const boards = { copyCount: 1, underReplicatedCount: 0, epoch, members: of, digests, filter };
    return nodeView(id, { boards });
  };

  test('goes by the newest members, and by all boards', async () => {
    const hono = api([told('n1', 1, ['n1']), told('n2', 4, ['n1', 'n2'])]);
    const response = await hono.request('/api/ring?add=n3');
    const plan: unknown = await response.json();
    expect(plan).toMatchObject({ epoch: 4, preview: { kind: 'add', node: 'n3' } });
    expect(plan).toHaveProperty('members.length', 2);
    expect((plan as { copiesMax: number }).copiesMax).toBe(3);
  });

  test.each(['add=n1', 'remove=n9', 'add=%20', 'remove='])('refuses %s', async (query) => {
    const response = await api([told('n1', 1, ['n1', 'n2'])]).request(`/api/ring?${query}`);
    expect(response.status).toBe(400);
  });

  test('has nothing to say before a node has', async () => {
    expect((await api([]).request('/api/ring')).status).toBe(503);
  });
});
