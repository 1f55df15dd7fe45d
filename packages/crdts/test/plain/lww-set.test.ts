import fc from 'fast-check';
import { expect, test } from 'vitest';

import { lwwSetCodec } from '../../src/codec/lww-codec.ts';
import { type LwwSet, lwwSet } from '../../src/plain/lww-set.ts';
import { describeType } from '../support/describe-type.ts';
import { lastOf } from '../support/last-write.ts';
import { awkwardTexts } from '../support/texts.ts';

type Operation = readonly [kind: 'add' | 'remove', element: string, nowMs: number];

describeType<LwwSet, Operation>({
  lattice: lwwSet,
  codec: lwwSetCodec,
  operations: [
    ['add', 'x', 1],
    ['add', 'x', 2],
    ['remove', 'x', 1],
    ['add', 'y', 1],
  ],
  moreOperations: fc.tuple(fc.constantFrom('add', 'remove'), awkwardTexts, fc.nat(5)),
  mutate: (state, id, [kind, element, nowMs]) => {
    if (kind === 'remove' && !lwwSet.has(state, element)) return undefined;
    return lwwSet[kind](state, id, element, nowMs);
  },
  view: (state) => [...lwwSet.elements(state)],
  specification: (events) =>
    ['x', 'y'].filter((element) => {
      const words = events.filter(({ operation }) => operation[1] === element);
      return lastOf(events, words)?.operation[0] === 'add';
    }),
  replicas: 'distinct',
  depth: 3,
});

test('the last word decides, and compaction forgets the removals', () => {
  const added = lwwSet.add(lwwSet.bottom, 'a', 'x', 5);
  const removed = lwwSet.join(added, lwwSet.remove(added, 'b', 'x', 1));
  expect([lwwSet.has(added, 'x'), lwwSet.has(removed, 'x')]).toEqual([true, false]);
  const compacted = lwwSet.compact(removed, removed);
  expect(compacted.entries.size).toBe(0);
  expect(lwwSet.has(lwwSet.join(compacted, added), 'x')).toBe(false);
  expect(lwwSet.has(lwwSet.add(compacted, 'a', 'x', 0), 'x')).toBe(true);
});
