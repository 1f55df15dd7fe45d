import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { LivePoints, NodePoints } from '../src/buggify.ts';
import { type Buggify, Simulation } from '../src/index.ts';
import { expectShare } from './support/shares.ts';

const names = Array.from({ length: 1_000 }, (_, at) => `point ${at}`);

/** Points that are live in the run of a seed. */
function liveIn(seed: number, share: number): readonly string[] {
  const points = new LivePoints(seed);
  points.switchOn(share);
  return names.filter((name) => points.has(name));
}

test('no point is live unless switched on; then the share that was asked for', () => {
  expect(liveIn(1, 0)).toEqual([]);
  expectShare(liveIn(1, 0.5).length, names.length, 0.5);
  expectShare(liveIn(1, 0.1).length, names.length, 0.1);
  expect(liveIn(1, 1)).toEqual(names);
  expect(liveIn(1, 0.5)).toEqual(expect.arrayContaining([...liveIn(1, 0.1)]));
  expect(liveIn(2, 0.5)).not.toEqual(liveIn(1, 0.5));
});

test('a live point fires as often as asked, on each node for itself', () => {
  const live = new LivePoints(1);
  live.switchOn(1);
  const answersOf = (node: string, id: string, rate: number): readonly boolean[] => {
    const points = new NodePoints(1, node, live);
    return Array.from({ length: 4_000 }, () => points.fires(id, rate));
  };
  for (const rate of [0, 0.05, 0.5, 1]) {
    expectShare(answersOf('a', 'x', rate).filter(Boolean).length, 4_000, rate);
  }
  expect(answersOf('a', 'x', 0.5)).toEqual(answersOf('a', 'x', 0.5));
  expect(answersOf('b', 'x', 0.5)).not.toEqual(answersOf('a', 'x', 0.5));
  expect(answersOf('a', 'y', 0.5)).not.toEqual(answersOf('a', 'x', 0.5));
});

test('what a point answers does not depend on what other points are asked', () => {
  const live = new LivePoints(1);
  live.switchOn(1);
  const [quiet, busy] = [new NodePoints(1, 'a', live), new NodePoints(1, 'a', live)];
  for (let count = 0; count < 100; count += 1) {
    busy.fires('other', 0.5);
    expect(busy.fires('x', 0.5)).toBe(quiet.fires('x', 0.5));
  }
});

test('refuses a rate that is none, and more points than code has', () => {
  const live = new LivePoints(1);
  const points = new NodePoints(1, 'a', live);
  expect(() => points.fires('x', 2)).toThrow('rate: expected 0..1, got 2');
  expect(() => points.fires('x', NaN)).toThrow('rate: expected 0..1, got NaN');
  live.switchOn(0.5);
  for (const name of names) points.fires(name, 0.5);
  expect(() => points.fires('one more', 0.5)).toThrow(
    "id: expected at most 1000 points, got 'one more' as one more",
  );
});

/** Production code: the point is an optional port, of which it knows only the shape. */
function batchSize(buggify?: (id: string, rate?: number) => boolean): number {
  return buggify?.('tiny batch') === true ? 1 : 100;
}

test('code asks its environment; the trace says what fired; calm switches off', async () => {
  const simulation = new Simulation({ seed: 1 });
  const sizes: number[] = [];
  let ask: Buggify | undefined;
  simulation.addNode(nodeId('a'), ({ buggify, clock }) => {
    ask = buggify;
    const work = (): void => {
      sizes.push(batchSize(buggify));
      clock.setTimer(1, work);
    };
    work();
    return {};
  });
  const tinyAfter = async (forMs: number): Promise<number> => {
    sizes.length = 0;
    await simulation.run(forMs);
    return sizes.filter((size) => size === 1).length;
  };
  expect(await tinyAfter(1_000)).toBe(0);
  simulation.inject({ kind: 'buggify', share: 1 });
  expectShare(await tinyAfter(4_000), 4_000, 1 / 4);
  const fired = simulation.trace.lines().find(({ kind }) => kind === 'buggify');
  expect([fired?.node, fired?.mark, fired?.detail]).toEqual(['a', 1, 'tiny batch']);
  simulation.calm();
  expect(await tinyAfter(1_000)).toBe(0);

  simulation.inject({ kind: 'buggify', share: 1 });
  simulation.crash(nodeId('a'));
  expect(ask?.('tiny batch', 1)).toBe(false);
  expect(batchSize()).toBe(100);
});
