import { expect, test } from 'vitest';

import { difference, type Lattice } from '../src/lattice.ts';

/** Sets of numbers that only grow. */
const sets: Lattice<ReadonlySet<number>> = {
  bottom: new Set(),
  join: (left, right) => new Set([...left, ...right]),
  leq: (left, right) => [...left].every((element) => right.has(element)),
  decompose: (state) => [...state].map((element) => new Set([element])),
};

test('a difference has what the other lacks, and nothing else', () => {
  expect(difference<ReadonlySet<number>>(sets, new Set([1, 2, 3]), new Set([2, 4]))).toEqual(
    new Set([1, 3]),
  );
  expect(difference<ReadonlySet<number>>(sets, new Set([1]), new Set([1, 2]))).toEqual(new Set());
  expect(difference(sets, sets.bottom, new Set([1]))).toEqual(sets.bottom);
});
