import fc from 'fast-check';
import { describe } from 'vitest';

import * as cases from '../support/causal-cases.ts';
import type { CausalCase } from '../support/causal-cases.ts';
import { describeLattice, triplesOf } from '../support/lattice-laws.ts';

function describeCase<State, Operation>(
  name: string,
  { lattice, operations, mutate, show }: CausalCase<State, Operation>,
): void {
  describe(name, () => {
    const triples = triplesOf({ lattice, operations: fc.constantFrom(...operations), mutate });
    describeLattice({ lattice, triples, show });
  });
}

describeCase('awSet', cases.awSetCase);
describeCase('rwSet', cases.rwSetCase);
describeCase('ewFlag', cases.ewFlagCase);
describeCase('dwFlag', cases.dwFlagCase);
describeCase('mvRegister', cases.mvRegisterCase);
describeCase('causalCounter', cases.causalCounterCase);
describeCase('awMap', cases.setMapCase);
