import { describe, expect, test } from 'vitest';

import { defaultRequesterLimits, requesterLimits } from '../src/requester-options.ts';

describe('requesterLimits', () => {
  test('are the defaults where nothing else is asked for', () => {
    expect(requesterLimits()).toEqual(defaultRequesterLimits);
    expect(requesterLimits({ inFlightMax: 7 })).toEqual({
      ...defaultRequesterLimits,
      inFlightMax: 7,
    });
  });

  test.each([0, -1, 1.5, Number.NaN, Infinity])('refuse a limit of %s', (limit) => {
    expect(() => requesterLimits({ runningMax: limit })).toThrow(
      `runningMax: expected an integer >= 1, got ${limit}`,
    );
  });
});
