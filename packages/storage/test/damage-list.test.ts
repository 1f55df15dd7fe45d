import { expect, test } from 'vitest';

import { DamageList } from '../src/damage-list.ts';

const range = (fromIndex: number, toIndex: number, reason = 'rot') => ({
  fromIndex,
  toIndex,
  path: 'a.wal',
  offset: 64,
  reason,
});
const unknown = (): undefined => undefined;
const indexesOf = (list: DamageList): readonly number[] =>
  list.entries(unknown).map(({ logIndex }) => logIndex);

test('names every entry of its ranges, ascending, each once', () => {
  const list = new DamageList();
  list.add(range(7, 9));
  list.add(range(2, 3));
  list.add(range(3, 8, 'later'));
  list.add(range(5, 4));
  expect(indexesOf(list)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  const reasons = list.entries(unknown).map(({ reason }) => reason);
  expect(reasons).toEqual(['rot', 'rot', 'later', 'later', 'later', 'rot', 'rot', 'rot']);
  expect(list.entries(unknown)[0]).toMatchObject({ path: 'a.wal', offset: 64, term: undefined });
});

test('forgets what is cut off or dropped', () => {
  const list = new DamageList();
  list.add(range(2, 6));
  list.add(range(8, 9));
  list.cut(6);
  list.dropThrough(3);
  expect(indexesOf(list)).toEqual([4, 5]);
  list.cut(0);
  expect(indexesOf(list)).toEqual([]);
});

test('finds the range that holds one of some entries', () => {
  const list = new DamageList();
  list.add(range(4, 6));
  expect(list.find(1, 3)).toBeUndefined();
  expect(list.find(7, 9)).toBeUndefined();
  expect(list.find(6, 9)).toMatchObject({ fromIndex: 4 });
  expect(list.find(5, 5)).toMatchObject({ toIndex: 6 });
});

test('takes a term from equal neighbours, as terms never fall', () => {
  const list = new DamageList();
  list.add(range(2, 3));
  list.add(range(5, 5));
  const terms = new Map([
    [1, 7],
    [4, 7],
    [6, 8],
  ]);
  const found = list.entries((logIndex) => terms.get(logIndex));
  expect(found.map(({ term }) => term)).toEqual([7, 7, undefined]);
});
