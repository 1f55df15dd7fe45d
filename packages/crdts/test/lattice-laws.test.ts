import fc from 'fast-check';
import { describe } from 'vitest';

import type { Lattice } from '../src/lattice.ts';
import { describeLattice, triplesOf } from './support/lattice-laws.ts';

/** Numbers, of which the larger one counts. */
const largest: Lattice<number> = {
  bottom: 0,
  join: (left, right) => Math.max(left, right),
  leq: (left, right) => left <= right,
  decompose: (state) => (state === 0 ? [] : [state]),
};

describe('the larger of two numbers', () => {
  describeLattice({
    lattice: largest,
    triples: triplesOf({
      lattice: largest,
      operations: fc.nat(5),
      mutate: (state, _replicaId, operation) => state + operation,
    }),
    show: String,
  });
});
