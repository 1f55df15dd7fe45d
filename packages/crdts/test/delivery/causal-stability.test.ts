import { expect, test } from 'vitest';

import { CausalStability, type Version } from '../../src/delivery/causal-stability.ts';

const version = (counts: Readonly<Record<string, number>>): Version =>
  new Map(Object.entries(counts));

test('what all have is stable, by the smallest numbers', () => {
  const stability = new CausalStability(0, ['a', 'b', 'c']);
  const here = version({ a: 9, b: 9, c: 9 });
  stability.report('a', version({ a: 7, b: 4, c: 2 }));
  stability.report('b', version({ a: 5, b: 6, c: 2 }));
  expect(stability.stable(here)).toEqual(version({}));
  stability.report('c', version({ a: 5, b: 3, c: 1 }));
  expect(stability.stable(here)).toEqual(version({ a: 5, b: 3, c: 1 }));
});

test('a report counts when all of it has been delivered here', () => {
  // Why this test? b changed something before it learnt of a's, and that is still on its way.
  const stability = new CausalStability(0, ['a', 'b']);
  stability.report('a', version({ a: 1 }));
  stability.report('b', version({ a: 1, b: 1 }));
  expect(stability.stable(version({ a: 1 }))).toEqual(version({}));
  expect(stability.stable(version({ a: 1, b: 1 }))).toEqual(version({ a: 1 }));
});

test('reports that overtake each other take nothing back', () => {
  const stability = new CausalStability(0, ['a']);
  stability.report('a', version({ a: 3 }));
  stability.report('a', version({ a: 2, b: 1 }));
  const here = version({ a: 3, b: 1 });
  expect(stability.stable(here)).toEqual(here);
  stability.report('a', version({ a: 1 }));
  expect(stability.stable(here)).toEqual(here);
});

test('strangers do not count', () => {
  const stability = new CausalStability(0, ['a']);
  expect(stability.report('z', version({ a: 1 }))).toBe('stranger');
  expect(stability.report('a', version({ a: 1 }))).toBe('noted');
});

test('members change by epochs; who left holds nothing up, who comes does until it reports', () => {
  const stability = new CausalStability(1, ['a', 'b']);
  const here = version({ a: 5 });
  stability.report('a', here);
  expect(stability.stable(here)).toEqual(version({}));
  expect(stability.setMembers(1, ['a'])).toBe('outdated');
  expect(stability.setMembers(2, ['a'])).toBe('changed');
  expect(stability.stable(here)).toEqual(here);
  stability.setMembers(3, ['a', 'c']);
  const later = version({ a: 6 });
  stability.report('a', later);
  expect(stability.stable(later)).toEqual(here);
  stability.report('c', later);
  expect(stability.stable(later)).toEqual(later);
  expect(stability.epoch).toBe(3);
});

test.each([-1, 0.5, NaN])('the epoch %s is refused', (epoch) => {
  expect(() => new CausalStability(epoch, [])).toThrow(RangeError);
  expect(() => new CausalStability(0, []).setMembers(epoch, [])).toThrow(RangeError);
});

test('nobody vouches for anything where there are no members', () => {
  expect(new CausalStability(0, []).stable(version({ a: 1 }))).toEqual(version({}));
});
