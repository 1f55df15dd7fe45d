import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  initialConsistentHashingState,
  step,
  type ConsistentHashingInput,
} from '../src/consistent-hashing.ts';

const input: fc.Arbitrary<ConsistentHashingInput> = fc.record({
  kind: fc.constant('observed'),
  nowMs: fc.double({ noNaN: true, noDefaultInfinity: true }),
});

test('the same inputs give the same state', () => {
  fc.assert(
    fc.property(fc.array(input), (inputs) => {
      const left = inputs.reduce(step, initialConsistentHashingState);
      const right = inputs.reduce(step, initialConsistentHashingState);
      expect(left).toEqual(right);
      expect(left.inputCount).toBe(inputs.length);
    }),
  );
});
