import { expect, test } from 'vitest';

import type { Lattice } from '../src/lattice.ts';
import { checkExhaustively, deltaSubject, newest, type Subject } from './support/exhaustive.ts';

/** Sets of numbers that only grow. */
const sets: Lattice<ReadonlySet<number>> = {
  bottom: new Set(),
  join: (left, right) => new Set([...left, ...right]),
  leq: (left, right) => [...left].every((element) => right.has(element)),
  decompose: (state) => [...state].map((element) => new Set([element])),
};

const sorted = (numbers: Iterable<number>): number[] => [...new Set(numbers)].sort();

const growing = deltaSubject({
  lattice: sets,
  operations: [1, 2],
  mutate: (_state, _replicaId, operation) => new Set([operation]),
  show: (state) => sorted(state).join(),
  view: sorted,
  specification: (events) => sorted(events.map(({ operation }) => operation)),
});

/** A register that keeps what it received last: right only as long as nobody is concurrent. */
const lastReceived: Subject<string, string, string> = {
  bottom: '',
  operations: ['x', 'y'],
  issue: (_state, _replicaId, operation) => operation,
  receive: (_state, change) => change,
  show: (state) => state,
  view: (state) => state,
  specification: (events) => newest(events).at(-1)?.operation ?? '',
};

test('a type that keeps to its definition passes, and all histories were tried', () => {
  expect(checkExhaustively(growing, { depth: 1 })).toBe(1 + 2);
  // Two events: of one replica, of two of which the second has seen the first, of two that have
  // not.
  expect(checkExhaustively(growing, { depth: 2 })).toBe(1 + 2 + 3 * 4);
  const distinct = checkExhaustively(growing, { depth: 2, replicas: 'distinct' });
  expect(distinct).toBe(1 + 3 * 2 + (3 + 6 + 3) * 4);
  expect(checkExhaustively(growing, { depth: 4 })).toBe(1_775);
});

test('one replica alone sees no difference in what two would', () => {
  expect(checkExhaustively(lastReceived, { depth: 3, replicaIds: ['a'] })).toBe(1 + 2 + 4 + 8);
  expect(() => checkExhaustively(lastReceived, { depth: 2 })).toThrow(
    '{0 1} with 1 last: y, but also x\n' +
      '  0: a does "x" having {}\n' +
      '  1: b does "y" having {}',
  );
});

test('a view that is not as specified is told with its history', () => {
  const wrong = { ...growing, view: (state: ReadonlySet<number>) => [...state].slice(0, 1) };

  expect(() => checkExhaustively(wrong, { depth: 2 })).toThrow(
    'after {0 1} a user sees [1], specified: [1,2]\n' +
      '  0: a does 1 having {}\n' +
      '  1: a does 2 having {0}',
  );
});

test('laws of lattices are asked for', () => {
  const broken = (lattice: Partial<Lattice<ReadonlySet<number>>>): (() => void) => {
    const parts = { ...growing, lattice: { ...sets, ...lattice } };
    return () =>
      checkExhaustively(
        deltaSubject({ ...parts, mutate: (_state, _id, operation) => new Set([operation]) }),
        { depth: 2 },
      );
  };

  expect(broken({ leq: () => true })).toThrow('leq is not what join says');
  expect(broken({ decompose: () => [] })).toThrow('parts join to , not to 1');
});
