import { expect, test } from 'vitest';

import {
  type PhiPoint,
  pointCountMax,
  pointsUntil,
  suspicionCount,
  withPoint,
} from '../../../src/dashboard/resilience/phi-history.ts';
import { nodeView } from '../../support/node-view.ts';

const says = (id: string, peer: string, phi: number): ReturnType<typeof nodeView> =>
  nodeView(id, { peers: [{ peer, phi, isSuspected: false, breakers: {} }] });
const nodes = [says('n1', 'n2', 3), says('n2', 'n1', 0.5)];

test('a point holds what each live node says of each', () => {
  const [point] = withPoint([], [...nodes, nodeView('n3', { status: null })], 1_000);
  expect(point?.phi.get('n1')?.get('n2')).toBe(3);
  expect(point?.phi.get('n2')?.get('n1')).toBe(0.5);
  expect(point?.phi.get('n3')?.size).toBe(0);
});

test('views come faster than points are kept', () => {
  const one = withPoint([], nodes, 1_000);
  expect(withPoint(one, nodes, 1_200)).toBe(one);
  expect(withPoint(one, nodes, 1_400)).toHaveLength(2);
});

test('the oldest points go', () => {
  let history: readonly PhiPoint[] = [];
  const count = pointCountMax + 50;
  for (let index = 0; index < count; index += 1) history = withPoint(history, nodes, index * 1_000);
  expect(history).toHaveLength(pointCountMax);
  expect(history[0]?.atMs).toBe(50_000);
});

test('the minute before any moment is known', () => {
  let history: readonly PhiPoint[] = [];
  for (let atMs = 0; atMs < 200_000; atMs += 1_000) history = withPoint(history, nodes, atMs);
  const times = pointsUntil(history, 90_500, 60_000).map(({ atMs }) => atMs);
  expect([times.length, times[0], times.at(-1)]).toEqual([60, 31_000, 90_000]);
});

test('of a run that was wound back, what is void is forgotten', () => {
  const history = withPoint(withPoint([], nodes, 1_000), nodes, 2_000);
  expect(withPoint(history, nodes, 1_500).map(({ atMs }) => atMs)).toEqual([1_000, 1_500]);
  expect(withPoint(history, nodes, 500).map(({ atMs }) => atMs)).toEqual([500]);
});

test('suspicions are counted as they begin, for each who watches', () => {
  const series = (...values: readonly (readonly [number, number])[]) =>
    values.map(([byN1, byN2], index) => ({
      atMs: index,
      phi: new Map([
        ['n1', new Map([['n3', byN1]])],
        ['n2', new Map([['n3', byN2]])],
      ]),
    }));
  const history = series([0, 0], [5, 1], [9, 9], [12, 2], [1, 9]);
  expect(suspicionCount(history, 'n3', 8)).toBe(3);
  expect(suspicionCount(history, 'n3', 4)).toBe(3);
  expect(suspicionCount(history, 'n3', 12)).toBe(1);
  expect(suspicionCount(history, 'n3', 13)).toBe(0);
  expect(suspicionCount(history, 'n9', 1)).toBe(0);
  expect(suspicionCount([], 'n3', 1)).toBe(0);
});
