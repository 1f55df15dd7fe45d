import { describe, expect, test } from 'vitest';

import { accuse, acquit, holdOf, hysteresisOf, noFlaps } from '../../src/peers/hysteresis.ts';

describe('holdOf', () => {
  test('doubles with each flap, up to the longest', () => {
    const hysteresis = hysteresisOf({ holdMs: 1_000, holdMsMax: 5_000 });
    const memory = noFlaps();
    const holds = [1, 2, 3, 4, 5].map((count) => {
      accuse(hysteresis, memory, count * 10);
      const hold = holdOf(hysteresis, memory);
      acquit(memory, count * 10 + 5);
      return hold;
    });
    expect(holds).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  test('is nothing by default, however often the peer flaps', () => {
    const memory = noFlaps();
    for (let count = 0; count < 100; count += 1) acquit(memory, count);
    expect(holdOf(hysteresisOf(), memory)).toBe(0);
    expect(memory.flapCount).toBe(16);
  });
});

describe('accuse', () => {
  test('forgets a flap for each quiet period since the peer was trusted', () => {
    const hysteresis = hysteresisOf({ forgetMs: 100 });
    const memory = { flapCount: 5, acquittedMs: 1_000 };
    accuse(hysteresis, memory, 1_099);
    expect(memory.flapCount).toBe(5);
    accuse(hysteresis, memory, 1_250);
    expect(memory.flapCount).toBe(3);
    accuse(hysteresis, memory, 9_000);
    expect(memory.flapCount).toBe(0);
  });

  test('finds nothing to forget about a peer that was never trusted again', () => {
    const memory = noFlaps();
    accuse(hysteresisOf(), memory, 5);
    expect(memory).toEqual({ flapCount: 0, acquittedMs: -Infinity });
  });
});

describe('hysteresisOf', () => {
  test.each([
    [{ acquitBelow: 0 }, 'acquitBelow: expected more than 0, at most 1, got 0'],
    [{ acquitBelow: 1.1 }, 'acquitBelow: expected more than 0, at most 1, got 1.1'],
    [{ acquitBelow: NaN }, 'acquitBelow: expected more than 0, at most 1, got NaN'],
    [{ holdMs: -1 }, 'holdMs: expected at least 0, got -1'],
    [{ holdMs: Infinity }, 'holdMs: expected at least 0, got Infinity'],
    [{ holdMs: 10, holdMsMax: 9 }, 'holdMsMax: expected at least 10, got 9'],
    [{ forgetMs: 0 }, 'forgetMs: expected more than 0, got 0'],
  ])('refuses %o', (options, message) => {
    expect(() => hysteresisOf(options)).toThrow(new RangeError(message));
  });
});
