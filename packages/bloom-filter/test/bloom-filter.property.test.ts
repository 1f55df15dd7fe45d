import fc from 'fast-check';
import { expect, test } from 'vitest';

import { initialBloomFilterState, step, type BloomFilterInput } from '../src/bloom-filter.ts';

const input: fc.Arbitrary<BloomFilterInput> = fc.record({
  kind: fc.constant('observed'),
  nowMs: fc.double({ noNaN: true, noDefaultInfinity: true }),
});

test('the same inputs give the same state', () => {
  fc.assert(
    fc.property(fc.array(input), (inputs) => {
      const left = inputs.reduce(step, initialBloomFilterState);
      const right = inputs.reduce(step, initialBloomFilterState);
      expect(left).toEqual(right);
      expect(left.inputCount).toBe(inputs.length);
    }),
  );
});
