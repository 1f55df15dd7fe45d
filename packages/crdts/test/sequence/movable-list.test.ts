import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { movableListCodec } from '../../src/codec/movable-list-codec.ts';
import { type MovableList, movableList } from '../../src/sequence/movable-list.ts';
import { describeCompaction } from '../support/describe-compaction.ts';
import { describeType } from '../support/describe-type.ts';
import { type MovableOperation, naiveMovableList } from '../support/naive-movable-list.ts';
import { textCodec } from '../support/value-codec.ts';

const empty: MovableList<string> = movableList.bottom;
const codec = movableListCodec(textCodec);
const { join, values } = movableList;

function mutate(
  state: MovableList<string>,
  id: string,
  operation: MovableOperation,
): MovableList<string> | undefined {
  const length = movableList.length(state);
  if (operation.kind === 'insert') {
    const index = Math.min(operation.at, length);
    return movableList.insert(state, id, index, [operation.value + id]);
  }
  if (length === 0) return undefined;
  const at = Math.min(operation.at, length - 1);
  if (operation.kind === 'remove') return movableList.remove(state, at);
  if (operation.kind === 'set') return movableList.set(state, id, at, operation.value + id);
  const to = Math.min(operation.to, length - 1);
  return at === to ? undefined : movableList.move(state, id, at, to);
}

const operation: fc.Arbitrary<MovableOperation> = fc.oneof(
  fc.record({ kind: fc.constant('insert'), at: fc.nat(9), value: fc.string() }),
  fc.record({ kind: fc.constant('set'), at: fc.nat(9), value: fc.string() }),
  fc.record({ kind: fc.constant('move'), at: fc.nat(9), to: fc.nat(9) }),
  fc.record({ kind: fc.constant('remove'), at: fc.nat(9) }),
);

describeType<MovableList<string>, MovableOperation>({
  lattice: movableList,
  codec,
  operations: [
    { kind: 'insert', at: 9, value: 'x' },
    { kind: 'set', at: 0, value: 'y' },
    { kind: 'move', at: 0, to: 9 },
    { kind: 'move', at: 9, to: 0 },
    { kind: 'remove', at: 0 },
  ],
  moreOperations: operation,
  mutate,
  view: values,
  specification: naiveMovableList,
  replicas: 'distinct',
});

describeCompaction<MovableList<string>, MovableOperation>({
  lattice: movableList,
  codec,
  operations: operation,
  mutate,
  view: values,
  expectTidy: (state) => {
    expect(movableList.compact(state, state)).toBe(state);
    expect(state.elements.size).toBe(movableList.length(state));
  },
});

/** `state` after deltas that did not know of each other. */
function after(
  state: MovableList<string>,
  ...deltas: readonly MovableList<string>[]
): MovableList<string> {
  return deltas.reduce((sum, delta) => join(sum, delta), state);
}

test('for one replica it is an array, whatever is done', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60, size: 'max' }), (operations) => {
      let state = empty;
      const model: string[] = [];
      for (const step of operations) {
        state = after(state, mutate(state, '-', step) ?? empty);
        const at = Math.min(step.at, model.length - (step.kind === 'insert' ? 0 : 1));
        if (step.kind === 'insert') model.splice(at, 0, `${step.value}-`);
        else if (at < 0) continue;
        else if (step.kind === 'remove') model.splice(at, 1);
        else if (step.kind === 'set') model[at] = `${step.value}-`;
        else model.splice(Math.min(step.to, model.length - 1), 0, ...model.splice(at, 1));
        expect(values(state)).toEqual(model);
        expect(movableList.get(state, at)).toBe(model[at]);
      }
    }),
  );
});

describe('at once', () => {
  const list = movableList.insert(empty, 'a', 0, ['x', 'y', 'z']);

  test('two moves of one element leave it in one place', () => {
    const first = movableList.move(list, 'a', 0, 2);
    const second = movableList.move(list, 'b', 0, 1);
    expect(values(after(list, first, second))).toEqual(['y', 'x', 'z']);
    expect(values(after(list, second, first))).toEqual(['y', 'x', 'z']);
  });

  test('a move and a change are both kept, and the id with them', () => {
    const moved = movableList.move(list, 'a', 0, 2);
    const changed = movableList.set(list, 'b', 0, 'X');
    const both = after(list, moved, changed);
    expect(values(both)).toEqual(['y', 'z', 'X']);
    expect(movableList.ids(both)).toEqual(['2@a', '3@a', '1@a']);
  });

  test('a removal wins over a move and a change', () => {
    const removed = movableList.remove(list, 0);
    const moved = movableList.move(list, 'b', 0, 2);
    const changed = movableList.set(list, 'c', 0, 'X');
    expect(values(after(list, moved, removed, changed))).toEqual(['y', 'z']);
  });

  test('two changes leave one of them', () => {
    const first = movableList.set(list, 'a', 1, 'A');
    const second = movableList.set(list, 'b', 1, 'B');
    expect(values(after(list, second, first))).toEqual(['x', 'B', 'z']);
  });
});

test('no move is no delta', () => {
  const list = movableList.insert(empty, 'a', 0, ['x', 'y']);
  expect(movableList.move(list, 'a', 1, 1)).toBe(movableList.bottom);
});

test.each<[string, () => unknown]>([
  ['an index beyond the end', () => movableList.insert(empty, 'a', 1, ['x'])],
  ['a move of nothing', () => movableList.move(empty, 'a', 0, 0)],
  ['a change of nothing', () => movableList.set(empty, 'a', 0, 'x')],
  ['a removal of nothing', () => movableList.remove(empty, 0)],
  ['an id that is none', () => movableList.insert(empty, '\ud800', 0, ['x'])],
])('%s is refused', (_, act) => {
  expect(act).toThrow(RangeError);
});

test('undefined is no element', () => {
  expect(() => movableList.insert<unknown>(empty, 'a', 0, [undefined])).toThrow(TypeError);
});
