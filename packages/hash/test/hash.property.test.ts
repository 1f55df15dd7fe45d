import fc from 'fast-check';
import { expect, test } from 'vitest';

import { initialHashState, step, type HashInput } from '../src/hash.ts';

const input: fc.Arbitrary<HashInput> = fc.record({
  kind: fc.constant('observed'),
  nowMs: fc.double({ noNaN: true, noDefaultInfinity: true }),
});

test('the same inputs give the same state', () => {
  fc.assert(
    fc.property(fc.array(input), (inputs) => {
      const left = inputs.reduce(step, initialHashState);
      const right = inputs.reduce(step, initialHashState);
      expect(left).toEqual(right);
      expect(left.inputCount).toBe(inputs.length);
    }),
  );
});
