import { describe, expect, test } from 'vitest';

import { defaultOpenWait, openWaitMs, openWaitSettings } from '../src/open-wait.ts';

describe('an open wait', () => {
  test('is always as long when it is given as a number', () => {
    const settings = openWaitSettings(1_500);
    expect([1, 2, 50].map((opening) => openWaitMs(settings, opening, 0.9))).toEqual([
      1_500, 1_500, 1_500,
    ]);
  });

  test('doubles from 5 s to 60 s if nothing else is asked for, and loses up to a fifth', () => {
    const settings = openWaitSettings(defaultOpenWait);
    const whole = [1, 2, 3, 4, 5, 6].map((opening) => openWaitMs(settings, opening, 0));
    expect(whole).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
    expect(openWaitMs(settings, 1, 0.5)).toBe(4_500);
  });

  test('stays spread at the cap, where a wait that may be longer would be the same for all', () => {
    const settings = openWaitSettings({ initialMs: 1_000, maxMs: 2_000, jitter: 0.5 });
    const waits = [0, 0.25, 0.5, 0.75].map((draw) => openWaitMs(settings, 30, draw));
    expect(waits).toEqual([2_000, 1_750, 1_500, 1_250]);
  });

  test('of nothing stays nothing after thousands of openings', () => {
    expect(openWaitMs(openWaitSettings({ initialMs: 0 }), 2_000, 0.5)).toBe(0);
  });

  test('may begin above the cap that nobody chose', () => {
    expect(openWaitSettings({ initialMs: 120_000 }).maxMs).toBe(120_000);
  });
});
