import { expect, test } from 'vitest';

import { checkReadOptions } from '../../src/node/check-read-options.ts';

const leases = { maxClockDriftPpm: 1_000 };

test('takes every guarantee that this node can give', () => {
  expect(() => checkReadOptions({}, leases)).not.toThrow();
  expect(() => checkReadOptions({ consistency: 'lease' }, leases)).not.toThrow();
  const bounded = { consistency: 'bounded', maxStalenessMs: 0.5 } as const;
  expect(() => checkReadOptions(bounded, leases)).not.toThrow();
});

test.each([0, -1, NaN, Infinity])('refuses a staleness of %s', (maxStalenessMs) => {
  expect(() => checkReadOptions({ consistency: 'bounded', maxStalenessMs }, leases)).toThrow(
    new RangeError(`maxStalenessMs: expected a finite number above 0, got ${maxStalenessMs}`),
  );
});

test('refuses a lease where nothing is said about clocks', () => {
  expect(() => checkReadOptions({ consistency: 'lease' }, { maxClockDriftPpm: 0 })).toThrow(
    new RangeError("consistency: expected maxClockDriftPpm above 0 for 'lease', got 0"),
  );
});

test('refuses what only callers without types can write', () => {
  const read: object = { consistency: 'newest' };
  expect(() => checkReadOptions(read, leases)).toThrow(/^consistency: expected one of linear.*got/);
  const late: object = { maxStalenessMs: 5 };
  expect(() => checkReadOptions(late, leases)).toThrow(
    new RangeError("maxStalenessMs: expected only with consistency 'bounded', got 5"),
  );
  const endless: object = { consistency: 'bounded' };
  expect(() => checkReadOptions(endless, leases)).toThrow(
    new RangeError('maxStalenessMs: expected a finite number above 0, got undefined'),
  );
});
