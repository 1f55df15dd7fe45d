import { expect, test } from 'vitest';

import { textCodec } from '../../../src/codec/key-codec.ts';
import { movableListCodec } from '../../../src/codec/movable-list-codec.ts';
import { leaf } from '../../../src/ordered-map.ts';
import { movableListOperations } from '../../../src/codec/operations/movable-list-operations.ts';
import { type MovableList, movableList } from '../../../src/sequence/movable-list.ts';
import { describeOperations } from '../../support/describe-operations.ts';

const type = movableListOperations(textCodec);
const empty: MovableList<string> = movableList.bottom;

describeOperations({
  type,
  lattice: movableList,
  codec: movableListCodec(textCodec),
  acts: ['insert', 'remove', 'move', 'set'] as const,
  mutate(state: MovableList<string>, id, act) {
    const length = movableList.length(state);
    if (act === 'insert') return movableList.insert(state, id, 0, ['x', id]);
    if (length === 0) return undefined;
    if (act === 'move') return movableList.move(state, id, 0, length - 1);
    return act === 'set' ? movableList.set(state, id, 0, id) : movableList.remove(state, 0);
  },
  replicas: 'distinct',
});

test('a move and a value at once are two operations', () => {
  const list = movableList.insert(empty, 'a', 0, ['x', 'y']);
  const both = movableList.join(
    movableList.move(list, 'a', 0, 1),
    movableList.set(list, 'a', 1, 'Y'),
  );
  expect(() => type.prepare(list, 'a', both)).toThrow(RangeError);
});

test('to remove 2^53 elements is as much work as there are elements', () => {
  const list = movableList.insert(empty, 'a', 0, ['x', 'y']);
  const elements = leaf('a', [1, Number.MAX_SAFE_INTEGER]);
  const after = type.effect(list, 'b', { kind: 'remove', elements });
  expect(movableList.values(after)).toEqual([]);
});
