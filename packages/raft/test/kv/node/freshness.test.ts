import { expect, test } from 'vitest';

import { freshnessIn } from '../../../src/kv/node/freshness.ts';

test('says nothing of the default', () => {
  expect(freshnessIn({})).toEqual({});
  expect(freshnessIn({ consistency: 'linearizable' })).toEqual({});
});

test('a bound is a whole number of milliseconds', () => {
  expect(() => freshnessIn({ consistency: 'bounded', maxStalenessMs: 0.5 })).toThrow(
    new RangeError('maxStalenessMs: expected whole milliseconds, got 0.5'),
  );
  expect(() => freshnessIn({ consistency: 'bounded', maxStalenessMs: 0 })).toThrow(RangeError);
});
