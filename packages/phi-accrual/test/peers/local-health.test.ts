import { describe, expect, test } from 'vitest';

import { LocalHealth } from '../../src/peers/local-health.ts';

describe('LocalHealth', () => {
  test('rises with failures up to its most, and falls with successes to none', () => {
    const health = new LocalHealth(3);
    const scores = ['succeed', 'fail', 'fail', 'fail', 'fail', 'succeed', 'succeed'] as const;
    expect(
      scores.map((what) => {
        health[what]();
        return health.score;
      }),
    ).toEqual([0, 1, 2, 3, 3, 2, 1]);
    expect(health.factor).toBe(2);
  });

  test('stays well for ever when switched off', () => {
    const health = new LocalHealth(0);
    health.fail();
    expect(health.factor).toBe(1);
  });

  test.each([-1, 9, 1.5, NaN])('refuses a most of %d', (scoreMax) => {
    expect(() => new LocalHealth(scoreMax)).toThrow(
      new RangeError(`scoreMax: expected an integer of 0..8, got ${scoreMax}`),
    );
  });
});
