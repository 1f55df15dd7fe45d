import fc from 'fast-check';

import { gCounterCodec } from '../../src/codec/g-counter-codec.ts';
import { gCounter } from '../../src/plain/g-counter.ts';
import { describeType } from '../support/describe-type.ts';

describeType({
  lattice: gCounter,
  codec: gCounterCodec,
  operations: [1, 5],
  moreOperations: fc.integer({ min: 1, max: 1_000 }),
  mutate: (state, replicaId, amount) => gCounter.increment(state, replicaId, amount),
  view: gCounter.value,
  specification: (events) => events.reduce((sum, { operation }) => sum + operation, 0),
});
