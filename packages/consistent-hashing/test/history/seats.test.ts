import { expect, test } from 'vitest';

import { BucketHistory } from '../../src/history/bucket-history.ts';
import { indicesOf, reseated, seatsOf, wordsOf } from '../../src/history/seats.ts';
import { nodeSet } from '../../src/node-set.ts';

const nodes = nodeSet(['a', 'b', { id: 'c', weight: 0 }, 'd']);
const ids = new Map([
  [0, 'd'],
  [2, 'a'],
  [3, 'b'],
]);
const seats = { history: new BucketHistory(4, [1]), ids };

test('seats come back from their words', () => {
  expect([...wordsOf(seats, nodes)]).toEqual([4, 1, 1, 3, 0, 1]);
  const back = seatsOf(wordsOf(seats, nodes), nodes);
  expect(back.ids).toEqual(ids);
  expect([...indicesOf(back, nodes)]).toEqual([3, -1, 0, 1]);
});

test.each([
  ['none', []],
  ['too few', [4, 1, 1, 3, 0]],
  ['a node twice', [4, 1, 1, 3, 0, 0]],
  ['a node of weight 0', [4, 1, 1, 3, 0, 2]],
  ['a node that is not there', [4, 1, 1, 3, 0, 9]],
  ['a node left out', [3, 1, 1, 3, 0]],
  ['more gone than there are', [4, 5, 1, 3, 0, 1]],
])('refuses words that are wrong: %s', (_, words) => {
  expect(() => seatsOf(Uint32Array.from(words), nodes)).toThrow(RangeError);
});

test('who comes sits where the last one sat who went', () => {
  const rules = {
    grow: (history: BucketHistory) => history.restored(),
    shrink: (history: BucketHistory, bucket: number) => history.without(bucket),
  };
  const next = reseated(seats, nodeSet(['a', 'e', 'd']), rules);
  expect(next.history.removed).toEqual([1]);
  expect(next.ids.get(3)).toBe('e');
});
