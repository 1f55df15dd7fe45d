import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type RwSet, rwSet } from '../../src/causal/rw-set.ts';
import { rwSetCase, showMap } from '../support/causal-cases.ts';
import { statesOf } from '../support/lattice-laws.ts';

const added = rwSet.add(rwSet.bottom, 'a', 'x');

test('an element that was never there can be kept out', () => {
  const banned = rwSet.remove(rwSet.bottom, 'b', 'x');
  const both = rwSet.join(added, banned);

  expect(rwSet.has(both, 'x')).toBe(false);
  expect([...rwSet.elements(both)]).toEqual([]);
  expect(rwSet.has(rwSet.join(both, rwSet.add(both, 'a', 'x')), 'x')).toBe(true);
});

test('removals leave nothing behind once they are stable', () => {
  const removed = rwSet.join(added, rwSet.remove(added, 'b', 'x'));

  expect(rwSet.join(removed, rwSet.settle(removed, added))).toEqual(removed);
  const compacted = rwSet.join(removed, rwSet.settle(removed, removed));
  expect(showMap(compacted)).toBe('[[[],[]],[["a",[1,1]],["b",[1,1]]]]');
  expect(rwSet.join(removed, compacted)).toEqual(compacted);
});

test('elements that are there stay when removals are compacted', () => {
  const state = rwSet.join<string>(added, rwSet.remove<string>(added, 'b', 'y'));
  const compacted = rwSet.join(state, rwSet.settle(state, state));

  expect([...rwSet.elements(compacted)]).toEqual(['x']);
  expect(compacted.store.entries?.count).toBe(1);
});

test('what was settled here goes there, too, and so an addition made here is seen there', () => {
  // Why this test? Settled in silence, the removal would still stand there against the addition.
  const removed = rwSet.join(added, rwSet.remove(added, 'b', 'x'));
  const settling = rwSet.settle(removed, removed);
  const settled = rwSet.join(removed, settling);
  const addition = rwSet.add(settled, 'c', 'x');

  expect(rwSet.has(rwSet.join(settled, addition), 'x')).toBe(true);
  expect(rwSet.has(rwSet.join(rwSet.join(removed, settling), addition), 'x')).toBe(true);
  expect(rwSet.has(rwSet.join(rwSet.join(removed, addition), settling), 'x')).toBe(true);
});

test('a removal that is stable still wins over an addition that is not', () => {
  const removal = rwSet.remove(rwSet.bottom, 'b', 'x');
  const contested = rwSet.join(added, removal);

  expect(rwSet.join(contested, rwSet.settle(contested, removal))).toEqual(contested);
  expect(rwSet.has(contested, 'x')).toBe(false);
});

test('compaction of what all have seen changes no view, now or later', () => {
  const lattice = { ...rwSet, bottom: rwSet.bottom };
  const { mutate } = rwSetCase;
  const operations = fc.constantFrom(...rwSetCase.operations);
  const later = fc.array(fc.tuple(fc.nat(2), operations), { maxLength: 6, size: 'max' });
  fc.assert(
    fc.property(statesOf({ lattice, operations, mutate }), later, (states, steps) => {
      let all: RwSet<string> = rwSet.bottom;
      for (const state of states) all = rwSet.join(all, state);
      // One replica has compacted, one has not, and both go on from there.
      const compacted = rwSet.join(all, rwSet.settle(all, all));
      const [plain, small] = [all, compacted].map((start) => {
        const replicas: RwSet<string>[] = [start, all, compacted];
        for (const [index, operation] of steps) {
          const state = replicas[index]!;
          replicas[index] = rwSet.join(state, mutate(state, 'abc'[index]!, operation));
        }
        return replicas.reduce((joined, state) => rwSet.join(joined, state));
      });
      expect([...rwSet.elements(small!)]).toEqual([...rwSet.elements(plain!)]);
    }),
  );
});
