import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type CausalCounter, causalCounter } from '../../src/causal/causal-counter.ts';
import { causalCounterCase } from '../support/causal-cases.ts';
import { statesOf } from '../support/lattice-laws.ts';

const count = (amounts: readonly number[]): CausalCounter => {
  let state = causalCounter.bottom;
  for (const amount of amounts) {
    state = causalCounter.join(state, causalCounter.increment(state, 'a', amount));
  }
  return state;
};

test('a reset takes away what it has seen, also from who counts on', () => {
  // Why this test? With one number for each replica, the 5 would come back with the 6.
  const five = count([5]);
  const reset = causalCounter.join(five, causalCounter.reset(five));
  const six = causalCounter.join(five, causalCounter.increment(five, 'a'));

  expect(causalCounter.value(six)).toBe(6);
  expect(causalCounter.value(causalCounter.join(reset, six))).toBe(1);
});

test('stable increments become one, with the same value', () => {
  const state = count([2, 1, 4]);
  const compacted = causalCounter.join(state, causalCounter.settle(state, count([2, 1])));

  expect(compacted.store).toEqual([
    { replicaId: 'a', counter: 2, value: { amount: 3, earlier: [1, 1] } },
    { replicaId: 'a', counter: 3, value: { amount: 4, earlier: [] } },
  ]);
  expect(causalCounter.value(compacted)).toBe(7);
  expect(causalCounter.join(state, compacted)).toEqual(compacted);
  expect(causalCounter.join(compacted, count([2, 1]))).toEqual(compacted);
});

test('a reset reaches those who have not compacted', () => {
  // Why this test? Of a sum of two, the reset named the last increment only, and the first stayed.
  const state = count([2, 1]);
  const compacted = causalCounter.join(state, causalCounter.settle(state, state));
  const reset = causalCounter.reset(compacted);

  expect(causalCounter.value(causalCounter.join(state, reset))).toBe(0);
});

test('a sum that no number can hold is not made', () => {
  const state = count([Number.MAX_SAFE_INTEGER, 1]);

  expect(causalCounter.join(state, causalCounter.settle(state, state))).toEqual(state);
});

test('only safe integers are counted', () => {
  expect(() => causalCounter.increment(causalCounter.bottom, 'a', 0.5)).toThrow(
    new RangeError('amount: expected a safe integer, got 0.5'),
  );
  expect(() => causalCounter.increment(causalCounter.bottom, 'a', 2 ** 53)).toThrow(RangeError);
  expect(() => causalCounter.increment(causalCounter.bottom, 'a', NaN)).toThrow(RangeError);
});

test('compaction of what all have seen changes no value, now or later', () => {
  const { mutate } = causalCounterCase;
  const operations = fc.constantFrom(...causalCounterCase.operations);
  const later = fc.array(fc.tuple(fc.nat(2), operations, fc.boolean()), {
    maxLength: 6,
    size: 'max',
  });
  const histories = statesOf({ lattice: causalCounter, operations, mutate });
  fc.assert(
    fc.property(histories, later, (states, steps) => {
      const { join } = causalCounter;
      const all = states.reduce((joined, state) => join(joined, state));
      const compacted = causalCounter.join(all, causalCounter.settle(all, all));
      expect(causalCounter.value(compacted)).toBe(causalCounter.value(all));
      // Some have compacted, some have not; some hear of the others in between.
      const [plain, small] = [all, compacted].map((start) => {
        const replicas: CausalCounter[] = [start, all, start];
        for (const [index, operation, hears] of steps) {
          const heard = hears ? replicas[(index + 1) % 3]! : all;
          const state = join(replicas[index]!, heard);
          replicas[index] = join(state, mutate(state, 'abc'[index]!, operation));
        }
        return replicas.reduce((joined, state) => join(joined, state));
      });
      expect(causalCounter.value(small!)).toBe(causalCounter.value(plain!));
    }),
  );
});
