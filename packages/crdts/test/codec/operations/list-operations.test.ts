import { describe, expect, test } from 'vitest';

import { textCodec } from '../../../src/codec/key-codec.ts';
import { orderedListCodec } from '../../../src/codec/ordered-list-codec.ts';
import { leaf } from '../../../src/ordered-map.ts';
import { orderedListOperations } from '../../../src/codec/operations/list-operations.ts';
import { type OrderedList, orderedList } from '../../../src/sequence/ordered-list.ts';
import { describeOperations } from '../../support/describe-operations.ts';

const type = orderedListOperations(textCodec);
const empty: OrderedList<string> = orderedList.bottom;

describeOperations({
  type,
  lattice: orderedList,
  codec: orderedListCodec(textCodec),
  acts: ['first', 'last', 'remove'] as const,
  mutate(state: OrderedList<string>, id, act) {
    const length = orderedList.length(state);
    if (act === 'remove') return length > 0 ? orderedList.remove(state, 0) : undefined;
    return orderedList.insert(state, id, act === 'first' ? 0 : length, [act, id]);
  },
  replicas: 'distinct',
});

describe('what is no operation', () => {
  test('to insert nothing', () => {
    expect(type.prepare(empty, 'a', orderedList.insert(empty, 'a', 0, []))).toBeUndefined();
  });

  test('two insertions in different places', () => {
    const list = orderedList.insert(empty, 'a', 0, ['x', 'y']);
    const both = orderedList.join(
      orderedList.insert(list, 'a', 0, ['v']),
      orderedList.insert(list, 'b', 0, ['w']),
    );
    expect(() => type.prepare(list, 'a', both)).toThrow(RangeError);
  });
});

test('to delete 2^53 elements is as much work as there are elements', () => {
  const list = orderedList.insert(empty, 'a', 0, ['x', 'y']);
  const elements = leaf('a', [1, Number.MAX_SAFE_INTEGER]);
  const after = type.effect(list, 'b', { kind: 'delete', elements });
  expect(orderedList.values(after)).toEqual([]);
});
