import { describe, expect, test } from 'vitest';

import { diff } from '../../src/plan/diff.ts';
import { ring } from '../../src/ring/ring.ts';

const abc = ring({ nodes: ['a', 'b', 'c'] });

describe('diff', () => {
  test('says what a new node takes, from whom', () => {
    const plan = diff(abc, abc.with({ add: ['d'] }));
    expect(plan.moves.map(({ to }) => to)).toEqual(['d', 'd', 'd']);
    expect(plan.ideal).toBe(0.25);
    expect(plan.moved).toBeGreaterThan(0.15);
    expect(plan.moved).toBeLessThan(0.35);
    expect(plan.perNode.get('d')).toEqual({ inShare: plan.moved, outShare: 0 });
    expect(plan.movedInterval).toEqual([plan.moved, plan.moved]);
  });

  test('says what the first nodes get and the last ones lose', () => {
    const empty = ring({ nodes: [] });
    const plan = diff(empty, abc);
    expect(plan.moves.map(({ from }) => from)).toEqual([undefined, undefined, undefined]);
    expect(plan).toMatchObject({ moved: 1, excess: 0 });
    expect(plan.ideal).toBeCloseTo(1, 12);
    expect(diff(abc, empty)).toMatchObject({ moved: 1, ideal: 0, excess: 0 });
  });

  test('says what a drained node gives', () => {
    const plan = diff(abc, abc.with({ weights: { b: 0 } }));
    expect(new Set(plan.moves.map(({ from }) => from))).toEqual(new Set(['b']));
    expect(plan.excess).toBe(0);
  });

  test('of another seed is sampled, and nearly all of it is excess', () => {
    const other = ring({ nodes: ['a', 'b', 'c'], seed: 1 });
    const plan = diff(abc, other, { sample: 20_000 });
    expect(plan.isExact).toBe(false);
    expect(plan.moved).toBeGreaterThan(0.5);
    expect(plan.excess).toBe(plan.moved);
    expect(plan.ideal).toBe(0);
    expect(diff(abc, other, { sample: 20_000 }).moved).toBe(plan.moved);
  });

  test('of one point wraps round the circle', () => {
    const single = ring({ nodes: ['a'], pointsPerWeight: 1 });
    const plan = diff(single, single.with({ add: ['z'] }));
    const [{ ranges = [], share } = { share: 0 }] = plan.moves;
    const size = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    expect(size).toBe(share * 2 ** 32);
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(1);
  });

  test('takes your own keys', () => {
    const after = abc.with({ remove: ['a'] });
    const mine = Array.from({ length: 500 }, (_, index) => `user:${index}`);
    const moved = mine.filter((key) => abc.locate(key).id === 'a').length;
    const plan = diff(abc, after, { sample: mine });
    expect(plan.moved).toBeCloseTo(moved / 500, 12);
    expect(plan.isExact).toBe(false);
  });

  test.each([999, 10_000_001, Number.NaN, 1_000.5, -1, 2 ** 53])(
    'refuses a sample of %d',
    (sample) => {
      expect(() => diff(abc, abc, { sample })).toThrow(
        new RangeError(`sample: expected keys, or an integer of 1000..10000000, got ${sample}`),
      );
    },
  );

  test('refuses a sample without keys', () => {
    expect(() => diff(abc, abc, { sample: [] })).toThrow(
      new RangeError('sample: expected at least 1 key, got 0'),
    );
  });

  test.each([0, -1, 1.5, Number.NaN, Infinity, 2 ** 53])(
    'refuses %d moves at a time',
    (maxParallelPerNode) => {
      expect(() => diff(abc, abc).steps({ maxParallelPerNode })).toThrow(
        new RangeError(
          `maxParallelPerNode: expected an integer of at least 1, got ${maxParallelPerNode}`,
        ),
      );
    },
  );
});
