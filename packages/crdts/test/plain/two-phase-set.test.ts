import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { twoPhaseSetCodec } from '../../src/codec/set-codec.ts';
import { ReplicatedValue } from '../../src/delivery/replicated-value.ts';
import { type TwoPhaseSet, twoPhaseSet } from '../../src/plain/two-phase-set.ts';
import { describeType } from '../support/describe-type.ts';
import { awkwardTexts } from '../support/texts.ts';

type Operation = readonly ['add' | 'remove', string];

describeType<TwoPhaseSet, Operation>({
  lattice: twoPhaseSet,
  codec: twoPhaseSetCodec,
  operations: [
    ['add', 'x'],
    ['remove', 'x'],
    ['add', 'y'],
    ['remove', 'y'],
  ],
  moreOperations: fc.tuple(fc.constantFrom('add', 'remove'), awkwardTexts),
  mutate: (state, _, [kind, element]) => twoPhaseSet[kind](state, element),
  view: (state) => [...twoPhaseSet.elements(state)],
  specification: (events) => {
    const added = events.filter(({ operation: [kind] }) => kind === 'add');
    // A removal of what was not there is none.
    const removed = events.filter(
      ({ operation: [kind, element], past }) =>
        kind === 'remove' &&
        added.some(({ index, operation }) => operation[1] === element && (past >> index) & 1),
    );
    const gone = new Set(removed.map(({ operation }) => operation[1]));
    const there = added.map(({ operation }) => operation[1]).filter((one) => !gone.has(one));
    return [...new Set(there)].sort();
  },
});

test('what was removed does not come back', () => {
  const added = twoPhaseSet.add(twoPhaseSet.bottom, 'x');
  const removed = twoPhaseSet.join(added, twoPhaseSet.remove(added, 'x'));
  expect(twoPhaseSet.add(removed, 'x').size).toBe(0);
  expect(twoPhaseSet.has(twoPhaseSet.join(added, removed), 'x')).toBe(false);
  expect(twoPhaseSet.remove(removed, 'never').size).toBe(0);
});

test('a lone surrogate is no element', () => {
  expect(() => twoPhaseSet.add(twoPhaseSet.bottom, '\ud83d')).toThrow(RangeError);
});

describe('compaction', () => {
  const replica = (replicaId: string): ReplicatedValue<TwoPhaseSet> =>
    new ReplicatedValue({ replicaId, lattice: twoPhaseSet, codec: twoPhaseSetCodec });

  test('forgets removals that are stable, and late copies of old updates revive nothing', () => {
    const [a, b] = [replica('a'), replica('b')];
    const updates: Uint8Array[] = [];
    a.onLocalUpdate((update) => updates.push(update));
    a.mutate((state) => twoPhaseSet.add(state, 'x'));
    a.mutate((state) => twoPhaseSet.add(state, 'y'));
    a.mutate((state) => twoPhaseSet.remove(state, 'x'));
    for (const update of updates) b.apply(update);
    const whole = a.save();
    expect(b.compact(new Map([['a', a.encodeVersion()]]))).toBe('compacted');
    expect([...b.state]).toEqual([['y', 'added']]);
    for (const update of updates) b.apply(update);
    b.apply(whole);
    expect([...twoPhaseSet.elements(b.state)]).toEqual(['y']);
    a.compact(new Map([['b', b.encodeVersion()]]));
    expect(a.save()).not.toEqual(whole);
    expect(a.state).toEqual(b.state);
  });
});
