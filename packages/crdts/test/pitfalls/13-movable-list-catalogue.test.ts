/**
 * Move x to the front and at once to the end: x is there once. Move and change at once: both are
 * kept. Move and remove at once: it is removed.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type MovableList, movableList } from '../../src/sequence/movable-list.ts';

const { join, values } = movableList;
const empty: MovableList<string> = movableList.bottom;
const list = movableList.insert(empty, 'a', 0, ['a', 'b', 'x', 'c', 'd']);

function all(...deltas: readonly MovableList<string>[]): MovableList<string> {
  return deltas.reduce((state, delta) => join(state, delta), list);
}

test('an element that is moved twice at once is there once', () => {
  const first = movableList.move(list, 'p', 2, 0);
  const last = movableList.move(list, 'q', 2, 4);
  expect(values(all(first, last))).toEqual(['a', 'b', 'c', 'd', 'x']);
  expect(values(all(last, first))).toEqual(['a', 'b', 'c', 'd', 'x']);
});

test('a later move by who saw the first one wins, whatever the ids', () => {
  const first = movableList.move(list, 'q', 2, 4);
  const second = movableList.move(all(first), 'p', 4, 0);
  expect(values(all(second, first))).toEqual(['x', 'a', 'b', 'c', 'd']);
});

test('a move and a change at once are both kept', () => {
  const moved = movableList.move(list, 'p', 2, 0);
  const changed = movableList.set(list, 'q', 2, 'X');
  expect(values(all(moved, changed))).toEqual(['X', 'a', 'b', 'c', 'd']);
});

test('a move and a removal at once: it is removed, and stays so when the move comes late', () => {
  const moved = movableList.move(list, 'p', 2, 0);
  const removed = movableList.remove(list, 2);
  expect(values(all(removed, moved))).toEqual(['a', 'b', 'c', 'd']);
  const compacted = movableList.compact(all(removed, moved), all(removed, moved));
  expect(values(join(compacted, moved))).toEqual(['a', 'b', 'c', 'd']);
});

test('whatever is moved at once, nothing is lost and nothing is there twice', () => {
  const move = fc.record({ who: fc.constantFrom('p', 'q', 'r'), from: fc.nat(4), to: fc.nat(4) });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 20, size: 'max' }), (moves) => {
      const deltas = moves.map(({ who, from, to }, index) =>
        movableList.move(list, `${who}${index}`, from, to),
      );
      expect(values(all(...deltas)).toSorted()).toEqual(['a', 'b', 'c', 'd', 'x']);
      expect(values(all(...deltas.toReversed()))).toEqual(values(all(...deltas)));
    }),
  );
});
