import { keyHasher } from '@quorate/hash';
import { expect, test } from 'vitest';

import { type ClusterMember, type Clusters, clustersOf } from '../../src/rendezvous/clusters.ts';
import { someIds } from '../support/all-placements.ts';

function member(owner: number, high: number, low = 0, weight = 1): ClusterMember {
  return { owner, high: high | 0, low: low | 0, weight };
}

/** The children of a cluster, those that are clusters in brackets. */
function shown(tree: Clusters, cluster = 0): unknown[] {
  const { starts, targets } = tree;
  const children = targets.subarray(starts[cluster], starts[cluster + 1]);
  return Array.from(children, (target) => (target < 0 ? shown(tree, ~target) : target));
}

/** Some nodes in the order of their hashes. */
function someMembers(count: number): ClusterMember[] {
  const hasher = keyHasher();
  const members = someIds(count).map((id, owner) => {
    hasher.hash(id);
    return member(owner, hasher.high, hasher.low, 1 + (owner % 3));
  });
  return members.sort((left, right) => (left.high >>> 0) - (right.high >>> 0));
}

function depthOf(tree: Clusters, cluster = 0): number {
  const children = tree.targets.subarray(tree.starts[cluster], tree.starts[cluster + 1]);
  const below = Array.from(children, (target) => (target < 0 ? depthOf(tree, ~target) : 0));
  return 1 + Math.max(0, ...below);
}

test('nobody makes a root without children', () => {
  expect(shown(clustersOf([]))).toEqual([]);
});

test('one is the root’s only child', () => {
  expect(shown(clustersOf([member(5, 0)]))).toEqual([5]);
});

test('who agrees in more digits stands nearer', () => {
  // Digits 0 0, 0 1, 0 1 with a third digit 2, and 31.
  const [third, last] = [(1 << 22) | (2 << 17), 31 << 27];
  const tree = clustersOf([member(0, 0), member(1, 1 << 22), member(2, third), member(3, last)]);
  expect(shown(tree)).toEqual([[0, [1, 2]], 3]);
  expect(Array.from(tree.weights)).toEqual([3, 1, 1, 2, 1, 1]);
});

test('digits in which all agree make no step', () => {
  const tree = clustersOf([member(0, 7, 0), member(1, 7, 4), member(2, 7, 8)]);
  expect(shown(tree)).toEqual([0, 1, 2]);
});

test('equal hashes are children of one cluster, each with draws of its own', () => {
  const tree = clustersOf([member(3, -1, -1), member(4, -1, -1), member(9, -1, -1)]);
  expect(shown(tree)).toEqual([3, 4, 9]);
  expect(new Set(tree.highs).size).toBe(3);
});

test('hashes that differ only in bits of no digit count as equal', () => {
  expect(shown(clustersOf([member(0, 0, 0), member(1, 1, 1), member(2, 1, 3)]))).toEqual([0, 1, 2]);
});

test('a child draws with what its digits say, whoever is beside or below it', () => {
  const first = clustersOf([member(0, 0), member(1, 31 << 27)]);
  const more = clustersOf([member(0, 0), member(2, 1 << 22), member(1, 31 << 27)]);
  expect(shown(more)).toEqual([[0, 2], 1]);
  expect(Array.from(more.highs.subarray(0, 2))).toEqual(Array.from(first.highs));
  expect(Array.from(more.lows.subarray(0, 2))).toEqual(Array.from(first.lows));
});

test('a child draws the same where a step comes in above it', () => {
  const [near, between, far] = [member(1, 1 << 17), member(3, 1 << 22), member(2, 31 << 27)];
  const before = clustersOf([member(0, 0), near, far]);
  const after = clustersOf([member(0, 0), near, between, far]);
  expect(shown(before)).toEqual([[0, 1], 2]);
  expect(shown(after)).toEqual([[[0, 1], 3], 2]);
  expect(Array.from(after.highs.subarray(-2))).toEqual(Array.from(before.highs.subarray(-2)));
  expect(new Set(before.highs).size).toBe(4);
});

test('the same digits at another depth are another draw', () => {
  const tree = clustersOf([member(0, 0), member(1, 1 << 22), member(2, 1 << 27)]);
  expect(shown(tree)).toEqual([[0, 1], 2]);
  const salts = Array.from(tree.highs, (high, child) => `${high} ${tree.lows[child]}`);
  expect(new Set(salts).size).toBe(4);
});

test('each member is in it once, and every cluster weighs what is in it', () => {
  const members = someMembers(3_000);
  const tree = clustersOf(members);
  const owners = Array.from(tree.targets).filter((target) => target >= 0);
  expect(owners.sort((left, right) => left - right)).toEqual(
    Array.from({ length: 3_000 }, (_, index) => index),
  );
  for (const [child, target] of tree.targets.entries()) {
    if (target >= 0) continue;
    const below = tree.weights.subarray(tree.starts[~target], tree.starts[~target + 1]);
    expect(below.length).toBeGreaterThanOrEqual(2);
    expect(below.length).toBeLessThanOrEqual(32);
    expect(below.reduce((sum, weight) => sum + weight, 0)).toBe(tree.weights[child]);
  }
});

test.each([
  [30, 3],
  [1_000, 4],
  [30_000, 5],
])('of %i members none is deeper than %i steps', (count, depth) => {
  expect(depthOf(clustersOf(someMembers(count)))).toBeLessThanOrEqual(depth);
});
