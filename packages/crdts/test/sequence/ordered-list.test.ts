import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { orderedListCodec } from '../../src/codec/ordered-list-codec.ts';
import { type OrderedList, orderedList } from '../../src/sequence/ordered-list.ts';
import { describeCompaction } from '../support/describe-compaction.ts';
import { describeType } from '../support/describe-type.ts';
import { type ListOperation, naiveOrder } from '../support/naive-sequence.ts';
import { textCodec } from '../support/value-codec.ts';

const empty: OrderedList<string> = orderedList.bottom;
const codec = orderedListCodec(textCodec);
const { join, values } = orderedList;

/** `at` counts from the front, or from the end if it is negative. */
function indexOf({ at }: ListOperation, length: number): number {
  return at < 0 ? length + 1 + at : at;
}

function mutate(
  state: OrderedList<string>,
  id: string,
  operation: ListOperation,
): OrderedList<string> | undefined {
  const length = orderedList.length(state);
  const index = indexOf(operation, length);
  if (operation.kind === 'remove') {
    return index < length ? orderedList.remove(state, index) : undefined;
  }
  if (index < 0 || index > length) return undefined;
  return orderedList.insert(state, id, index, [operation.value + id]);
}

describeType<OrderedList<string>, ListOperation>({
  lattice: orderedList,
  codec,
  operations: [
    { kind: 'insert', at: 0, value: 'x' },
    { kind: 'insert', at: -1, value: 'y' },
    { kind: 'remove', at: 0 },
  ],
  moreOperations: fc.oneof(
    fc.record({
      kind: fc.constant('insert'),
      at: fc.integer({ min: -3, max: 3 }),
      value: fc.string(),
    }),
    fc.record({ kind: fc.constant('remove'), at: fc.nat(4) }),
  ),
  mutate,
  view: values,
  specification: (events) =>
    naiveOrder(events, indexOf).map((index) => {
      const event = events.find((one) => one.index === index);
      return event?.operation.kind === 'insert' ? event.operation.value + event.replicaId : '';
    }),
  replicas: 'distinct',
});

/** `state` after one more change. */
function inserted(
  state: OrderedList<string>,
  id: string,
  index: number,
  ...some: string[]
): OrderedList<string> {
  return join(state, orderedList.insert(state, id, index, some));
}

describe('for one replica it is an array', () => {
  const edit = fc.record({
    kind: fc.constantFrom('insert', 'insert', 'remove'),
    at: fc.nat(99),
    texts: fc.array(fc.string({ maxLength: 2 }), { minLength: 1, maxLength: 3 }),
  });
  test('whatever is inserted and removed where', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 40, size: 'max' }), (edits) => {
        let state = empty;
        const model: string[] = [];
        for (const { kind, at, texts } of edits) {
          const index = at % (model.length + 1);
          if (kind === 'insert') {
            state = inserted(state, 'a', index, ...texts);
            model.splice(index, 0, ...texts);
          } else {
            const count = Math.min(at % 4, model.length - index);
            state = join(state, orderedList.remove(state, index, count));
            model.splice(index, count);
          }
          expect(values(state)).toEqual(model);
          expect(orderedList.get(state, index)).toBe(model[index]);
        }
        // With nobody else to wait for, tombstones go.
        expect(values(orderedList.compact(state, state))).toEqual(model);
      }),
    );
  });
});

describe('what is written in one go stays together', () => {
  const word = (id: string, ...indices: number[]): OrderedList<string> =>
    indices.reduce((state, index, at) => inserted(state, id, index, `${id}${at}`), empty);

  test('forwards', () => {
    const both = join(word('a', 0, 1, 2), word('b', 0, 1, 2));
    expect(values(both)).toEqual(['a0', 'a1', 'a2', 'b0', 'b1', 'b2']);
  });

  test('backwards', () => {
    const both = join(word('a', 0, 0, 0), word('b', 0, 0, 0));
    expect(values(both)).toEqual(['a2', 'a1', 'a0', 'b2', 'b1', 'b0']);
  });

  test('in the midst of others, after deletions there', () => {
    const base = inserted(empty, 'c', 0, '(', '-', '-', ')');
    const cut = join(base, orderedList.remove(base, 1, 2));
    const left = inserted(inserted(cut, 'a', 1, 'a0'), 'a', 2, 'a1');
    const right = inserted(inserted(cut, 'b', 1, 'b1'), 'b', 1, 'b0');
    expect(values(join(left, right)).join(' ')).toBe('( a0 a1 b0 b1 )');
  });
});

test('a run of values is one delta, and long lists are not deep for the stack', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => String(index));
  const state = inserted(empty, 'a', 0, ...many);
  expect(values(state)).toEqual(many);
  expect(orderedList.ids(state).at(-1)).toBe('20000@a');
  const less = join(state, orderedList.remove(state, 1, 19_998));
  expect(orderedList.compact(less, less).nodes.size).toBe(20_000);
  const none = join(less, orderedList.remove(less, 0, 2));
  expect(orderedList.compact(none, none).nodes.size).toBe(0);
});

test('what was dropped does not come back with a state that still has it', () => {
  const first = inserted(empty, 'a', 0, 'x', 'y');
  const list = inserted(first, 'a', 2, 'z');
  const less = join(list, orderedList.remove(list, 1, 2));
  const compacted = orderedList.compact(less, less);
  expect(compacted.nodes.size).toBe(1);
  for (const early of [first, list, less]) {
    expect(join(compacted, early)).toEqual(compacted);
    expect(join(early, compacted)).toEqual(compacted);
    expect(orderedList.leq(early, compacted)).toBe(true);
    expect(orderedList.leq(compacted, early)).toBe(false);
  }
});

test.each<[string, () => unknown]>([
  ['an index beyond the end', () => orderedList.insert(empty, 'a', 1, ['x'])],
  ['an index that is no integer', () => orderedList.insert(empty, 'a', NaN, ['x'])],
  ['an id that is none', () => orderedList.insert(empty, '', 0, ['x'])],
  ['more than there is', () => orderedList.remove(inserted(empty, 'a', 0, 'x'), 0, 2)],
  ['a negative count', () => orderedList.remove(empty, 0, -1)],
])('%s is refused', (_, act) => {
  expect(act).toThrow(RangeError);
});

test('undefined is no element', () => {
  expect(() => orderedList.insert<unknown>(empty, 'a', 0, [undefined])).toThrow(TypeError);
});

test('what hangs below something that has not arrived is not shown until then', () => {
  const first = orderedList.insert(empty, 'a', 0, ['x']);
  const second = orderedList.insert(first, 'b', 1, ['y']);
  expect(values(second)).toEqual([]);
  expect(values(join(second, first))).toEqual(['x', 'y']);
});

describeCompaction<OrderedList<string>, { kind: 'insert' | 'remove'; at: number }>({
  lattice: orderedList,
  codec,
  operations: fc.record({ kind: fc.constantFrom('insert', 'remove'), at: fc.nat(99) }),
  mutate: (state, id, { kind, at }, index) => {
    const length = orderedList.length(state);
    return kind === 'insert'
      ? mutate(state, id, { kind, at: at % (length + 1), value: String(index) })
      : mutate(state, id, { kind, at: at % Math.max(1, length) });
  },
  view: values,
  expectTidy: (state) => expect(orderedList.compact(state, state)).toBe(state),
});
