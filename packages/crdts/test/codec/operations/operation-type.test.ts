import { describe } from 'vitest';

import { gSetCodec, twoPhaseSetCodec } from '../../../src/codec/set-codec.ts';
import { deltaAsOperation } from '../../../src/codec/operations/operation-type.ts';
import { gSet } from '../../../src/plain/g-set.ts';
import { twoPhaseSet } from '../../../src/plain/two-phase-set.ts';
import { describeOperations } from '../../support/describe-operations.ts';

describe('deltas as operations', () => {
  describe('of grow-only sets', () => {
    describeOperations({
      type: deltaAsOperation(gSet, gSetCodec),
      lattice: gSet,
      codec: gSetCodec,
      acts: ['x', 'y'],
      mutate: (state, _id, element) => gSet.add(state, element),
    });
  });

  describe('of two-phase sets', () => {
    describeOperations({
      type: deltaAsOperation(twoPhaseSet, twoPhaseSetCodec),
      lattice: twoPhaseSet,
      codec: twoPhaseSetCodec,
      acts: ['add', 'remove'] as const,
      mutate: (state, _id, act) => twoPhaseSet[act](state, 'x'),
    });
  });
});
